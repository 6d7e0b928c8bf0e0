# SPDX-License-Identifier: MIT
"""HTTP over a bare socket: the request byte for byte, the statuses that count, and servers that break the rules."""
import base64
import os
import re

import pytest

from program import VERSION, needs_ipv6, shim, start  # noqa: F401 (fixtures)
from servers import (Server, accept, answer, answer_and_close, answer_and_reset, answer_unasked_and_close, endless, greet,
                     http, in_turn, reset)

ATTEMPT = "300ms"  # what a server that goes on and on may cost


def check(shim, server, declaration="http://{}/"):
    result = shim("check", declaration.format(server.at), "--attempt-timeout", ATTEMPT)
    assert result.err == ""
    assert result.out.count("\n") == 1
    return result


def reason_of(result):
    """What a line of check says between the name and the time."""
    return re.fullmatch(r"\S+?: (?:not ready: )?(.*) \(\d+ ms\)\n", result.out).group(1)


# The request


def request(line="GET / HTTP/1.1", host="{at}", more=""):
    return f"{line}\r\nHost: {host}\r\nUser-Agent: shim/{VERSION}\r\nAccept: */*\r\nConnection: close\r\n{more}\r\n"


def basic(credentials):
    return f"Authorization: Basic {base64.b64encode(credentials.encode()).decode()}\r\n"


@pytest.mark.parametrize("declaration, expected", [
    ("http://{}", request()),
    ("http://{}/", request()),
    ("http://{}/health/ready?full=1&x=%20y", request("GET /health/ready?full=1&x=%20y HTTP/1.1")),
    ("http://{}?full=1", request("GET /?full=1 HTTP/1.1")),
    ("http://{}/a%2Fb%23c", request("GET /a%2Fb%23c HTTP/1.1")),
    ("http://{}/#host=web.test", request(host="web.test:{port}")),
    ("http://{}/#method=HEAD", request("HEAD / HTTP/1.1")),
    ("http://{}/#method=POST", request("POST / HTTP/1.1", more="Content-Length: 0\r\n")),
    ("http://{}/#header=X-A:%20one%2C%20two,header=x-b:2,header=X-A:three",
     request(more="X-A: one, two\r\nx-b: 2\r\nX-A: three\r\n")),
    ("http://{}/#header=Accept:%20text/plain", None),
    ("http://app:pass@{}/", request(more=basic("app:pass"))),
    ("http://app@{}/", request(more=basic("app:"))),
    ("http://app:p%40ss%3A%2f%23@{}/", request(more=basic("app:p@ss:/#"))),
    ("http://app:p@ss:word@{}/", request(more=basic("app:p@ss:word"))),
    ("http://${{USER_NAME}}:${{PASSWORD}}@{}/", request(more=basic("app:/p?a#s@s:%41"))),
    ("http://{}/${{MISSING:-default}}/x", request("GET /default/x HTTP/1.1")),
    ("http://{}/#header=Authorization:Bearer%20${{</proc/sys/kernel/ostype}}",
     request(more="Authorization: Bearer Linux\r\n")),
    ("http://{}/$${{x}}", request("GET /${{x}} HTTP/1.1")),
])
def test_request_is_what_was_declared(shim, declaration, expected):
    environment = {"USER_NAME": "app", "PASSWORD": "/p?a#s@s:%41"}
    with Server(http()) as server:
        result = shim("check", declaration.format(server.at), env=environment)
        assert result.status == 0, result
        heard = server.talks[0].heard.decode()
        if expected:
            assert heard == expected.format(at=server.at, port=server.port)
        assert heard.count("\r\nAccept: ") == 1, "a header that the user gives replaces ours"


def test_host_has_no_port_where_it_is_the_default(shim):
    address = f"127.80.{os.getpid() % 250 + 1}.1"
    try:
        server = Server(http(), address=address, port=80)
    except OSError as error:
        pytest.skip(f"port 80: {error}")
    with server:
        assert shim("check", f"http://{address}/", f"http://{address}:80/").status == 0
        for talk in server.talks:
            assert f"\r\nHost: {address}\r\n" in talk.heard.decode()


@needs_ipv6
def test_host_of_an_ipv6_literal_stands_in_brackets(shim):
    with Server(http(), address="::1") as server:
        assert shim("check", f"http://[::1]:{server.port}/").status == 0
        assert f"\r\nHost: [::1]:{server.port}\r\n" in server.talks[0].heard.decode()


@pytest.mark.parametrize("rest, line, host", [
    ("/health?x=1", "GET /health?x=1 HTTP/1.1", "localhost"),
    ("", "GET / HTTP/1.1", "localhost"),
    ("/#host=app.test", "GET / HTTP/1.1", "app.test"),
])
def test_request_through_a_unix_socket(shim, tmp_path, rest, line, host):
    path = str(tmp_path / "s")
    with Server(http(), path=path) as server:
        assert shim("check", "http+unix://" + path.replace("/", "%2F") + rest).status == 0
        assert server.talks[0].heard.decode() == request(line, host)


def test_large_request_arrives_whole(shim):
    with Server(http()) as server:
        header = "X-Large: " + "x" * 7000
        assert shim("check", f"http://{server.at}/#header={header.replace(' ', '%20')}").status == 0
        assert header in server.talks[0].heard.decode()


# The status


@pytest.mark.parametrize("status, options, ready", [
    ("200 OK", "", True),
    ("204 No Content", "", True),
    ("302 Found", "", True),
    ("399 Odd", "", True),
    ("400 Bad Request", "", False),
    ("404 Not Found", "", False),
    ("500 Internal Server Error", "", False),
    ("404 Not Found", "#status=404", True),
    ("200 OK", "#status=404", False),
    ("404 Not Found", "#status=200-299+404", True),
    ("299 Odd", "#status=200-299+404", True),
    ("300 Multiple Choices", "#status=200-299+404", False),
    ("429 Too Many Requests", "#status=200+429+473", True),
    ("473 Standby", "#status=200+429+473", True),
    ("503 Busy", "#status=100-599", True),
])
def test_status_decides(shim, status, options, ready):
    with Server(http(status)) as server:
        result = check(shim, server, "http://{}/" + options)
    assert result.status == (0 if ready else 1)
    assert reason_of(result) == ("ready" if ready else f"HTTP {status}")


@pytest.mark.parametrize("status, may_mend", [
    ("500 A", True), ("502 A", True), ("503 A", True), ("504 A", True), ("429 A", True), ("408 A", True),
    ("501 A", False), ("400 A", False), ("401 A", False), ("403 A", False), ("404 A", False),
])
def test_status_says_whether_waiting_helps(shim, status, may_mend):
    with Server(in_turn(http(status), http())) as server:
        result = shim("wait", f"http://{server.at}")
    assert f"HTTP {status}" + ("" if may_mend else " - waiting rarely mends this") + "\n" in result.err


def test_redirects_are_not_followed(shim):
    with Server(http()) as elsewhere:
        with Server(http("302 Found", headers=f"Location: http://{elsewhere.at}/\r\n")) as server:
            assert reason_of(check(shim, server, "http://{}/#status=200")) == "HTTP 302 Found"
            assert (len(server.talks), len(elsewhere.talks)) == (1, 0)


@pytest.mark.parametrize("text", [
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\n\n",
    b"HTTP/1.1 200\r\n\r\n",
    b"HTTP/1.1 200 \r\n\r\n",
    b"HTTP/1.1 200 OK\r\n",  # the verdict falls with this line
    b"HTTP/1.1 200 \xc3\xa4\xff\0\x1b[31m\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 100\n\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.0 200\n",
    b"HTTP/1.1 200 " + b"x" * 900 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
])
@pytest.mark.parametrize("how", [answer, answer_and_close, answer_and_reset, answer_unasked_and_close])
def test_answers_that_are_understood(shim, text, how):
    with Server(how(text)) as server:
        assert (check(shim, server).status, len(server.talks)) == (0, 1)


def test_answer_in_single_bytes_is_understood(shim):
    def script(talk):
        talk.hear_request()
        for byte in b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n":
            talk.say(bytes([byte]))
        talk.hear_end()

    with Server(script) as server:
        assert shim("check", f"http://{server.at}/").status == 0


@pytest.mark.parametrize("script", [
    endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: something\r\n"),
    endless(b"HTTP/1.1 200 OK\r\n\r\n", b"data" * 1000),
])
def test_answer_that_never_ends_costs_nothing_once_its_status_is_known(shim, script):
    with Server(script) as server:
        assert check(shim, server).status == 0
        server.await_ended()


# What breaks the rules, and the reason that it gives


FOREIGN = "the peer does not speak HTTP"


@pytest.mark.parametrize("script, reason", [
    (accept, "connected, but no answer in time"),
    (reset, "connection reset( without an answer|)"),
    (lambda talk: None, "connection (closed|reset) without an answer"),
    (lambda talk: talk.hear_request(), "connection closed without an answer"),
    (answer_and_reset(b""), "connection reset without an answer"),
    (answer_and_reset(b"HTTP/1.1 2"), "connection reset in the middle of the answer"),
    (answer_and_close(b"HTTP/1.1 2"), "connection closed in the middle of the answer"),
    (answer_and_close(b"HTTP/1.1 200 OK"), "connection closed in the middle of the answer"),
    (answer_and_close(b"HTTP/1.1 100 Go on\r\n\r\n"), "connection closed in the middle of the answer"),
    (answer(b"HTTP/1.1 2"), "connected, but the answer did not end in time"),
    (answer(b"HTTP/1.1 100 Go on\r\n\r\n"), "connected, but the answer did not end in time"),
    (endless(b"", b"HTTP/1.1 100 Go on\r\n\r\n"), "no verdict in the first 4096 bytes of the answer"),
    (endless(b"HTTP/1.1 100 Go on\r\n", b"X: y\r\n"), "no verdict in the first 4096 bytes of the answer"),
    (answer(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), "HTTP 101 Switching Protocols"),
    (answer_unasked_and_close(b"HTTP/1.1 503 Busy\r\n\r\n"), "HTTP 503 Busy"),
    (answer_and_reset(b"HTTP/1.1 503 Busy\r\n\r\n"), "HTTP 503 Busy"),
    (answer(b"HTTP/1.0 404\n\n"), "HTTP 404"),
    (answer(b"\r\n"), FOREIGN + r'.*'),
    (answer(b"hello"), FOREIGN + r' \(it says "hello"\)'),
    (greet(b"220 mail.test ESMTP Postfix\r\n"), FOREIGN + r' \(it says "220 mail\.test ESMTP Post\.\.\."\)'),
    (greet(b"SSH-2.0-OpenSSH_9.2p1\r\n"), FOREIGN + r' \(it says "SSH-2\.0-OpenSSH_9\.2p1"\)'),
    (answer(b"HTTP/2.0 200 OK\r\n\r\n"), FOREIGN + r' \(it says "HTTP/2\.0 200 OK"\)'),
    (answer(b"HTTP/1.1 2000 OK\r\n\r\n"), FOREIGN + r' \(it says "HTTP/1\.1 2000 OK"\)'),
    (answer(b"HTTP/1.1 099 OK\r\n\r\n"), FOREIGN + r' \(it says "HTTP/1\.1 099 OK"\)'),
    (answer(b"HTTP/1.1 abc\r\n\r\n"), FOREIGN + r' \(it says "HTTP/1\.1 abc"\)'),
    (answer(b"http/1.1 200 OK\r\n\r\n"), FOREIGN + r' \(it says "http/1\.1 200 OK"\)'),
    (answer(b"HTTP/1.1 200 " + b"x" * 8192 + b"\r\n\r\n"), FOREIGN + r' \(it says "HTTP/1\.1 200 x+\.\.\."\)'),
    (answer(b"\x15\x03\x01\0\x02\x02\x46"), FOREIGN + r' \(it says "\\x15\\x03\\x01\\x00\\x02\\x02F"\)'),
    (answer(b"\0\0\0\0"), FOREIGN + r' \(it says "\\x00\\x00\\x00\\x00"\)'),
    (answer(b"HTTP/1.1 503 a\0b\x1b[31m\xff\xc2\x9b\xc3\xa4\r\n"), r"HTTP 503 a\\x00b\\x1b\[31m\\xff\\xc2\\x9b\u00e4"),
    (answer(b"HTTP/1.1 503 " + b"long " * 100 + b"\r\n"), r"HTTP 503 (long )+\.{0,2}.*\.\.\."),
    (endless(b"", b"x" * 1000), FOREIGN + r' \(it says "x+\.\.\."\)'),
])
def test_each_fault_has_its_own_reason(shim, script, reason):
    with Server(script) as server:
        result = check(shim, server)
        assert result.status == 1
        assert re.fullmatch(reason, reason_of(result)), reason_of(result)
        assert len(server.talks) == 1


def test_fault_does_not_end_the_wait(shim):
    faults = [reset, lambda talk: None, answer(b"hello"), answer_and_reset(b"HTTP/1.1 2"), http("503 Busy")]
    with Server(in_turn(*faults, http())) as server:
        assert (shim("wait", f"http://{server.at}").status, len(server.talks)) == (0, 6)


def test_only_a_status_line_is_believed_and_not_the_body(shim):
    with Server(answer(b"hello\r\nHTTP/1.1 200 OK\r\n\r\n")) as server:
        assert check(shim, server).status == 1
