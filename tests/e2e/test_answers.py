# SPDX-License-Identifier: MIT
"""What a target asks of an HTTP answer beyond its status: headers, a text in the body; and what it sends for that."""
import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, answer, answer_and_close, endless, http, in_turn
from tlsservers import Nginx, Openssl, pki  # noqa: F401 (fixture)

KIB_64 = 64 * 1024
NO_TEXT = "HTTP 200, but not with the expected text in its first 64 KiB"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(body, size):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x;x=y\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX-Trailer: found\r\n\r\n"


def by_length(body):
    return answer(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))  # and stays


def by_chunks(size):
    return lambda body: answer(CHUNKED + chunks(body, size))


def by_close(body):
    return answer_and_close(b"HTTP/1.0 200 OK\r\n\r\n" + body)


def verdict(result):
    """What check found, without the name and the time."""
    return result.out.partition("n: ")[2].rpartition(" (")[0].removeprefix("not ready: ")


FRAMINGS = [by_length, by_chunks(1000), by_chunks(KIB_64), by_close]


@pytest.mark.parametrize("frame", FRAMINGS)
@pytest.mark.parametrize("body, found", [
    (b"the app is found", True),
    (b"the app is lost", False),
    (b"", False),
    (b"-" * (KIB_64 - 5) + b"found" + b"-" * 1000, True),
    (b"-" * (KIB_64 - 4) + b"found" + b"-" * 1000, False),
    (b"fou" * 2000 + b"fo" * 2000 + b"found", True),
])
def test_text_is_looked_for_in_the_first_64_kib_of_the_body(shim, frame, body, found):
    with Server(frame(body)) as server:
        result = shim("check", f"http://{server.at}/#name=n,body=found")
    assert (result.status, verdict(result)) == ((0, "ready") if found else (1, NO_TEXT))


def test_text_in_pieces_is_found_before_the_answer_ends(shim):
    def script(talk):
        talk.hear_request()
        for byte in CHUNKED + chunks(b"it is found ", 1)[:-30]:
            talk.say(bytes([byte]))
        talk.hear_end()

    with Server(script) as server:
        assert shim("check", f"http://{server.at}/#body=is%20found").status == 0


def test_nginx_that_makes_its_page_on_the_fly(shim):
    page = "status <!--#echo var=\"request_method\" --> ok"
    with Nginx({"web": None}, f"location /page {{ ssi on; default_type text/html; return 200 '{page}'; }}") as nginx:
        target = f"http://127.0.0.1:{nginx.ports['web']}/page#name=n,method=GET"
        assert shim("check", f"{target},body=status%20GET%20ok").status == 0
        assert verdict(shim("check", f"{target},body=POST")) == NO_TEXT
        assert shim("check", f"{target},expect-header=transfer-encoding:%20chunked").status == 0


def test_text_is_found_through_tls(shim, pki):
    row = pki["good"]
    with Openssl(row) as server:
        target = f"https://127.0.0.1:{server.port}/#name=n,host={row.name},ca={row.ca}"
        assert shim("check", f"{target},body=server%20accepts").status == 0
        assert verdict(shim("check", f"{target},body=nothing%20like%20it")) == NO_TEXT


@pytest.mark.parametrize("script, reason", [
    (endless(b"HTTP/1.1 200 OK\r\n\r\n", b"data" * 1000), NO_TEXT),
    (endless(CHUNKED, b"1000\r\n" + b"data" * 1024 + b"\r\n"), NO_TEXT),
    (endless(CHUNKED, b"1\r\nx\r\n" * 1000), "no verdict in the first 131072 bytes of the answer"),
    (endless(CHUNKED, b"1" * 1000), "no verdict in the first 131072 bytes of the answer"),
    (endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000), "no verdict in the first 131072 bytes of the answer"),
    (endless(b"HTTP/1.1 200 OK\r\nX: y\r\n", b" z" * 1000), "no verdict in the first 131072 bytes of the answer"),
    (answer_and_close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "connection closed in the middle of the answer"),
    (answer_and_close(CHUNKED + b"9\r\nshort"), "connection closed in the middle of the answer"),
    (answer(b"HTTP/1.1 204 No Content\r\n\r\n"), NO_TEXT.replace("200", "204")),
    (answer(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), NO_TEXT.replace("200", "304")),
    (answer(b"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nfound"), "HTTP 503 Busy"),
])
def test_answers_that_do_not_hold_it(shim, script, reason):
    with Server(script) as server:
        assert verdict(shim("check", f"http://{server.at}/#name=n,body=found")) == reason


def test_answer_to_head_has_no_body(shim):
    with Server(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) as server:
        assert verdict(shim("check", f"http://{server.at}/#name=n,method=HEAD,body=found")) == NO_TEXT


def test_text_that_comes_late_is_waited_for(shim):
    with Server(in_turn(http(body="no"), http(body="no"), http(body="ok"))) as server:
        result = shim("wait", f"http://{server.at}/#name=app,body=ok")
        assert (result.status, len(server.talks)) == (0, 3)
    assert result.err.count(f"shim: app: {NO_TEXT}\n") == 1


@pytest.mark.parametrize("head, fits", [
    ("X-Role: primary", True), ("x-role:primary ", True), ("X-Role: replica\r\nX-Role: primary", True),
    ("X-Role:\r\n primary", True), ("X-Role: primary\r\n standby", False), ("X-Role: primary2", False), ("X-Role:", False),
    ("Role: primary", False),
])
def test_header_is_expected(shim, head, fits):
    with Server(http(headers=f"{head}\r\nContent-Length: 2\r\n")) as server:
        result = shim("check", f"http://{server.at}/#name=n,expect-header=X-Role:%20primary")
    assert verdict(result) == ("ready" if fits else "HTTP 200, but not with the expected header X-Role")


def test_primary_is_waited_for(shim):
    roles = [http(headers=f"X-Role: {role}\r\nContent-Length: 2\r\n") for role in ("replica", "primary")]
    with Server(in_turn(*roles)) as server:
        result = shim("wait", f"http://{server.at}/#name=db,expect-header=X-Role:primary,expect-header=Content-Length")
        assert (result.status, len(server.talks)) == (0, 2)
    assert "shim: db: HTTP 200, but not with the expected header X-Role\n" in result.err


def test_data_is_posted(shim):
    def script(talk):
        talk.hear_request()
        while not talk.heard.endswith(b"}") and talk.hear():
            pass
        talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong")
        talk.hear_end()

    with Server(script) as server:
        result = shim("check", f"http://{server.at}/rpc#data={{\"method\":\"${{M}}\"}},header=Content-Type:application/json,body=pong",
                      env={"M": "ping,#%"})
        assert result.status == 0, result.out
        head, _, body = server.talks[0].heard.partition(b"\r\n\r\n")
    assert (head.splitlines()[0], body) == (b"POST /rpc HTTP/1.1", b'{"method":"ping,#%"}')
    assert b"\r\nContent-Length: 20" in head and b"\r\nContent-Type: application/json" in head


def test_too_much_data_is_a_mistake(shim):
    result = shim("check", "http://127.0.0.1:1/#data=" + 9000 * "x")
    assert result.status == 1
    assert "this makes a request of more than 8 KiB" in result.err


def test_texts_are_not_shown(shim):
    secret = "s3cret"
    options = f"data={secret},body={secret},expect-header=A:{secret}"
    with Server(http()) as server:
        found = shim("check", f"http://{server.at}/#{options}")
        mistaken = shim("check", f"http://{server.at}/#{options},jitter=x")
    assert (found.status, mistaken.status) == (1, 1)
    assert secret not in found.out + found.err + mistaken.out + mistaken.err
