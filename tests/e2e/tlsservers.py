# SPDX-License-Identifier: MIT
"""Servers that speak TLS: nginx, openssl s_server, and one of the test's own that may break the rules.

    with Openssl(row) as server, Nginx({"good": row}) as nginx:
        ... server.port, nginx.ports["good"] ...

    with Server(over_tls(row, answer(b"HTTP/1.1 200 OK\r\n"))) as server:
        server.talks[0].tls.names    who was asked for, as servers.py has its talks

A row is one of certificates.SERVERS. The fixture `pki` has them all, with their files.
"""
import contextlib
import functools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading

import pytest

import certificates
from servers import LIMIT, Talk

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
OLD_AND_WEAK = "DEFAULT:@SECLEVEL=0"  # what is refused must be refused by the client
CHANGE_CIPHER, ALERT, HANDSHAKE, TEXT = 20, 21, 22, 23  # kinds of records


@functools.cache
def make_pki(directory):
    return certificates.make(directory)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return make_pki(tmp_path_factory.getbasetemp() / "pki")


def record(kind, content, version=0x303):
    return bytes([kind]) + version.to_bytes(2, "big") + len(content).to_bytes(2, "big") + content


def alert(number, level=2):
    return record(ALERT, bytes([level, number]))


def message(kind, content=b""):
    """One of the handshake, in a record of its own."""
    return record(HANDSHAKE, bytes([kind]) + len(content).to_bytes(3, "big") + content)


# Scripts for servers.Server


def hear_hello(talk):
    """All of the first record."""
    while len(talk.heard) < 5 or len(talk.heard) < 5 + int.from_bytes(talk.heard[3:5], "big"):
        if not talk.hear():
            break


def play(*pieces, then=lambda talk: talk.hear_end()):
    """Sends these bytes, whatever the client sends."""
    def script(talk):
        hear_hello(talk)
        for piece in pieces:
            talk.say(piece)
        then(talk)

    return script


def in_single_bytes(sock, data, pause=0):
    never = threading.Event()
    for byte in data:
        sock.sendall(bytes([byte]))
        never.wait(pause)


class TlsTalk(Talk):
    """What is said and heard inside TLS; Talk's methods, and scripts for it, work as in clear text."""

    def __init__(self, talk, row, send):
        super().__init__(talk.socket, talk.number)
        self.names, self._send = [], send
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(OLD_AND_WEAK)
        context.load_cert_chain(row.chain, row.key_pem)
        context.sni_callback = lambda _, name, __: self.names.append(name)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._engine = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def _drive(self, step):
        while True:
            result = want = None
            try:
                result = step()
            except ssl.SSLWantReadError as error:
                want = error
            if records := self._outgoing.read():
                self._send(self.socket, records)
            if not want:
                return result
            piece = self.socket.recv(65536)
            if not piece:
                self._incoming.write_eof()
            self._incoming.write(piece)

    def shake_hands(self):
        self._drive(self._engine.do_handshake)

    def say(self, text):
        self._drive(lambda: self._engine.write(text))

    def hear(self):
        with contextlib.suppress(ssl.SSLZeroReturnError):  # the client took its leave
            piece = self._drive(lambda: self._engine.read(65536))
            self.heard += piece
            return piece
        return b""

    def take_leave(self):
        """Says so, as TLS wants it; without this, the end is as sudden as a cut."""
        with contextlib.suppress(ssl.SSLError):
            self._drive(self._engine.unwrap)


def over_tls(row, script, send=socket.socket.sendall):
    """The script inside TLS, as talk.tls; send(socket, records) carries what the server says.

    talk.ending is the error that ended it, if one did, and talk.pending_error what the socket had to say then.
    """
    def outer(talk):
        talk.tls = TlsTalk(talk, row, send)
        try:
            talk.tls.shake_hands()
            script(talk.tls)
        except OSError as error:  # those of TLS are among them: the client did not like it
            talk.ending = error
            talk.pending_error = talk.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    return outer


# Servers of other people


class Process:
    """A server in a process of its own, that ends with the block, or with the tests if they are killed."""

    def __init__(self, command, **options):
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *command], stdin=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.terminate()
        self.process.wait(LIMIT)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


class Openssl(Process):
    """openssl s_server: answers requests with a page about the connection."""

    def __init__(self, row, *options, address="127.0.0.1"):
        host = f"[{address}]" if ":" in address else address
        behind = ["-cert_chain", row.behind] if row.sends else []
        super().__init__(["openssl", "s_server", "-accept", f"{host}:0", "-www", "-cert", row.chain, *behind,
                          "-key", row.key_pem, "-cipher", OLD_AND_WEAK, *options], stdout=subprocess.PIPE)
        for line in self.process.stdout:
            if line.startswith(b"ACCEPT "):
                self.port = int(line.rpartition(b":")[2])
                self.at = f"{host}:{self.port}"
                return
        self.close()
        pytest.fail(f"openssl s_server does not start: {' '.join(self.process.args)}")


class Nginx(Process):
    """nginx, which listens for each row at a port of its own: ports[name]. It answers 200 to /, and 503 to /busy.

    The sockets are handed to it, as it does to its successor when it is upgraded (not without a master process),
    so no port is guessed.
    """

    def __init__(self, rows, more="", address="127.0.0.1"):
        self.folder = tempfile.mkdtemp(prefix="shim-nginx-")
        host = f"[{address}]" if ":" in address else address
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sockets = {name: socket.create_server((address, 0), family=family, backlog=16) for name in rows}
        self.ports = {name: sock.getsockname()[1] for name, sock in sockets.items()}
        conf = os.path.join(self.folder, "nginx.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(self._conf("".join(self._server(f"{host}:{self.ports[name]}", row, more)
                                       for name, row in rows.items())))
        fds = [sock.fileno() for sock in sockets.values()]
        super().__init__([NGINX or "nginx", "-c", conf, "-p", self.folder, "-e", self.log], pass_fds=fds,
                         stdout=subprocess.DEVNULL, env={"NGINX": "".join(f"{fd};" for fd in fds)})
        for sock in sockets.values():
            sock.close()  # from now on it is refused if nginx does not live

    @property
    def log(self):
        return os.path.join(self.folder, "error.log")

    def _conf(self, servers):
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {self.folder};" for kind in kinds)
        return (f"daemon off; pid {self.folder}/pid; error_log {self.log};"
                f"events {{ worker_connections 512; }} http {{ access_log off; {paths}\n{servers} }}\n")

    @staticmethod
    def _server(at, row, more):
        tls = "" if row is None else (f"ssl_ciphers {OLD_AND_WEAK}; ssl_certificate {row.chain}; "
                                      f"ssl_certificate_key {row.key_pem};")
        return (f"server {{ listen {at}{'' if row is None else ' ssl'}; {tls} {more}\n"
                "location / { return 200; } location /busy { return 503; } }\n")

    def close(self):
        super().close()
        shutil.rmtree(self.folder)
