# SPDX-License-Identifier: MIT
"""Runs shim for a test, and tells what it said.

    shim("check", "127.0.0.1:80").err          to its end
    running = start("wait", target)            and wait for what it says
    running.await_line("connection refused")
    running.finish().status

`shim` and `start` are fixtures' work: what a test starts ends with it. The environment of a run is PATH
and what the test gives, so that nothing of the machine's gets in. SHIM names another program to test.
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
from collections import namedtuple

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIM = pathlib.Path(os.environ.get("SHIM", ROOT / "build" / "shim")).resolve()
VERSION = re.search(r"^VERSION = (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
LIMIT = 120  # seconds; only what hangs comes near it
PATH = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


def may_unshare():
    """Root in most containers may not."""
    command = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "true"]
    return shutil.which("unshare") and subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0


def speaks_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_namespaces = pytest.mark.skipif(not may_unshare(), reason="needs namespaces, and so root")
needs_ipv6 = pytest.mark.skipif(not speaks_ipv6(), reason="needs the address ::1")

Result = namedtuple("Result", "status out err")  # the exit status is negative after a signal


def private_files(files):
    """Words to put before a command that sees other files at these paths: {"/etc/hosts": path}."""
    binds = "".join(f'mount --bind "{here}" "{there}" && ' for there, here in files.items())
    return ["unshare", "-m", "sh", "-c", binds + 'exec "$0" "$@"']


class Running:
    """A run of shim under way."""

    def __init__(self, *arguments, env=None, before=(), program=SHIM, stderr=None, **options):
        command = [str(word) for word in (*before, program, *arguments)]
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.PIPE)
        self.process = subprocess.Popen(command, env={**PATH, **(env or {})},
                                        stderr=subprocess.PIPE if stderr is None else stderr, **options)
        self.pid = self.process.pid
        self._texts = {"out": b"", "err": b""}
        self._heard = threading.Condition()
        self._readers = [self._read(name, stream) for name, stream in
                         (("out", self.process.stdout), ("err", self.process.stderr)) if stream]

    def _read(self, name, stream):
        def read():
            with contextlib.suppress(ValueError):  # end() has closed it, and somebody who is left has it still
                while piece := stream.read1():
                    with self._heard:
                        self._texts[name] += piece
                        self._heard.notify_all()

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        return reader

    @property
    def err(self):
        with self._heard:
            return self._texts["err"].decode(errors="backslashreplace")

    @property
    def out(self):
        with self._heard:
            return self._texts["out"].decode(errors="backslashreplace")

    def _await(self, name, pattern, times):
        def is_there():
            text = self._texts[name].decode(errors="backslashreplace")
            return len(re.findall(pattern, text, re.MULTILINE)) >= times

        with self._heard:
            if not self._heard.wait_for(is_there, LIMIT):
                pytest.fail(f"never said {pattern!r}, but:\n{self._texts[name].decode(errors='replace')}")

    def await_line(self, pattern, times=1):
        """Until stderr holds the pattern so many times."""
        self._await("err", pattern, times)

    def await_output(self, pattern, times=1):
        self._await("out", pattern, times)

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, limit=LIMIT):
        """Waits for the end of it."""
        status = self.process.wait(limit)
        for reader in self._readers:
            reader.join(limit)
        return Result(status, self.out, self.err)

    def end(self):
        """Whatever state it is in."""
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


@pytest.fixture
def start():
    """Starts a run that ends with the test."""
    all_runs = []

    def start_one(*arguments, **options):
        all_runs.append(Running(*arguments, **options))
        return all_runs[-1]

    yield start_one
    for running in all_runs:
        running.end()


@pytest.fixture
def shim(start):
    """Runs to the end."""
    return lambda *arguments, **options: start(*arguments, **options).finish()
