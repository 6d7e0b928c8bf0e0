# SPDX-License-Identifier: MIT
"""Servers on loopback and on unix sockets that do to each connection what a test wants.

    with Server(in_turn(http("503 Busy"), http("200 OK"))) as server:
        ... server.port ...
        server.await_talks(2)
        assert server.talks[0].heard == b"GET ..."

A script is a function of a Talk; it runs in a thread of its own, and the connection is closed after it.
"""
import contextlib
import os
import socket
import struct
import threading

LIMIT = 30  # seconds; only what hangs comes near it


class Talk:
    """One connection, seen from the server."""

    def __init__(self, sock, number):
        self.socket, self.number = sock, number
        self.heard = b""
        self.ending = None  # what the last recv brought: b"" for a clean end, or an OSError
        self.pending_error = None  # SO_ERROR after all

    def say(self, text):
        self.socket.sendall(text)

    def hear(self):
        piece = self.socket.recv(65536)
        self.heard += piece
        return piece

    def hear_request(self):
        """Up to the empty line behind the headers, or to the end."""
        while b"\r\n\r\n" not in self.heard and self.hear():
            pass

    def hear_end(self):
        """Until the client has ended."""
        try:
            while self.hear():
                pass
            self.ending = b""
        except OSError as error:
            self.ending = error
        self.pending_error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


# Scripts


def accept(talk):
    """Says nothing, and waits for the client to go."""
    talk.hear_end()


def answer(text):
    def script(talk):
        talk.hear_request()
        talk.say(text)
        talk.hear_end()

    return script


def http(status="200 OK", headers="Content-Length: 2\r\n", body="ok"):
    return answer(f"HTTP/1.1 {status}\r\n{headers}\r\n{body}".encode())


def greet(text):
    """Speaks first."""
    def script(talk):
        talk.say(text)
        talk.hear_end()

    return script


def endless(head, piece, pause=0):
    """Goes on for as long as the client listens."""
    def script(talk):
        gone = threading.Event()
        talk.hear_request()
        talk.say(head)
        while not gone.wait(pause):
            talk.say(piece)

    return script


def reset(talk):
    talk.reset()


def answer_and_reset(text):
    def script(talk):
        talk.hear_request()
        talk.say(text)
        talk.reset()

    return script


def answer_and_close(text):
    def script(talk):
        talk.hear_request()
        talk.say(text)

    return script


def answer_unasked_and_close(text):
    """Leaves the request unread, so that closing resets the connection behind the answer."""
    def script(talk):
        talk.socket.recv(1, socket.MSG_PEEK)
        talk.say(text)

    return script


def in_turn(*scripts):
    """The first connection gets the first; the last script serves all that follow."""
    return lambda talk: scripts[min(talk.number, len(scripts) - 1)](talk)


class Server:
    def __init__(self, script=accept, address="127.0.0.1", port=0, path=None, listening=True):
        """Bound at once; until it listens, its port is taken but connections are refused."""
        self.script, self.talks = script, []
        self._changed = threading.Condition()
        self._ended = 0
        self._closing = False
        if path:
            self.socket = socket.socket(socket.AF_UNIX)
            self.path = str(path)
            self.socket.bind(self.path)
        else:
            self.socket = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind((address, port))
            self.address, self.port = self.socket.getsockname()[:2]
            self.at = f"[{address}]:{self.port}" if ":" in address else f"{address}:{self.port}"
        self._listener = None
        if listening:
            self.listen()

    def listen(self):
        self.socket.listen(1024)
        self._listener = threading.Thread(target=self._serve, daemon=True)
        self._listener.start()

    def _serve(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                sock, _ = self.socket.accept()
                with self._changed:
                    if self._closing:
                        sock.close()
                        return
                    talk = Talk(sock, len(self.talks))
                    self.talks.append(talk)
                    self._changed.notify_all()
                threading.Thread(target=self._play, args=(talk,), daemon=True).start()

    def _play(self, talk):
        with contextlib.suppress(OSError), talk.socket:  # the client is gone, or the test is over
            self.script(talk)
        with self._changed:
            self._ended += 1
            self._changed.notify_all()

    def await_talks(self, count):
        """Until so many connections were accepted."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.talks) >= count, LIMIT), f"only {len(self.talks)} came"

    def await_ended(self, count=1):
        """Until so many scripts are over."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._ended >= count, LIMIT), f"only {self._ended} ended"

    def close(self):
        with self._changed:
            self._closing = True
            sockets = [self.socket] + [talk.socket for talk in self.talks]
        for sock in sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it
        self.socket.close()
        if self._listener:
            self._listener.join()
        if self.socket.family == socket.AF_UNIX:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Full:
    """A port whose backlog is full: the kernel drops whoever tries to connect."""

    def __init__(self, address="127.0.0.1", port=0):
        self.socket = socket.socket()
        self.socket.bind((address, port))
        self.socket.listen(0)
        self.address, self.port = self.socket.getsockname()
        self.at = f"{address}:{self.port}"
        self._fillers = []
        while not self._fill():
            pass

    def _fill(self):
        """True when one more got no answer."""
        filler = socket.socket()
        self._fillers.append(filler)
        filler.settimeout(0.2)
        try:
            filler.connect(self.socket.getsockname())
        except TimeoutError:
            filler.close()
            return True
        return False

    def accept_next(self):
        """Lets in those who filled it up, and returns the connection of the next one."""
        ours = {filler.getsockname() for filler in self._fillers if filler.fileno() >= 0}
        self.socket.settimeout(LIMIT)
        while True:
            sock, peer = self.socket.accept()
            if peer not in ours:
                return sock
            sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for sock in [self.socket, *self._fillers]:
            sock.close()
