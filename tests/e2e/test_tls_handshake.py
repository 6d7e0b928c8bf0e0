# SPDX-License-Identifier: MIT
"""Handshakes that fail for another reason than the certificate, and the words that help to mend it."""
import copy
import itertools
import re

import pytest

import certificates
from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, greet, http, in_turn, reset
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import (ALERT, HANDSHAKE, TEXT, Nginx, Openssl, alert, hear_hello, in_single_bytes, message, over_tls,
                        play, record)

ATTEMPT = "300ms"  # for what only a deadline ends

NO_COMMON = "the server found no common cipher, curve or signature, or requires TLS 1.3 or a client certificate"
ONLY_13 = "the server requires TLS 1.3, which shim does not speak yet"
OLD = r"the peer does not speak TLS 1\.2 \(it answers in an older version\)"
CLIENT = "the server refused our client certificate"
CLOSED = "closed during the handshake"
WANTS = "the server asks for a client certificate"
FAILED = r"the server broke a rule of the TLS handshake \(alert \d+\)"
TIMED_OUT = r"timed out in the TLS handshake \(127\.0\.0\.1:\d+\)"
RESET = r"connection reset in the TLS handshake \(127\.0\.0\.1:\d+\)"


def reason_at(shim, at, option="insecure", scheme="tls", attempt="25s"):
    """Why not, of one check; with no certificate in the way."""
    result = shim("check", f"{scheme}://{at}#name=it,{option}", "--attempt-timeout", attempt)
    assert (result.status, result.err) == (1, "")
    return re.fullmatch(r"it: not ready: (.*) \(\d+ ms\)\n", result.out).group(1)


def leave(_):
    """To play() at the end: the connection is closed behind it."""


def cut(talk):
    talk.reset()


# Servers that are in use


@pytest.mark.parametrize("options, reason", [
    (["-tls1_3"], ONLY_13),
    (["-tls1_1"], NO_COMMON),  # which has none of the ciphers that shim knows
    (["-tls1"], NO_COMMON),
    (["-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"], NO_COMMON),
    (["-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"], NO_COMMON),
    (["-cipher", "ECDHE-RSA-CHACHA20-POLY1305"], NO_COMMON),
    (["-curves", "X25519"], NO_COMMON),
    (["-sigalgs", "rsa_pss_rsae_sha256"], NO_COMMON),
    (["-Verify", "1"], WANTS),
])
def test_openssl_that_wants_what_is_not_there(shim, pki, options, reason):
    with Openssl(pki["good"], *options) as server:
        assert re.fullmatch(reason, reason_at(shim, server.at))


@pytest.mark.parametrize("options", [
    ["-tls1_2"],
    ["-verify", "1"],  # asks for a client certificate, and goes on without
    ["-cipher", "ECDHE-RSA-AES256-GCM-SHA384"],
    ["-curves", "P-521"],
    ["-sigalgs", "RSA+SHA512"],
    ["-max_send_frag", "512"],
    ["-no_ticket"],
    ["-no_etm"],
])
def test_openssl_that_wants_what_is_there(shim, pki, options):
    with Openssl(pki["two-intermediates"], *options) as server:
        target = f"tls://localhost:{server.port}#ca={pki['two-intermediates'].ca}"
        assert shim("check", target).status == 0


@pytest.mark.parametrize("more, reason", [
    ("ssl_protocols TLSv1.3;", ONLY_13),
    ("ssl_protocols TLSv1 TLSv1.1;", NO_COMMON),
    ("ssl_reject_handshake on;", "the server knows no virtual host db.example"),
    ("ssl_ecdh_curve X25519;", NO_COMMON),
])
def test_nginx_that_wants_what_is_not_there(shim, pki, more, reason):
    with Nginx({"good": pki["good"]}, more) as nginx:
        assert re.fullmatch(reason, reason_at(shim, f"127.0.0.1:{nginx.ports['good']}", "insecure,host=db.example"))


def test_nginx_that_asks_for_a_client_certificate_says_so_in_its_answer(shim, pki):
    with Nginx({"good": pki["good"]}, f"ssl_verify_client on; ssl_client_certificate {pki['good'].ca};") as nginx:
        reason = reason_at(shim, f"localhost:{nginx.ports['good']}", f"ca={pki['good'].ca}", "https")
    assert reason == "HTTP 400 Bad Request"


def test_nginx_without_tls_is_told_as_what_it_is(shim):
    with Nginx({"clear": None}) as nginx:
        assert reason_at(shim, f"127.0.0.1:{nginx.ports['clear']}", scheme="https") == \
            'the peer does not speak TLS (it says "HTTP/")'


def test_tls_server_is_not_taken_for_one_in_clear_text(shim, pki):
    with Openssl(pki["good"]) as server:
        result = shim("check", f"http://{server.at}/")
    assert result.status == 1
    assert "not ready: the peer does not speak HTTP (it says " in result.out or "not ready: connection " in result.out


# What is no TLS


SAYS = r'the peer does not speak TLS \(it says "{}"\)'


def one_by_one(text):
    def script(talk):
        in_single_bytes(talk.socket, text, pause=0.001)
        talk.hear_end()

    return script


@pytest.mark.parametrize("script, reason", [
    (accept, TIMED_OUT),
    (play(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), SAYS.format("HTTP/")),
    (play(b"HTTP/1.1 400 Bad Request\r\n\r\n", then=leave), SAYS.format("HTTP/")),
    (greet(b"SSH-2.0-OpenSSH_9.2p1\r\n"), SAYS.format("SSH-2")),
    (greet(b"220 mail.test ESMTP\r\n"), SAYS.format("220 m")),
    (greet(b"\x4a\0\0\0\x0a5.5.5-10.11.6-MariaDB\0"), SAYS.format(r"J\\x00\\x00\\x00")),
    (one_by_one(b"HTTP/1.1 400 Bad Request\r\n\r\n"), SAYS.format("HTTP/")),
    (play(b"-ERR\r\n", then=leave), SAYS.format(r"-ERR(\\x0d)?")),
    (play(b"N", then=leave), SAYS.format("N")),
    (play(b"\0", then=leave), SAYS.format(r"\\x00")),
    (play(b"\x1b[31m\xff\xfe\n", then=leave), SAYS.format(r"\\x1b\[31m")),
    (play(b"\x16", then=leave), None),
    (play(record(TEXT, b"hello")), None),
    (play(record(HANDSHAKE, b"hello", version=0x7f7f)), None),
    (play(b"\x80\x2e\x01\0\2"), None),  # a hello of SSL 2
    (play(b"\x16\x03", then=leave), CLOSED),
    (play(b"\x16\x03\x03\x40\0\2\0", then=leave), CLOSED),
])
def test_peer_that_does_not_speak_tls_is_told_as_such(shim, script, reason):
    with Server(script) as server:
        said = reason_at(shim, server.at, attempt=ATTEMPT if reason in (TIMED_OUT, None) else "25s")
    assert re.fullmatch(reason or "the peer does not speak TLS.*|" + TIMED_OUT + "|" + FAILED, said), said


@pytest.mark.parametrize("text", [b"HTTP/1.1 400 Bad Request\r\n\r\n", message(2, b"\x03\x03" + b"x" * 30)])
def test_bytes_that_drip_in_cost_no_more_than_the_attempt(shim, text):
    def script(talk):
        in_single_bytes(talk.socket, itertools.cycle(text[:5] + b"\0" * 1000), pause=0.02)

    with Server(script) as server:
        assert re.fullmatch(TIMED_OUT + "|" + SAYS.format(".*"), reason_at(shim, server.at, attempt=ATTEMPT))


# Alerts, played by hand


@pytest.mark.parametrize("number, reason", [
    (40, NO_COMMON),
    (42, CLIENT),
    (45, CLIENT),
    (48, CLIENT),
    (51, CLIENT),
    (70, ONLY_13),
    (112, "the server knows no virtual host 127.0.0.1"),
    (116, "the server asks for a client certificate"),
    (120, r"the server speaks no common protocol over TLS \(ALPN\)"),
    (10, "the server ended the TLS handshake with alert 10"),
    (47, "the server ended the TLS handshake with alert 47"),
    (80, "the server ended the TLS handshake with alert 80"),
    (86, "the server ended the TLS handshake with alert 86"),
    (255, "the server ended the TLS handshake with alert 255"),
])
@pytest.mark.parametrize("version", [0x300, 0x301, 0x303])
def test_alert_has_its_words(shim, number, reason, version):
    with Server(play(record(ALERT, bytes([2, number]), version))) as server:
        assert re.fullmatch(reason, reason_at(shim, server.at))


def test_alert_counts_even_if_the_connection_is_cut_behind_it(shim):
    for then in (leave, cut):
        with Server(play(alert(70), then=then)) as server:
            assert re.fullmatch(ONLY_13 + "|" + RESET, reason_at(shim, server.at))


def test_alert_in_single_bytes_is_understood(shim):
    def script(talk):
        hear_hello(talk)
        in_single_bytes(talk.socket, alert(112), pause=0.001)
        talk.hear_end()

    with Server(script) as server:
        assert reason_at(shim, server.at, "insecure,host=a.example") == "the server knows no virtual host a.example"


def test_warning_does_not_end_the_handshake(shim, pki):
    def send(sock, records):
        sock.sendall((alert(112, level=1) if records[0] == HANDSHAKE else b"") + records)

    with Server(over_tls(pki["good"], http(), send)) as server:
        assert shim("check", f"https://localhost:{server.port}/#ca={pki['good'].ca}").status == 0


def test_good_bye_in_the_middle_of_the_handshake_is_not_an_end_as_it_should_be(shim):
    with Server(play(alert(0, level=1), then=leave)) as server:
        assert re.fullmatch(CLOSED, reason_at(shim, server.at))


@pytest.mark.parametrize("number", [40, 70, 80, 112, 116, 120])
def test_log_says_that_waiting_rarely_mends_an_alert(shim, pki, number):
    with Server(in_turn(play(alert(number)), over_tls(pki["good"], accept))) as server:
        result = shim("wait", f"tls://localhost:{server.port}#ca={pki['good'].ca}")
    assert result.status == 0
    assert " - waiting rarely mends this\n" in result.err


# Ends in the middle


HALF = message(2, b"\x03\x03" + b"r" * 32 + b"\0" + b"\xc0\x2f" + b"\0")  # a hello of the server


@pytest.mark.parametrize("script, reason", [
    (play(then=leave), CLOSED + "; it may require TLS 1.3"),
    (play(HALF, then=leave), CLOSED),
    (play(HALF[:20], then=leave), CLOSED),
    (play(then=cut), RESET),
    (play(HALF, then=cut), RESET),
    (reset, RESET),
    (play(HALF), TIMED_OUT),
    (play(message(2, b"\x03\x03junk")), FAILED),
    (play(message(1)), FAILED),
    (play(message(14)), FAILED),
    (play(HALF, message(14)), FAILED),
    (play(HALF, message(11)), FAILED),
    (play(HALF, message(11, b"\0\0\0")), r"malformed certificate \(the server sent none\)"),
    (play(HALF, message(11, b"\0\0\x06\0\0\3abc")), r"malformed certificate \(number 1 that the server sent\)"),
    (play(HALF, message(11, b"\0\0\x06\0\0\xff\xff\xffa")), FAILED),
    (play(HALF + HALF), FAILED),
    (play(record(HANDSHAKE, b"")), FAILED),
    (play(message(0)), FAILED),  # would we like to shake hands, while we do
    (play(b"\x16\x03\x03\xff\xff" + b"x" * 100), FAILED + "|" + TIMED_OUT),
    (play(message(2, b"\x03\x01" + HALF[11:])), OLD),
    (play(message(2, b"\x03\x00" + HALF[11:])), OLD),
    (play(message(2, b"\x03\x04" + HALF[11:])), OLD + "|" + FAILED),
])
def test_handshake_that_goes_wrong_has_its_reason(shim, script, reason):
    with Server(script) as server:
        said = reason_at(shim, server.at, attempt=ATTEMPT if TIMED_OUT in reason else "25s")
    assert re.fullmatch(reason, said), said


def test_handshake_that_was_cut_off_is_tried_again(shim, pki):
    cuts = [play(then=leave), play(HALF, then=cut), play(HALF, then=leave)]
    with Server(in_turn(*cuts, over_tls(pki["good"], http()))) as server:
        result = shim("wait", f"https://localhost:{server.port}/#ca={pki['good'].ca}", "--interval=1ms")
        assert (result.status, len(server.talks)) == (0, 4)
    assert "rarely mends" not in result.err


# Too much


def flood(piece, *before):
    def script(talk):
        hear_hello(talk)
        for record_before in before:
            talk.say(record_before)
        while True:
            talk.say(piece * 100)

    return script


@pytest.mark.parametrize("script", [
    flood(alert(90, level=1)),
    flood(record(HANDSHAKE, b"x" * 16384), HALF, record(HANDSHAKE, b"\x0b\xff\xff\xff\xff\xff\xfc\xff\xff\xf9")),
    flood(record(HANDSHAKE, b"x" * 16384), HALF, record(HANDSHAKE, b"\x0b\x02\xff\xff\x02\xff\xfc\x02\xff\xf9")),
])
def test_handshake_without_end_ends(shim, script):
    """With no deadline near: it is the amount that ends it."""
    with Server(script) as server:
        result = shim("check", f"tls://{server.at}#insecure", "--attempt-timeout=1h", "--timeout=1h")
    assert result.status == 1
    assert re.search("not ready: the TLS handshake is too long: more than (160 KB|12 certificates or 128 KB of them) ",
                     result.out), result.out


def test_flood_does_not_hold_up_other_targets(start, pki):
    with Server(play(then=lambda talk: talk.say(alert(90, level=1) * 100_000))) as first, Server(http()) as second:
        run = start("wait", f"tls://{first.at}#name=flood,insecure", f"http://{second.at}#name=good")
        run.await_line("^shim: flood: the TLS handshake is too long")
        run.await_line("^shim: good: ready")


def with_chain(folder, row, count, padding):
    """The row with so many certificates behind its own, each of at least so many bytes."""
    maker = certificates.Maker(str(folder))
    junk, longer = maker.path("junk.pem"), copy.copy(row)
    maker.issue(junk, certificates.Authority(None, extensions=(f"nsComment={'x' * padding}",)), "junk")
    text = certificates.read(junk) * count
    longer.chain = certificates.write(maker.path("chain.pem"), certificates.read(row.chain) + text)
    longer.behind, longer.sends = certificates.write(maker.path("behind.pem"), text), ("junk",)
    return longer


@pytest.mark.parametrize("server", [Openssl, lambda row: Nginx({"it": row})], ids=["openssl", "nginx"])
@pytest.mark.parametrize("count, padding, reason", [
    (11, 0, None),
    (11, 10000, None),
    (12, 0, "the TLS handshake is too long: more than 12 certificates or 128 KB of them"),
    (30, 0, "the TLS handshake is too long: more than 12 certificates or 128 KB of them"),
    (10, 13000, "the TLS handshake is too long: more than 12 certificates or 128 KB of them"),
])
def test_chain_may_be_long_but_not_without_end(shim, pki, tmp_path, server, count, padding, reason):
    with server(with_chain(tmp_path, pki["good"], count, padding)) as running:
        port = running.port if isinstance(running, Openssl) else running.ports["it"]
        result = shim("check", f"https://localhost:{port}/#ca={pki['good'].ca}")
    assert (result.status, result.err) == (1 if reason else 0, "")
    assert not reason or reason in result.out
