# SPDX-License-Identifier: MIT
"""Verified TLS: which certificates are trusted, whom they are for, and the conversation behind the handshake."""
import functools
import os
import re
import signal
import ssl

import pytest

import certificates
from program import needs_namespaces, private_files, shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, answer, answer_and_close, endless, http
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import CHANGE_CIPHER, HANDSHAKE, TEXT, Nginx, Openssl, in_single_bytes, over_tls

ATTEMPT = "1s"  # for what only a deadline ends

NO_ANCHORS = "trusted for servers"  # the file of anchors has none, which is a mistake that is said before the wait

# Those that are not ready even where no certificate is verified, and why.
USELESS = {
    "ed25519": "no suite of TLS 1.2 that shim knows has such keys",
    "no-signature-usage": "the key must not be used in any suite that shim knows",
}


def https(port, row, path="/", host="127.0.0.1", trust=None):
    """The target that asks the server at that port for the row's name."""
    return f"https://{host}:{port}{path}#host={row.name},{trust or 'ca=' + row.ca}"


# Every certificate of the table, behind two real servers


@pytest.fixture(scope="module")
def nginx(pki):
    with Nginx(pki) as server:
        yield server


@pytest.fixture(params=["nginx", "openssl"])
def port_of(request, pki, nginx):
    """The port where a real server has the certificate of that name."""
    if request.param == "nginx":
        yield nginx.ports.__getitem__
        return
    servers = []

    def serve(name):
        servers.append(Openssl(pki[name]))
        return servers[-1].port

    yield serve
    for server in servers:
        server.close()


def names(is_wanted):
    return [name for name, row in certificates.SERVERS.items() if is_wanted(row)]


@pytest.mark.parametrize("name", names(lambda row: not row.refusal))
def test_trusted_server_becomes_ready(shim, pki, port_of, name):
    result = shim("check", https(port_of(name), pki[name]))
    assert (result.status, result.err) == (0, "")
    assert re.fullmatch(r"\S+: ready \(\d+ ms\)\n", result.out)


@pytest.mark.parametrize("name", names(lambda row: row.refusal))
def test_server_that_is_not_trusted_says_why_and_is_never_ready(shim, pki, port_of, tmp_path, name):
    port, row = port_of(name), pki[name]
    result = shim("--wait-for", https(port, row), "--fail-fast=3", "--interval=1ms", "touch", tmp_path / "started")
    is_mistake = row.refusal == NO_ANCHORS
    assert result.status == (125 if is_mistake else 124), result
    assert row.refusal in result.err
    assert is_mistake or " - waiting rarely mends this\n" in result.err
    assert not (tmp_path / "started").exists()
    without = shim("check", https(port, row, trust="insecure"))
    assert without.status == (1 if name in USELESS else 0), "the certificate alone makes the difference"


@pytest.mark.parametrize("name", ["expired", "wrong-name", "unknown-ca", "self-signed", "client-only", "forged-by-twin"])
def test_server_that_is_not_trusted_is_asked_nothing_and_sees_a_clean_end(shim, pki, name):
    with Server(over_tls(pki[name], http())) as server:
        assert shim("check", https(server.port, pki[name], "/secret")).status == 1
        server.await_ended()
        talk = server.talks[0]
        assert talk.tls.heard == b""
        assert isinstance(talk.ending, ssl.SSLError)
        assert talk.pending_error == 0, "it was reset"


def test_all_servers_at_once_are_judged_each_by_its_own_anchors(start, pki, nginx):
    rows = {name: row for name, row in pki.items() if row.refusal != NO_ANCHORS}
    run = start("wait", *(https(nginx.ports[name], row) + f",name={name}" for name, row in rows.items()))
    for name, row in rows.items():
        run.await_line(f"^shim: {name}: " + (f".*{re.escape(row.refusal)}" if row.refusal else "ready after"))
    run.signal(signal.SIGTERM)
    ready = re.findall("^shim: (.*): ready after", run.finish().err, re.MULTILINE)
    assert sorted(ready) == sorted(name for name, row in rows.items() if not row.refusal)


# Who alters what is on its way


def altered(what, at):
    """To send records with: one byte of the first such record is flipped, counted from its start or its end."""
    is_encrypted = is_done = False

    def name_of(kind, first_byte):
        if kind == HANDSHAKE:
            return "end of handshake" if is_encrypted else {2: "hello", 11: "certificates", 12: "key"}.get(first_byte)
        return {CHANGE_CIPHER: "change", TEXT: "text"}.get(kind)

    def send(sock, records):
        nonlocal is_encrypted, is_done
        records, start = bytearray(records), 0
        while start < len(records):
            content = start + 5
            end = content + int.from_bytes(records[start + 3:content], "big")
            if not is_done and name_of(records[start], records[content]) == what:
                records[(content if at >= 0 else end) + at] ^= 1
                is_done = True
            is_encrypted |= records[start] == CHANGE_CIPHER
            start = end
        sock.sendall(records)

    return send


@pytest.mark.parametrize("trust", ["verified", "insecure"])
@pytest.mark.parametrize("what, at", [
    ("hello", 20),  # in the random number
    ("certificates", -20),
    ("key", 20),
    ("key", -20),  # in the signature, which proves that the server has the key of its certificate
    ("change", 0),
    ("end of handshake", -1),
])
@pytest.mark.parametrize("name", ["two-intermediates", "p256"])
def test_handshake_that_was_altered_is_not_believed(shim, pki, name, trust, what, at):
    with Server(over_tls(pki[name], http(), altered(what, at))) as server:
        result = shim("check", https(server.port, pki[name], trust=None if trust == "verified" else trust))
        assert result.status == 1, "it believed"
        assert ": not ready: " in result.out
        assert server.talks[0].tls.heard == b""


def test_answer_that_was_altered_is_not_believed(shim, pki):
    with Server(over_tls(pki["good"], http(), altered("text", -1))) as server:
        result = shim("check", https(server.port, pki["good"]))
    assert result.status == 1
    assert re.search(r": not ready: connection reset by TLS error \d+ \(", result.out)


# Whom it asks for


@pytest.mark.parametrize("host, option, asked, header", [
    ("localhost", "", "localhost", "localhost"),
    ("LocalHost", "", "LocalHost", "LocalHost"),
    ("localhost.", "", "localhost", None),
    ("127.0.0.1", "", None, "127.0.0.1"),
    ("127.0.0.1", ",host=localhost", "localhost", "localhost"),
    ("localhost", ",host=db.example", "db.example", "db.example"),
    ("localhost", ",host=db.example.", "db.example", None),
    ("localhost", ",host=127.0.0.1", None, "127.0.0.1"),
    ("localhost", ",host=::1", None, "[::1]"),
])
def test_name_that_is_asked_for_is_the_host_or_what_host_says(shim, pki, host, option, asked, header):
    with Server(over_tls(pki["good"], http())) as server:
        result = shim("check", f"https://{host}:{server.port}/#ca={pki['good'].ca}{option}")
        assert result.status == 0, result
        talk = server.talks[0].tls
    assert talk.names == [asked], "the name is sent in the handshake, and an address is not"
    assert not header or f"\r\nHost: {header}:{server.port}\r\n" in talk.heard.decode()


def test_ipv6_literal_is_verified_and_not_sent_as_a_name(shim, pki):
    with Server(over_tls(pki["good"], http()), address="::1") as server:
        assert shim("check", f"https://{server.at}/#ca={pki['good'].ca}").status == 0
        assert server.talks[0].tls.names == [None]
    with Server(over_tls(pki["wildcard"], http()), address="::1") as server:
        result = shim("check", f"https://{server.at}/#ca={pki['wildcard'].ca}")
        assert (result.status, "is for *.wild.example, not for ::1" in result.out) == (1, True)


@pytest.mark.parametrize("scheme", ["tls", "https"])
@pytest.mark.parametrize("host, option, words", [
    ("localhost", ",host=wrong.example", "not for wrong.example"),
    ("localhost", ",host=127.0.0.2", "not for 127.0.0.2"),
    ("127.0.0.1", ",host=example", "not for example"),
    ("127.0.0.1", ",host=.db.example", None),
    ("localhost", ",host=xdb.example", "not for xdb.example"),
    ("localhost", ",host=localhost.db.example", "not for localhost.db.example"),
])
def test_host_decides_whom_the_certificate_must_be_for(shim, pki, scheme, host, option, words):
    with Server(over_tls(pki["good"], http())) as server:
        result = shim("check", f"{scheme}://{host}:{server.port}#ca={pki['good'].ca}{option}")
    assert result.status == 1
    assert not words or words in result.out


@needs_namespaces
@pytest.mark.parametrize("host, name, refusal", [
    ("db.example", "good", None),
    ("db.example.", "good", None),
    ("DB.Example", "good", None),
    ("a.wild.example", "wildcard", None),
    ("a.wild.example.", "wildcard", None),
    ("a.b.wild.example", "wildcard", "certificate is for *.wild.example, not for a.b.wild.example"),
    ("wrong.example", "good", "certificate is for localhost, db.example, 127.0.0.1, ::1, not for wrong.example"),
])
def test_name_that_was_looked_up_is_verified(shim, pki, nginx, tmp_path, host, name, refusal):
    (tmp_path / "hosts").write_text(f"127.0.0.1 {host.rstrip('.')}\n")
    result = shim("check", f"https://{host}:{nginx.ports[name]}/#ca={pki[name].ca}",
                  before=private_files({"/etc/hosts": tmp_path / "hosts"}))
    assert (result.status, result.err) == (1 if refusal else 0, "")
    assert not refusal or refusal in result.out


@needs_namespaces
def test_address_with_a_wrong_certificate_does_not_hide_the_one_with_a_good_one(shim, pki, tmp_path):
    first, second = (f"127.55.{os.getpid() % 250 + 1}.{n}" for n in (1, 2))
    (tmp_path / "hosts").write_text(f"{first} db.example\n{second} db.example\n")
    bad_script, good_script = (over_tls(pki[name], http()) for name in ("expired", "good"))
    with Server(bad_script, first) as bad, Server(good_script, second, bad.port) as good:
        result = shim("check", f"https://db.example:{bad.port}/#ca={pki['good'].ca}",
                      before=private_files({"/etc/hosts": tmp_path / "hosts"}))
        assert (result.status, len(bad.talks), len(good.talks)) == (0, 1, 1)


# Without verification


def test_insecure_is_named_in_the_log(shim, pki, nginx):
    result = shim("wait", f"https://localhost:{nginx.ports['self-signed']}/#name=shop,insecure")
    assert result.status == 0
    assert "shim: shop: its certificate is not verified (insecure)\n" in result.err


def test_log_names_nothing_insecure_where_all_is_verified(shim, pki, nginx):
    result = shim("wait", https(nginx.ports["good"], pki["good"]))
    assert (result.status, "insecure" in result.err) == (0, False)


def test_insecure_is_of_one_target_alone(start, pki, nginx):
    port, row = nginx.ports["expired"], pki["expired"]
    run = start("wait", f"https://localhost:{port}/#name=a,insecure", f"https://localhost:{port}/#name=b,ca={row.ca}")
    run.await_line("^shim: a: ready")
    run.await_line("^shim: b: certificate expired")
    run.signal(signal.SIGTERM)
    assert "shim: b: ready" not in run.finish().err


# The conversation behind the handshake


@pytest.mark.parametrize("path, option, ready", [
    ("/", "", True),
    ("/busy", "", False),
    ("/busy", ",status=503", True),
    ("/", ",status=204", False),
])
def test_status_of_nginx_decides(shim, pki, nginx, path, option, ready):
    row = pki["intermediate"]
    result = shim("check", https(nginx.ports["intermediate"], row, path) + option)
    assert result.status == (0 if ready else 1)
    assert ready or re.search(r"not ready: HTTP (503 Service Temporarily Unavailable|200 OK) \(", result.out)


def test_https_server_that_is_busy_is_asked_again(shim, pki):
    scripts = [http("503 Busy"), http("500 Oh"), http()]
    with Server(lambda talk: over_tls(pki["good"], scripts[min(talk.number, 2)])(talk)) as server:
        result = shim("wait", https(server.port, pki["good"]), "--interval=1ms")
        assert (result.status, len(server.talks)) == (0, 3)
        assert "HTTP 503 Busy\n" in result.err


def test_server_whose_certificate_is_renewed_becomes_ready(start, pki):
    rows = [pki["expired"]]
    with Server(lambda talk: over_tls(rows[-1], http())(talk)) as server:
        run = start("wait", https(server.port, pki["good"]), "--interval=10ms", "--max-interval=10ms")
        run.await_line("certificate expired on 2021-01-01")
        rows.append(pki["good"])
        assert run.finish().status == 0


def in_records(*pieces, end=lambda talk: talk.hear_end(), hears=True):
    """Each piece in a record of its own."""
    def script(talk):
        if hears:
            talk.hear_request()
        for piece in pieces:
            talk.say(piece)
        end(talk)

    return script


OK = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize("script", [
    in_records(OK, end=lambda talk: talk.take_leave()),
    in_records(OK, end=lambda talk: None),  # as sudden as a cut
    in_records(OK, end=lambda talk: talk.reset()),
    in_records(OK, hears=False),
    in_records(OK, hears=False, end=lambda talk: None),  # which resets, with the request unread
    in_records(b"HTTP/1.1 100 Go on\r\n", b"\r\n", b"HTTP", b"/1.1 2", b"00 OK\r", b"\n"),
    in_records(OK + b"x" * 100_000, end=lambda talk: talk.take_leave()),
])
def test_answer_counts_however_it_comes_and_ends(shim, pki, script):
    with Server(over_tls(pki["good"], script)) as server:
        assert shim("check", https(server.port, pki["good"])).status == 0
        assert len(server.talks) == 1


@pytest.mark.parametrize("scheme", ["tls", "https"])
def test_server_sees_a_clean_end(shim, pki, scheme):
    row = pki["good"]
    with Server(over_tls(row, accept if scheme == "tls" else http(body="x" * 20000))) as server:
        assert shim("check", f"{scheme}://{server.at}#ca={row.ca}").status == 0
        server.await_ended()
        assert (server.talks[0].tls.ending, server.talks[0].tls.pending_error) == (b"", 0)


def test_nothing_is_said_to_a_tls_target(shim, pki):
    with Server(over_tls(pki["good"], accept)) as server:
        assert shim("check", f"tls://{server.at}#ca={pki['good'].ca}").status == 0
        server.await_ended()
        assert server.talks[0].tls.heard == b""


@pytest.mark.parametrize("script, reason", [
    (accept, "connected, but no answer in time"),
    (endless(b"HTTP/1.1 ", b"2", pause=0.02), "connected, but the answer did not end in time"),
    (answer(b"HTTP/1.1 2"), "connected, but the answer did not end in time"),
    (answer_and_close(b"HTTP/1.1 2"), "connection closed in the middle of the answer"),
    (lambda talk: talk.hear_request(), "connection closed without an answer"),
    (lambda talk: talk.take_leave(), "connection closed without an answer"),
    (answer(b"hello\r\n"), r'the peer does not speak HTTP \(it says "hello"\)'),
    (endless(b"HTTP/1.1 100 Go on\r\n", b"X: y\r\n" * 100), "no verdict in the first 4096 bytes of the answer"),
    (answer(b"HTTP/1.1 404 Not Found\r\n\r\n" + b"x" * 100000), "HTTP 404 Not Found"),
])
def test_each_fault_behind_the_handshake_has_its_own_reason(shim, pki, script, reason):
    with Server(over_tls(pki["good"], script)) as server:
        attempt = ATTEMPT if "in time" in reason else "25s"
        result = shim("check", https(server.port, pki["good"]), "--attempt-timeout", attempt)
        assert result.status == 1
        assert re.search(f": not ready: {reason} \\(\\d+ ms\\)\n", result.out), result.out


def test_connection_that_is_reset_behind_the_handshake_says_so(shim, pki):
    def script(talk):
        talk.hear_request()
        talk.reset()

    with Server(over_tls(pki["good"], script)) as server:
        result = shim("check", https(server.port, pki["good"]))
        assert (result.status, "not ready: connection reset without an answer (" in result.out) == (1, True)


@pytest.mark.parametrize("name", ["good", "two-intermediates", "p521"])
def test_records_may_come_in_single_bytes(shim, pki, name):
    with Server(over_tls(pki[name], http(), in_single_bytes)) as server:
        assert shim("check", https(server.port, pki[name])).status == 0


def test_large_request_arrives_whole(shim, pki):
    with Server(over_tls(pki["good"], http())) as server:
        header = "X-Large: " + "x" * 7000
        target = https(server.port, pki["good"]) + f",header={header.replace(' ', '%20')}"
        assert shim("check", target).status == 0
        assert header in server.talks[0].tls.heard.decode()


def test_handshake_that_drips_in_ends_with_the_attempt(shim, pki):
    drip = functools.partial(in_single_bytes, pause=0.02)
    with Server(over_tls(pki["good"], http(), drip)) as server:
        result = shim("check", https(server.port, pki["good"]), "--attempt-timeout", ATTEMPT)
    assert result.status == 1
    assert f"timed out in the TLS handshake (127.0.0.1:{server.port})" in result.out


def test_slow_handshake_does_not_hold_up_other_targets(start, pki, nginx):
    with Server(accept) as silent:
        run = start("wait", f"tls://{silent.at}#name=silent,ca={pki['good'].ca},attempt-timeout=1h",
                    https(nginx.ports["good"], pki["good"]) + ",name=good")
        run.await_line("^shim: good: ready")
        assert "silent:" not in run.err
