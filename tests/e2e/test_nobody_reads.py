# SPDX-License-Identifier: MIT
"""Nobody reads the log: it holds up nothing, changes no status, and says later what is missing."""
import json
import os
import select
import signal

import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, http, in_turn


class Pipe:
    """A pipe that is full from the beginning."""

    def __init__(self):
        self.reader, self.writer = os.pipe()
        os.set_blocking(self.writer, False)
        self.filled = 0
        for size in (4096, 1):
            try:
                while True:
                    self.filled += os.write(self.writer, b"." * size)
            except BlockingIOError:
                pass
        os.set_blocking(self.writer, True)  # a descriptor as a container engine hands it over

    def drain(self):
        """What is in it now."""
        text = b""
        while select.select([self.reader], [], [], 0)[0]:
            text += os.read(self.reader, 65536)
        return text

    def read_line(self, wanted):
        """Until that is there."""
        text = b""
        while wanted not in text:
            assert select.select([self.reader], [], [], 60)[0], f"{wanted} never came, but {text}"
            text += os.read(self.reader, 65536)
        return text.decode()

    def close(self):
        os.close(self.reader)
        os.close(self.writer)


@pytest.fixture
def full_pipe():
    pipe = Pipe()
    yield pipe
    pipe.close()


@pytest.mark.parametrize("verb", ["run", "wait"])
def test_full_pipe_holds_up_neither_the_wait_nor_the_command(shim, full_pipe, tmp_path, verb):
    with Server(in_turn(http("503 Busy"), http())) as server:
        target = f"http://{server.at}/"
        words = ["--wait-for", target, "touch", tmp_path / "started"] if verb == "run" else ["wait", target]
        assert shim(*words, stderr=full_pipe.writer).status == 0
        assert (tmp_path / "started").exists() == (verb == "run")
    assert full_pipe.drain() == b"." * full_pipe.filled


@pytest.mark.parametrize("words, status", [
    (["wait", "file:///nowhere", "--timeout=10ms"], 124), (["wait", "bad"], 125), (["/no/program"], 127),
])
def test_full_pipe_does_not_change_the_status(shim, full_pipe, words, status):
    assert shim(*words, stderr=full_pipe.writer).status == status


def test_signal_is_obeyed_while_nobody_reads(start, full_pipe):
    with Server(http("503 Busy")) as server:
        run = start("--wait-for", f"http://{server.at}/", "true", stderr=full_pipe.writer)
        server.await_talks(2)
        run.signal(signal.SIGTERM)
        assert run.finish().status == 143


@pytest.mark.parametrize("log", ["text", "json"])
def test_lines_that_were_dropped_are_told_of_later(start, full_pipe, log):
    with Server(in_turn(http("503 Busy"), http("500 Oh"), http("502 Bad"), accept)) as server:
        run = start("wait", f"http://{server.at}/#name=web,attempt-timeout=1h", "--log", log, stderr=full_pipe.writer)
        server.await_talks(4)
        full_pipe.drain()
        server.talks[3].say(b"HTTP/1.1 200 OK\r\n\r\n")
        text = full_pipe.read_line(b"all ready").lstrip(".")
        assert run.finish().status == 0
    if log == "json":
        objects = [json.loads(line) for line in text.splitlines()]
        assert [(o["event"], o["level"]) for o in objects] == [("dropped", "warning"), ("ready", "info"), ("opened", "info")]
    else:
        dropped, ready, _ = text.splitlines()
        assert dropped == "shim: lines dropped here, since nobody read them in time: 4"
        assert ready.startswith("shim: web: ready after")


def test_command_gets_its_stderr_as_it_was(full_pipe, shim):
    """Whether a write blocks is a property that all who have the descriptor share."""
    script = "import os, sys; sys.exit(os.get_blocking(2))"
    assert shim("--wait-for=file:///", "/usr/bin/python3", "-c", script, stderr=full_pipe.writer).status == 1
    assert os.get_blocking(full_pipe.writer)


@pytest.mark.parametrize("shell", ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-", ">/dev/full 2>&1"])
@pytest.mark.parametrize("words, status", [
    (["--wait-for=file:///", "--verbose", "sh", "-c", "exit 7"], 7),
    (["wait", "file:///"], 0),
    (["wait", "file:///nowhere", "--timeout=10ms"], 124),
    (["--frob"], 125),
    (["/no/program"], 127),
    (["--help"], 0),
])
def test_stderr_that_takes_nothing_changes_no_status(shim, shell, words, status):
    assert shim(*words, before=["sh", "-c", f'exec "$0" "$@" {shell}']).status == status


@pytest.mark.parametrize("words, status", [
    (["--wait-for=file:///", "--verbose", "sh", "-c", "exit 7"], 7), (["wait", "file:///"], 0), (["wait", "bad"], 125),
])
def test_reader_who_went_away_changes_no_status(shim, words, status):
    reader, writer = os.pipe()
    os.close(reader)
    assert shim(*words, stderr=writer).status == status
    os.close(writer)


def test_lines_of_two_programs_on_one_pipe_do_not_mix(start):
    """Each line is one write."""
    reader, writer = os.pipe()
    targets = [f"file:///nowhere{n}#name={'n' * 100}{n}" for n in range(100)]
    runs = [start("wait", *targets, "--timeout=10ms", stderr=writer) for _ in range(2)]
    os.close(writer)
    with open(reader, encoding="utf-8") as stream:
        text = stream.read()
    assert [run.finish().status for run in runs] == [124, 124]
    assert [line for line in text.splitlines() if not line.startswith("shim: ") or line.count("shim: ") > 1] == []
