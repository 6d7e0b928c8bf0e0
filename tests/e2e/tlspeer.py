# SPDX-License-Identifier: MIT
"""A TLS 1.2 server of the tests' own, each step of which can be another than it should be.

    def script(peer):
        peer.hear_hello()
        peer.say(peer.hello(suite=0xc02f), peer.certificate(), peer.key(), peer.done())
        peer.hear_answer()
        peer.end()
        peer.serve()

    with Server(over(row, script)) as server:
        server.talks[0].peer.alert     what the client sent, as (level, number); None for none
        server.talks[0].peer.text      what it said behind the handshake

Messages are bytes, made by methods that take what is to be other than it should be. It is not meant to be safe.
"""
import hashlib
import hmac
import os

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tlsservers import ALERT, CHANGE_CIPHER, HANDSHAKE, TEXT, record

ECDSA_128, ECDSA_256, RSA_128, RSA_256 = 0xc02b, 0xc02c, 0xc02f, 0xc030
CURVES = {23: ec.SECP256R1, 24: ec.SECP384R1, 25: ec.SECP521R1}
HASHES = {4: hashes.SHA256, 5: hashes.SHA384, 6: hashes.SHA512}
RENEGOTIATION, MASTER_BINDS_ALL, PROTOCOLS = 0xff01, 23, 16
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Over(Exception):
    """The client has sent an alert, or is gone."""


def number(value, width):
    return value.to_bytes(width, "big")


def vector(content, width):
    return number(len(content), width) + content


def message(kind, content=b""):
    return bytes([kind]) + vector(content, 3)


def extension(kind, content=b""):
    return number(kind, 2) + vector(content, 2)


def expand(digest, secret, seed, length):
    out, a = b"", seed
    while len(out) < length:
        a = hmac.new(secret, a, digest).digest()
        out += hmac.new(secret, a + seed, digest).digest()
    return out[:length]


class Peer:
    def __init__(self, sock, row, suite=None, curve=23, signs_with=4, binds_all=True):
        self.socket = sock
        with open(row.key_pem, "rb") as f:
            self.private = serialization.load_pem_private_key(f.read(), None)
        with open(row.chain, "rb") as f:
            pieces = f.read().split(b"-----BEGIN CERTIFICATE-----")[1:]
        self.certificates = [x509.load_pem_x509_certificate(b"-----BEGIN CERTIFICATE-----" + piece).public_bytes(
            serialization.Encoding.DER) for piece in pieces]
        self.is_rsa = isinstance(self.private, rsa.RSAPrivateKey)
        self.suite = suite or (RSA_128 if self.is_rsa else ECDSA_128)
        self.curve, self.signs_with, self.binds_all = curve, signs_with, binds_all
        self.digest = "sha384" if self.suite in (ECDSA_256, RSA_256) else "sha256"
        self.random = os.urandom(32)
        self.scalar = ec.generate_private_key(CURVES[curve]())
        self.transcript, self.raw, self.buffer = b"", b"", b""
        self.reads = self.writes = None  # AESGCM, salt, number of the next record
        self.alert, self.text, self.asked, self.proof = None, b"", False, None

    # Records

    def _receive(self, size):
        while len(self.raw) < size:
            piece = self.socket.recv(65536)
            if not piece:
                raise Over
            self.raw += piece
        piece, self.raw = self.raw[:size], self.raw[size:]
        return piece

    def hear(self):
        """Kind and content of the next record."""
        header = self._receive(5)
        content = self._receive(int.from_bytes(header[3:], "big"))
        if self.reads:
            cipher, salt, count = self.reads
            aad = number(count, 8) + header[:3] + number(len(content) - 24, 2)
            content = cipher.decrypt(salt + content[:8], content[8:], aad)
            self.reads = cipher, salt, count + 1
        if header[0] == ALERT:
            self.alert = content[0], content[1]
            raise Over
        return header[0], content

    def seal(self, kind, content, version=0x303, claims=None):
        """The record; `claims`: a kind under which it is sealed, other than it has."""
        if not self.writes:
            return record(kind, content, version)
        cipher, salt, count = self.writes
        nonce = os.urandom(8)  # it need not be the number
        aad = number(count, 8) + bytes([claims or kind]) + number(version, 2) + number(len(content), 2)
        self.writes = cipher, salt, count + 1
        return record(kind, nonce + cipher.encrypt(salt + nonce, content, aad), version)

    def send(self, kind, content, **other):
        self.socket.sendall(self.seal(kind, content, **other))

    def say(self, *messages, size=1 << 14):
        """All in as few records as there must be, of so many bytes."""
        content = b"".join(messages)
        self.transcript += content
        self.socket.sendall(b"".join(self.seal(HANDSHAKE, content[at:at + size])
                                     for at in range(0, len(content), size)))

    def say_each(self, *messages):
        for one in messages:
            self.say(one)

    # Messages from the client

    def _hear_message(self):
        while len(self.buffer) < 4 or len(self.buffer) < 4 + int.from_bytes(self.buffer[1:4], "big"):
            kind, content = self.hear()
            assert kind == HANDSHAKE, kind
            self.buffer += content
        end = 4 + int.from_bytes(self.buffer[1:4], "big")
        one, self.buffer = self.buffer[:end], self.buffer[end:]
        return one

    def hear_hello(self):
        hello = self._hear_message()
        assert hello[0] == 1
        self.transcript += hello
        self.client_random = hello[6:38]

    def hear_answer(self):
        """The client's half, up to its proof."""
        one = self._hear_message()
        if one[0] == 11:
            self.client_certificates = one[7:]
            self.transcript += one
            one = self._hear_message()
        assert one[0] == 16
        self.transcript += one
        self.client_point = one[5:]
        point = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[self.curve](), self.client_point)
        self._make_keys(self.scalar.exchange(ec.ECDH(), point))
        if self.asked and len(self.client_certificates) > 0:
            self.proof = self.transcript, self._hear_message()
            self.transcript += self.proof[1]
        assert self.hear() == (CHANGE_CIPHER, b"\1") and not self.buffer
        self.reads = self.client_keys
        finished = self._hear_message()
        assert finished == self._finished(b"client finished")
        self.transcript += finished

    def _make_keys(self, shared):
        if self.binds_all:
            seed = b"extended master secret" + self.hash(self.transcript)
        else:
            seed = b"master secret" + self.client_random + self.random
        self.master = expand(self.digest, shared, seed, 48)
        length = 16 if self.digest == "sha256" else 32
        keys = expand(self.digest, self.master, b"key expansion" + self.random + self.client_random, 2 * length + 8)
        salts = keys[2 * length:]
        self.client_keys = AESGCM(keys[:length]), salts[:4], 0
        self.server_keys = AESGCM(keys[length:2 * length]), salts[4:], 0

    def hash(self, data):
        return hashlib.new(self.digest, data).digest()

    def _finished(self, label):
        return message(20, expand(self.digest, self.master, label + self.hash(self.transcript), 12))

    # Messages to the client

    def extensions(self, *more):
        bound = [extension(MASTER_BINDS_ALL)] if self.binds_all else []
        return b"".join([extension(RENEGOTIATION, b"\0"), *bound, *more])

    def hello(self, version=0x303, session=b"", suite=None, compression=0, extensions=None, tail=b""):
        extensions = self.extensions() if extensions is None else extensions
        return message(2, number(version, 2) + self.random + vector(session, 1) + number(suite or self.suite, 2)
                       + bytes([compression]) + (vector(extensions, 2) if extensions else b"") + tail)

    def certificate(self, certificates=None, tail=b""):
        certificates = self.certificates if certificates is None else certificates
        return message(11, vector(b"".join(vector(one, 3) for one in certificates), 3) + tail)

    def sign(self, data, private=None, signs_with=None):
        private, algorithm = private or self.private, HASHES[signs_with or self.signs_with]()
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(data, padding.PKCS1v15(), algorithm)
        return private.sign(data, ec.ECDSA(algorithm))

    def point(self):
        return self.scalar.public_key().public_bytes(serialization.Encoding.X962,
                                                     serialization.PublicFormat.UncompressedPoint)

    def key(self, kind=3, curve=None, point=None, algorithm=None, signature=None, signed=None, tail=b""):
        parameters = bytes([kind]) + number(curve or self.curve, 2) + vector(self.point() if point is None else point, 1)
        algorithm = algorithm or bytes([self.signs_with, 1 if self.is_rsa else 3])
        if signature is None:
            signature = self.sign(self.client_random + self.random + parameters if signed is None else signed(parameters))
        return message(12, parameters + algorithm + vector(signature, 2) + tail)

    def request(self, kinds=b"\1\x40", algorithms=b"\4\1\4\3", authorities=b"", tail=b""):
        self.asked = True
        return message(13, vector(kinds, 1) + vector(algorithms, 2) + vector(authorities, 2) + tail)

    def done(self, content=b""):
        return message(14, content)

    def first(self):
        return [self.hello(), self.certificate(), self.key(), self.done()]

    def change(self, content=b"\1"):
        """From now on it seals what it sends."""
        self.send(CHANGE_CIPHER, content)
        self.writes = self.server_keys

    def finished(self):
        return self._finished(b"server finished")

    def end(self):
        self.change()
        self.say(self.finished())

    def serve(self, answer=ANSWER):
        """Hears one request, and answers it."""
        while b"\r\n\r\n" not in self.text:
            kind, content = self.hear()
            assert kind == TEXT, kind
            self.text += content
        self.send(TEXT, answer)
        self.hear_end()

    def hear_end(self):
        """Whatever still comes; an alert is Over."""
        while True:
            kind, content = self.hear()
            self.text += content if kind == TEXT else b""

    def proves_its_key(self):
        """Did the client sign the handshake with the key of the certificate that it has shown?"""
        said, proof = self.proof
        size = int.from_bytes(self.client_certificates[:3], "big")
        public = x509.load_der_x509_certificate(self.client_certificates[3:3 + size]).public_key()
        algorithm = HASHES[proof[4]]()
        how = (padding.PKCS1v15(), algorithm) if proof[5] == 1 else (ec.ECDSA(algorithm),)
        public.verify(proof[8:], said, *how)  # raises
        return True


def over(row, script, **options):
    """The script for servers.Server."""
    def outer(talk):
        talk.peer = Peer(talk.socket, row, **options)
        try:
            script(talk.peer)
        except (Over, OSError, InvalidTag) as error:
            talk.ending = error

    return outer


def play(peer, first=None, end=Peer.end, serve=Peer.serve, say=Peer.say):
    """All of it, of which one thing may be other than it should be."""
    peer.hear_hello()
    say(peer, *(first(peer) if first else peer.first()))
    peer.hear_answer()
    end(peer)
    serve(peer)
