# SPDX-License-Identifier: MIT
"""The rules of a handshake, each broken by a server that keeps all the others; and what is not broken by anything."""
import re

import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server
from tlspeer import (ANSWER, ECDSA_128, ECDSA_256, PROTOCOLS, RSA_128, RSA_256, Peer, extension, message, number, over,
                     play, vector)
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import ALERT, CHANGE_CIPHER, HANDSHAKE, TEXT

UNEXPECTED, BAD_MAC, OVERFLOW, ILLEGAL, DECODE, DECRYPT, VERSION, UNSUPPORTED = 10, 20, 22, 47, 50, 51, 70, 110
BROKEN = "the server broke a rule of the TLS handshake"


def run(shim, row, script, **options):
    """The result of one check with the certificate verified, and the peer after it."""
    with Server(over(row, script, **options)) as server:
        result = shim("check", f"https://127.0.0.1:{server.port}/#ca={row.ca},host={row.name}", "--attempt-timeout=25s")
        server.await_ended()
        [talk] = server.talks
    return result, talk.peer


# Nothing is wrong


ROWS = {"rsa2048": "good", "rsa4096": "rsa4096", "p256": "p256", "p384": "p384", "p521": "p521"}


@pytest.mark.parametrize("curve, signs_with, binds_all", [(23, 5, False), (24, 6, True), (25, 4, False)])
@pytest.mark.parametrize("suite", [ECDSA_128, ECDSA_256, RSA_128, RSA_256])
@pytest.mark.parametrize("key", ROWS)
def test_every_suite_key_curve_and_hash(shim, pki, key, suite, curve, signs_with, binds_all):
    if key.startswith("rsa") == (suite in (RSA_128, RSA_256)):
        result, peer = run(shim, pki[ROWS[key]], play, suite=suite, curve=curve, signs_with=signs_with,
                           binds_all=binds_all)
        assert (result.status, peer.alert) == (0, (1, 0)), result.out
    else:
        result, peer = run(shim, pki[ROWS[key]], play, suite=suite, curve=curve)
        assert (result.status, peer.alert) == (1, (2, ILLEGAL)), "that suite has no such keys"


def each(peer, *messages):
    peer.say_each(*messages)


def in_bytes(peer, *messages):
    peer.say(*messages, size=1)


def in_threes(peer, *messages):
    peer.say(*messages, size=3)


def finish_in_bytes(peer):
    peer.change()
    peer.say(peer.finished(), size=1)


def then(*steps):
    """The steps instead of serve(), which then follows."""
    def serve(peer):
        for step in steps:
            step(peer)
        peer.serve()

    return serve


def answer_in(size):
    def serve(peer):
        while b"\r\n\r\n" not in peer.text:
            peer.text += peer.hear()[1]
        for at in range(0, len(ANSWER), size):
            peer.send(TEXT, ANSWER[at:at + size])
        peer.hear_end()

    return serve


def ask_again(peer):
    """For another handshake, which is declined."""
    peer.send(HANDSHAKE, b"\0\0\0\0")
    while b"\r\n\r\n" not in peer.text:
        try:
            peer.text += peer.hear()[1]
        except Exception:
            assert peer.alert == (1, 100)


@pytest.mark.parametrize("changes", [
    {"say": each},
    {"say": in_bytes},
    {"say": in_threes},
    {"end": finish_in_bytes},
    {"serve": answer_in(1)},
    {"serve": then(lambda peer: peer.send(TEXT, b""))},
    {"serve": then(ask_again)},
    {"serve": then(lambda peer: peer.send(ALERT, b"\1\x5a"))},
    {"serve": lambda peer: peer.serve(ANSWER + b"x" * ((1 << 14) - len(ANSWER)))},
    {"first": lambda p: [p.hello(session=b"s" * 32), *p.first()[1:]]},
    {"first": lambda p: [p.hello(extensions=p.extensions(*(extension(n, b"x") for n in (10, 11, 13)))), *p.first()[1:]]},
    {"first": lambda p: [*p.first()[:3], p.request(), p.done()]},
    {"first": lambda p: [*p.first()[:3], p.request(kinds=b"", algorithms=b"", authorities=b""), p.done()]},
    {"first": lambda p: [*p.first()[:3], p.request(authorities=vector(b"x" * 15000, 2) * 4), p.done()]},
    {"end": lambda p: (p.send(ALERT, b"\1\x5a"), p.end())},
])
def test_all_that_is_allowed_is_understood(shim, pki, changes):
    result, peer = run(shim, pki["good"], lambda peer: play(peer, **changes))
    assert (result.status, peer.alert[0]) == (0, 1), result.out


@pytest.mark.parametrize("extensions, name", [(b"", "good"), (extension(0xff01, b"\0"), "good"), (extension(0), "good-by-dot")])
def test_extensions_may_be_missing(shim, pki, extensions, name):
    result, _ = run(shim, pki[name], lambda p: play(p, lambda p: [p.hello(extensions=extensions), *p.first()[1:]]),
                    binds_all=False)
    assert result.status == 0, result.out


# One thing is wrong


def hello(**changes):
    return lambda p: [p.hello(**changes), *p.first()[1:]]


def certificate(make):
    return lambda p: [p.hello(), make(p), p.key(), p.done()]


def key(make):
    return lambda p: [p.hello(), p.certificate(), make(p), p.done()]


def with_extension(*more):
    return lambda p: [p.hello(extensions=p.extensions(*more)), *p.first()[1:]]


def order(names):
    return lambda p: [{"h": p.hello, "c": p.certificate, "k": p.key, "d": p.done, "r": p.request, "f": lambda: message(20, b"x" * 12),
                       "s": lambda: message(22, b"\1\0\0\0"), "t": lambda: message(4, b"\0\0\0\0\0\0"), "q": lambda: message(0),
                       "C": lambda: message(1, p.hello()[4:]), "K": lambda: message(16, vector(p.point(), 1)),
                       "v": lambda: message(15, b"\4\1\0\0"), "?": lambda: message(99)}[name]() for name in names]


def flipped(data, at):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def off_the_curve(p):
    return flipped(p.point(), -1)


def compressed(p):
    return bytes([2 + (p.point()[-1] & 1)]) + p.point()[1:33]


def signed_by(private):
    return lambda p: p.key(signature=p.sign(b"", private))


FIRST = [
    # what is not spoken, or was not offered
    ("version 1.1", VERSION, hello(version=0x302)),
    ("version 1.3", VERSION, hello(version=0x304)),
    ("a suite of CBC", ILLEGAL, hello(suite=0xc013)),
    ("a suite of TLS 1.3", ILLEGAL, hello(suite=0x1301)),
    ("static RSA", ILLEGAL, hello(suite=0x9c)),
    ("static ECDH", ILLEGAL, hello(suite=0xc02d)),
    ("static ECDH with RSA", ILLEGAL, hello(suite=0xc031)),
    ("the suite that stands for renegotiation", ILLEGAL, hello(suite=0xff)),
    ("a suite for another kind of key", ILLEGAL, hello(suite=ECDSA_128)),
    ("compression", ILLEGAL, hello(compression=1)),
    ("a session name that is too long", DECODE, hello(session=b"s" * 33)),
    ("an extension that nobody asked for", UNSUPPORTED, with_extension(extension(35))),
    ("a status that nobody asked for", UNSUPPORTED, with_extension(extension(5))),
    ("encrypt-then-mac", UNSUPPORTED, with_extension(extension(22))),
    ("a version in an extension", UNSUPPORTED, with_extension(extension(43, b"\3\4"))),
    ("an extension whose number is that of another in our table", UNSUPPORTED, with_extension(extension(31, b"\0"))),
    ("an extension with a large number", UNSUPPORTED, with_extension(extension(0xff01 + 32, b"\0"))),
    ("a protocol for one who asked for none", UNSUPPORTED, with_extension(extension(PROTOCOLS, b"\0\3\2h2"))),
    ("renegotiation twice", UNSUPPORTED, with_extension(extension(0xff01, b"\0"))),
    ("the extended master secret twice", UNSUPPORTED, with_extension(extension(23))),
    ("a renegotiation that there never was", ILLEGAL, hello(extensions=extension(0xff01, b"\x0c" + b"x" * 12))),
    ("a renegotiation without content", ILLEGAL, hello(extensions=extension(0xff01))),
    ("the extended master secret with content", ILLEGAL, hello(extensions=extension(23, b"x"))),
    ("a name with content", ILLEGAL, with_extension(extension(0, b"\0\0"))),
    # lengths
    ("a hello with something behind it", DECODE, hello(tail=b"x")),
    ("a hello that is cut", DECODE, lambda p: [message(2, p.hello()[4:30])]),
    ("extensions that are longer than the hello", DECODE, hello(extensions=b"", tail=b"\0\5\0\0")),
    ("an extension that is longer than all", DECODE, hello(extensions=b"\0\x17\0\1")),
    ("half an extension", DECODE, hello(extensions=b"\0\x17\0")),
    ("a list of certificates with something behind it", DECODE, certificate(lambda p: p.certificate(tail=b"x"))),
    ("a list that is shorter than its certificate", DECODE,
     certificate(lambda p: message(11, vector(number(99, 3) + b"x" * 98, 3)))),
    ("a list that is longer than its message", DECODE, certificate(lambda p: message(11, number(99, 3) + b"x"))),
    ("a key with something behind it", DECODE, key(lambda p: p.key(tail=b"x"))),
    ("a key that is cut", DECODE, key(lambda p: message(12, p.key()[4:40]))),
    ("nothing as a key", DECODE, key(lambda p: message(12))),
    ("a request with something behind it", DECODE, lambda p: [*p.first()[:3], p.request(tail=b"x"), p.done()]),
    ("a request that is cut", DECODE, lambda p: [*p.first()[:3], message(13, b"\1"), p.done()]),
    ("an end with content", DECODE, lambda p: [*p.first()[:3], p.done(b"x")]),
    # the key
    ("a curve of the server's own", ILLEGAL, key(lambda p: p.key(kind=1))),
    ("X25519", ILLEGAL, key(lambda p: p.key(curve=29, point=b"x" * 32))),
    ("a curve just before ours", ILLEGAL, key(lambda p: p.key(curve=22))),
    ("a curve just behind ours", ILLEGAL, key(lambda p: p.key(curve=26))),
    ("a point of another curve's length", ILLEGAL, key(lambda p: p.key(curve=24))),
    ("a point with a byte too many", ILLEGAL, key(lambda p: p.key(point=p.point() + b"\0"))),
    ("a point without its last byte", ILLEGAL, key(lambda p: p.key(point=p.point()[:-1]))),
    ("no point", ILLEGAL, key(lambda p: p.key(point=b""))),
    ("a compressed point", ILLEGAL, key(lambda p: p.key(point=compressed(p)))),
    ("a point of unknown form", ILLEGAL, key(lambda p: p.key(point=b"\6" + p.point()[1:]))),
    ("a point that is not on the curve", ILLEGAL, key(lambda p: p.key(point=off_the_curve(p)))),
    ("the point (0, 0)", ILLEGAL, key(lambda p: p.key(point=b"\4" + b"\0" * 64))),
    ("a point beyond the field", ILLEGAL, key(lambda p: p.key(point=b"\4" + b"\xff" * 64))),
    ("a signature with SHA-1", ILLEGAL, key(lambda p: p.key(algorithm=b"\2\1"))),
    ("a signature with MD5", ILLEGAL, key(lambda p: p.key(algorithm=b"\1\1"))),
    ("a signature without a hash", ILLEGAL, key(lambda p: p.key(algorithm=b"\0\1"))),
    ("a signature of PSS", ILLEGAL, key(lambda p: p.key(algorithm=b"\x08\4"))),
    ("a signature for another kind of key", ILLEGAL, key(lambda p: p.key(algorithm=b"\4\3"))),
    ("no signature", DECRYPT, key(lambda p: p.key(signature=b""))),
    ("a signature of zeros", DECRYPT, key(lambda p: p.key(signature=b"\0" * 256))),
    ("a signature that is altered", DECRYPT, key(lambda p: p.key(signature=flipped(p.sign(b"x"), 5)))),
    ("a signature of something else", DECRYPT, key(lambda p: p.key(signed=lambda parameters: parameters))),
    ("a signature for another client", DECRYPT, key(lambda p: p.key(signed=lambda q: bytes(32) + p.random + q))),
    ("a signature for another server", DECRYPT, key(lambda p: p.key(signed=lambda q: p.client_random + bytes(32) + q))),
    ("a signature of another hash", DECRYPT, key(lambda p: p.key(algorithm=b"\5\1"))),
    ("a signature with something behind it", DECRYPT,
     key(lambda p: p.key(signature=p.sign(p.client_random + p.random + b"\3\0\x17" + vector(p.point(), 1)) + b"\0"))),
    # the order
    ("no hello", UNEXPECTED, order("ckd")),
    ("no certificate", UNEXPECTED, order("hkd")),
    ("no key", UNEXPECTED, order("hcd")),
    ("a certificate twice", UNEXPECTED, order("hcckd")),
    ("a key twice", UNEXPECTED, order("hckkd")),
    ("a hello twice", UNEXPECTED, order("hhckd")),
    ("a request before the key", UNEXPECTED, order("hcrkd")),
    ("a request before the certificate", UNEXPECTED, order("hrckd")),
    ("a request twice", UNEXPECTED, order("hckrrd")),
    ("an end twice", UNEXPECTED, order("hckdd")),
    ("something behind the end", UNEXPECTED, order("hckdf")),
    ("a proof in clear text instead of the end", UNEXPECTED, order("hckf")),
    ("a proof at once", UNEXPECTED, order("hf")),
    ("a status of the certificate", UNEXPECTED, order("hcskd")),
    ("a ticket", UNEXPECTED, order("hckdt")),
    ("a request for another handshake at the start", UNEXPECTED, order("qhckd")),
    ("a request for another handshake amid it", UNEXPECTED, order("hcqkd")),
    ("a hello of a client", UNEXPECTED, order("C")),
    ("a key of a client", UNEXPECTED, order("hcK")),
    ("a proof of a client's certificate", UNEXPECTED, order("hckv")),
    ("a message that nobody knows", UNEXPECTED, order("h?")),
]


@pytest.mark.parametrize("alert, first", [row[1:] for row in FIRST], ids=[row[0] for row in FIRST])
def test_server_that_breaks_a_rule_of_the_first_half(shim, pki, alert, first):
    result, peer = run(shim, pki["good"], lambda peer: play(peer, first))
    expects_refusal(result, peer, alert)


def expects_refusal(result, peer, alert, words=None):
    assert result.status == 1
    old = r"the peer does not speak TLS 1\.2 \(it answers in an older version\)"
    words = words or (old if alert == VERSION else rf"{BROKEN} \(alert {alert}\)")
    assert re.fullmatch(rf"\S+: not ready: {words} \(\d+ ms\)\n", result.out), result.out
    assert peer.alert == (2, alert)
    assert peer.text == b"", "it was spoken to"


def test_name_is_not_confirmed_to_one_who_sent_an_address(shim, pki):
    result, peer = run(shim, pki["good-by-ipv4"], lambda peer: play(peer, with_extension(extension(0))))
    expects_refusal(result, peer, UNSUPPORTED)


def test_key_of_another_server_signs_nothing(shim, pki):
    other = Peer(None, pki["rsa4096"]).private
    result, peer = run(shim, pki["good"], lambda peer: play(peer, key(signed_by(other))))
    expects_refusal(result, peer, DECRYPT)


def other_ecdsa(p):
    return p.key(signature=p.sign(b"x"))


@pytest.mark.parametrize("name", ["p256", "p384", "p521"])
@pytest.mark.parametrize("alert, make", [
    (DECRYPT, other_ecdsa),
    (DECRYPT, lambda p: p.key(signature=b"")),
    (DECRYPT, lambda p: p.key(signature=b"\x30\6\2\1\0\2\1\0")),  # r and s are 0
    (DECRYPT, lambda p: p.key(signature=b"\x30\6\2\1\1\2\1\1")),
    (DECRYPT, lambda p: p.key(signature=b"\x30\x80")),
    (ILLEGAL, lambda p: p.key(algorithm=b"\4\1")),
])
def test_ecdsa_is_verified_too(shim, pki, name, alert, make):
    result, peer = run(shim, pki[name], lambda peer: play(peer, key(make)))
    expects_refusal(result, peer, alert)


@pytest.mark.parametrize("name, alert, words", [
    ("expired", 45, "certificate expired on .*"),
    ("unknown-ca", 48, "certificate is not signed by a CA in .*"),
    ("wrong-name", 42, "certificate is for .*"),
    ("no-signature-usage", 42, "the certificate's key usage forbids signing"),
])
def test_server_that_is_not_trusted_is_told_why(shim, pki, name, alert, words):
    expects_refusal(*run(shim, pki[name], play), alert, words)


@pytest.mark.parametrize("protocols, ready", [
    (b"\0\3\2h2", True),
    (b"", False),
    (b"\0\0", False),
    (b"\0\1\0", False),
    (b"\0\3\2h3", False),
    (b"\0\x09\x08http/1.1", False),
    (b"\0\6\2h2\2h2", False),
    (b"\0\4\2h2", False),
    (b"\0\3\2h2x", False),
])
def test_only_the_protocol_that_was_asked_for_is_spoken(shim, pki, protocols, ready):
    row = pki["good"]
    first = with_extension(extension(PROTOCOLS, protocols))
    with Server(over(row, lambda peer: play(peer, first, serve=lambda peer: peer.send(ALERT, b"\1\0")))) as server:
        result = shim("check", f"grpcs://localhost:{server.port}#ca={row.ca}")
        server.await_ended()
        peer = server.talks[0].peer
    assert result.status == 1
    assert (peer.alert == (2, ILLEGAL), BROKEN in result.out) == (not ready, not ready), result.out


# The records


def raw(*records):
    """Sends these as they are instead of the first half."""
    def script(peer):
        peer.hear_hello()
        for one in records:
            peer.socket.sendall(one if isinstance(one, bytes) else one(peer))
        peer.hear_end()

    return script


def start_of(*names):
    return lambda p: p.seal(HANDSHAKE, b"".join(order(names)(p)))


def rec(kind, content, version=b"\3\3"):
    return bytes([kind]) + version + vector(content, 2)


@pytest.mark.parametrize("alert, script", [
    (UNEXPECTED, raw(rec(CHANGE_CIPHER, b"\1"))),
    (UNEXPECTED, raw(start_of("h"), rec(CHANGE_CIPHER, b"\1"))),
    (UNEXPECTED, raw(start_of(*"hck"), rec(CHANGE_CIPHER, b"\1"))),
    (UNEXPECTED, raw(rec(TEXT, b"x"))),
    (UNEXPECTED, raw(start_of("h"), rec(TEXT, ANSWER))),
    (UNEXPECTED, raw(start_of(*"hck"), rec(TEXT, ANSWER))),
    (UNEXPECTED, raw(rec(HANDSHAKE, b""))),
    (UNEXPECTED, raw(rec(ALERT, b""))),
    (UNEXPECTED, raw(start_of("h"), rec(CHANGE_CIPHER, b""))),
    (UNEXPECTED, raw(start_of("h"), rec(24, b"\1"))),  # a heartbeat
    (UNEXPECTED, raw(start_of("h"), rec(19, b"\1"))),
    (DECODE, raw(rec(ALERT, b"\2"))),
    (DECODE, raw(rec(ALERT, b"\2\x28\2\x28"))),
    (ILLEGAL, raw(rec(ALERT, b"\3\x28"))),
    (ILLEGAL, raw(rec(ALERT, b"\0\0"))),
    (OVERFLOW, raw(b"\x16\3\3\x40\1")),
    (OVERFLOW, raw(b"\x16\3\3\xff\xff")),
    (VERSION, raw(lambda p: p.seal(HANDSHAKE, p.hello(), version=0x301))),
    (VERSION, raw(start_of("h"), lambda p: p.seal(HANDSHAKE, p.certificate(), version=0x304))),
])
def test_record_that_breaks_a_rule(shim, pki, alert, script):
    result, peer = run(shim, pki["good"], script)
    if peer.alert is None:  # no TLS at all: there is nobody who would understand an alert
        assert "the peer does not speak TLS" in result.out
    else:
        expects_refusal(result, peer, alert)


def before_the_end(step):
    def end(peer):
        step(peer)
        peer.end()

    return end


def after_the_change(step):
    def end(peer):
        peer.change()
        step(peer)

    return end


def sealed_with(alter):
    """The proof in a record that is altered on its way."""
    return after_the_change(lambda p: p.socket.sendall(alter(p.seal(HANDSHAKE, p.finished()))))


def twisted(p, **changes):
    for name, value in changes.items():
        cipher, salt, count = p.writes
        p.writes = cipher, value if name == "salt" else salt, value if name == "count" else count


def in_two(p, between):
    """The end of the handshake with something between the halves of a message."""
    text = p.finished()
    p.send(HANDSHAKE, text[:6])
    between(p)
    p.send(HANDSHAKE, text[6:])


@pytest.mark.parametrize("alert, end", [
    (UNEXPECTED, before_the_end(lambda p: p.say(p.finished()))),  # a proof in clear text
    (UNEXPECTED, lambda p: p.send(TEXT, ANSWER)),
    (UNEXPECTED, lambda p: p.say(message(0))),
    (UNEXPECTED, lambda p: p.say(message(4, b"\0" * 6))),
    (UNEXPECTED, lambda p: p.say(p.hello())),
    (UNEXPECTED, lambda p: (p.send(HANDSHAKE, b"\x14"), p.end())),  # a message half before the change
    (UNEXPECTED, lambda p: p.change(b"\2")),
    (UNEXPECTED, lambda p: p.change(b"\1\1")),
    (UNEXPECTED, after_the_change(lambda p: p.send(CHANGE_CIPHER, b"\1"))),
    (UNEXPECTED, after_the_change(lambda p: p.send(TEXT, ANSWER))),
    (UNEXPECTED, after_the_change(lambda p: p.say(p.hello()))),
    (UNEXPECTED, after_the_change(lambda p: p.say(message(0)))),
    (UNEXPECTED, after_the_change(lambda p: p.send(HANDSHAKE, b""))),
    (UNEXPECTED, after_the_change(lambda p: p.say(p.finished(), message(0)))),
    (UNEXPECTED, after_the_change(lambda p: in_two(p, lambda p: p.send(TEXT, b"x")))),
    (UNEXPECTED, after_the_change(lambda p: in_two(p, lambda p: p.send(CHANGE_CIPHER, b"\1")))),
    (BAD_MAC, lambda p: (p.send(CHANGE_CIPHER, b"\1"), p.say(p.finished()))),  # not sealed
    (BAD_MAC, lambda p: (p.send(CHANGE_CIPHER, b"\1"), p.send(CHANGE_CIPHER, b"\1"))),
    (BAD_MAC, lambda p: (p.send(CHANGE_CIPHER, b"\1"), p.send(HANDSHAKE, b"x" * 23))),
    (BAD_MAC, sealed_with(lambda r: flipped(r, -1))),
    (BAD_MAC, sealed_with(lambda r: flipped(r, -16))),
    (BAD_MAC, sealed_with(lambda r: flipped(r, 5))),
    (BAD_MAC, sealed_with(lambda r: flipped(r, 13))),
    (BAD_MAC, sealed_with(lambda r: flipped(r, 20))),
    (BAD_MAC, after_the_change(lambda p: (twisted(p, count=1), p.say(p.finished())))),
    (BAD_MAC, after_the_change(lambda p: (twisted(p, salt=b"salt"), p.say(p.finished())))),
    (BAD_MAC, after_the_change(lambda p: p.send(HANDSHAKE, p.finished(), claims=TEXT))),
    (DECRYPT, after_the_change(lambda p: p.say(message(20, b"\0" * 12)))),
    (DECRYPT, after_the_change(lambda p: p.say(flipped(p.finished(), -1)))),
    (DECRYPT, after_the_change(lambda p: p.say(flipped(p.finished(), 4)))),
    (DECRYPT, after_the_change(lambda p: p.say(p._finished(b"client finished")))),
    (DECODE, after_the_change(lambda p: p.say(message(20)))),
    (DECODE, after_the_change(lambda p: p.say(message(20, p.finished()[4:15])))),
    (DECODE, after_the_change(lambda p: p.say(message(20, p.finished()[4:] + b"\0")))),
    (OVERFLOW, after_the_change(lambda p: p.socket.sendall(b"\x16\3\3\x40\x19"))),
])
def test_server_that_breaks_a_rule_of_the_second_half(shim, pki, alert, end):
    result, peer = run(shim, pki["good"], lambda peer: play(peer, end=end))
    expects_refusal(result, peer, alert)


@pytest.mark.parametrize("alert, step", [
    (UNEXPECTED, lambda p: p.send(CHANGE_CIPHER, b"\1")),
    (UNEXPECTED, lambda p: p.say(p.finished())),
    (UNEXPECTED, lambda p: p.say(p.hello())),
    (UNEXPECTED, lambda p: p.say(message(4, b"\0" * 6))),
    (UNEXPECTED, lambda p: p.send(HANDSHAKE, b"\0\0")),
    (UNEXPECTED, lambda p: p.send(HANDSHAKE, b"")),
    (UNEXPECTED, lambda p: p.send(ALERT, b"")),
    (DECODE, lambda p: p.send(ALERT, b"\2")),
    (BAD_MAC, lambda p: p.socket.sendall(rec(TEXT, ANSWER))),
    (BAD_MAC, lambda p: p.socket.sendall(rec(TEXT, b""))),
    (BAD_MAC, lambda p: p.socket.sendall(rec(ALERT, b"\1\0"))),  # a good-bye that anybody can say
    (BAD_MAC, lambda p: p.send(HANDSHAKE, ANSWER, claims=TEXT)),
    (BAD_MAC, lambda p: p.socket.sendall(p.seal(TEXT, b"x") and p.seal(TEXT, ANSWER))),  # one is lost
    (OVERFLOW, lambda p: p.send(TEXT, ANSWER + b"x" * (1 << 14))),
])
def test_server_that_breaks_a_rule_behind_the_handshake(shim, pki, alert, step):
    def serve(peer):
        while b"\r\n\r\n" not in peer.text:
            peer.text += peer.hear()[1]
        step(peer)
        peer.send(TEXT, ANSWER)
        peer.hear_end()

    result, peer = run(shim, pki["good"], lambda peer: play(peer, serve=serve))
    assert result.status == 1
    assert f": not ready: connection reset by TLS error {alert} (" in result.out, result.out
    assert peer.alert == (2, alert)


def test_record_that_comes_twice_counts_for_nothing(shim, pki):
    def serve(peer):
        while b"\r\n\r\n" not in peer.text:
            peer.text += peer.hear()[1]
        piece = peer.seal(TEXT, b"HTTP/1.1 ")
        peer.socket.sendall(piece + piece)
        peer.hear_end()

    result, peer = run(shim, pki["good"], lambda peer: play(peer, serve=serve))
    assert (result.status, peer.alert) == (1, (2, BAD_MAC))


# What the client sends


def test_nonces_never_come_twice(shim, pki):
    nonces = []

    def script(peer):
        receive = peer._receive

        def watch(size):
            piece = receive(size)
            if peer.reads and size != 5:
                nonces.append(piece[:8])
            return piece

        peer._receive = watch
        play(peer)

    result, _ = run(shim, pki["good"], script)
    assert result.status == 0
    assert nonces == [number(n, 8) for n in range(3)], "the proof, the request, the good-bye"


def test_randoms_and_keys_are_new_each_time(shim, pki):
    peers = [run(shim, pki["good"], play)[1] for _ in range(8)]
    assert len({peer.client_random for peer in peers}) == len({peer.client_point for peer in peers}) == 8


@pytest.mark.parametrize("algorithms, chosen", [
    (b"\4\1\4\3", 4),
    (b"\6\1\6\3\5\1\5\3\4\1\4\3", 6),
    (b"\2\1\2\3\x08\4\5\3\5\1", 5),
    (b"\7\1\7\3\1\1\1\3\6\3\6\1", 6),
    (b"\2\1\2\3\x08\4", None),
    (b"\4\2\4\0", None),
    (b"", None),
    (b"\4", None),
])
@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p521"])
def test_client_signs_as_the_server_would_like_it(shim, pki, tmp_path, kind, algorithms, chosen):
    row = pki[{"rsa2048": "good"}.get(kind, kind)]
    first = lambda p: [*p.first()[:3], p.request(algorithms=algorithms), p.done()]  # noqa: E731
    with Server(over(pki["good"], lambda peer: play(peer, first))) as server:
        result = shim("check", f"https://localhost:{server.port}/#ca={pki['good'].ca},cert={row.chain},key={row.key_pem}")
        server.await_ended()
        peer = server.talks[0].peer
    assert result.status == 0, result.out
    if chosen:
        assert peer.proof[1][4:6] == bytes([chosen, 1 if kind == "rsa2048" else 3])
        assert peer.proves_its_key()
        assert peer.client_certificates == vector(peer_der(row), 3)
    else:
        assert (peer.client_certificates, peer.proof) == (b"", None)


def test_no_two_signatures_share_a_nonce(shim, pki):
    row, seen = pki["p256"], set()
    for _ in range(6):
        with Server(over(pki["good"], lambda peer: play(peer, lambda p: [*p.first()[:3], p.request(), p.done()]))) as server:
            target = f"https://localhost:{server.port}/#ca={pki['good'].ca},cert={row.chain},key={row.key_pem}"
            assert shim("check", target).status == 0
            server.await_ended()
            signature = server.talks[0].peer.proof[1][8:]
        seen.add(signature[4:4 + signature[3]])  # the first of the two numbers is made of the nonce alone
    assert len(seen) == 6


def peer_der(row):
    return b"".join(vector(der, 3) for der in Peer(None, row).certificates)[3:]
