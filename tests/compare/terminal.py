# SPDX-License-Identifier: MIT
"""On a pseudo-terminal: as PID 1 like `docker run -it`, or started by a shell."""
import contextlib
import fcntl
import os
import re
import select
import struct
import termios
import time

import experiment
from experiment import begin, cell, comes_true, count, ends_with, heard_by, section, status_of_end, witness
from pid1 import NAMESPACE, command_of, init_of
from processes import children
from program import SHIM, Running

row = section("Terminal")
IN_TERMINAL = ["setsid", "--ctty"]


class Terminal:
    """Its two ends; what is shown there."""

    def __init__(self):
        self.master, self.slave = os.openpty()
        self.shown = ""

    def type(self, text):
        os.write(self.master, text.encode())

    def shows(self, pattern):
        end = time.monotonic() + experiment.program.LIMIT
        while not re.search(pattern, self.shown) and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                self.shown += os.read(self.master, 4096).decode(errors="replace")
        return bool(re.search(pattern, self.shown))

    def hang_up(self):
        """The second time for nothing."""
        with contextlib.suppress(OSError):
            os.close(self.master)


@contextlib.contextmanager
def terminal():
    tty = Terminal()
    try:
        yield tty
    finally:
        tty.hang_up()
        with contextlib.suppress(OSError):
            os.close(tty.slave)


def begin_on(tty, *command, **options):
    return begin(*command, place=[*NAMESPACE, *IN_TERMINAL], stdin=tty.slave, **options)


def listen_on(tty):
    run = begin_on(tty, witness(), "listen")
    run.await_output("^ready$")
    return run


@row("the command is in the foreground")
def foreground():
    with terminal() as tty:
        run = listen_on(tty)
        group = os.getpgid(command_of(run))
        return cell(comes_true(lambda: os.tcgetpgrp(tty.master) == group))


@row("^C and ^\\ reach the command once")
def typed_signals():
    def is_heard_once(key, number):
        with terminal() as tty:
            run = listen_on(tty)
            tty.type(key)
            run.await_output(f"^{number}$")
            return heard_by(run) == [str(number)]

    return count([is_heard_once("\x03", 2), is_heard_once("\x1c", 3)])


@row("^Z does not freeze the container for good: TERM ends it")
def typed_stop():
    with terminal() as tty:
        run = begin_on(tty, "sleep", "600")
        command = command_of(run)
        comes_true(lambda: os.tcgetpgrp(tty.master) == os.getpgid(command))
        tty.type("\x1ax")
        tty.shows(r"\^Zx")
        os.kill(init_of(run), 15)
        return cell(status_of_end(run) == 143)


def sleeping_in(run):
    """The one child of the shell."""
    return (children(command_of(run)) or [None])[0]


@row("a shell in it has job control, without a warning")
def job_control():
    with terminal() as tty:
        shell = begin_on(tty, "bash", "--norc", "--noprofile", "-i", stdout=tty.slave, stderr=tty.slave)
        tty.type("sleep 600\n")
        comes_true(lambda: os.tcgetpgrp(tty.master) == sleeping_in(shell))
        tty.type("\x1a")
        stopped = tty.shows("Stopped")
        tty.type("kill -9 %1; wait; echo good$((1 + 1))\n")
        return cell(stopped and tty.shows("good2") and not re.search("no job control|cannot set", tty.shown))


@row("a resize is one WINCH")
def resize():
    with terminal() as tty:
        run = listen_on(tty)
        fcntl.ioctl(tty.master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        run.await_output("^28$")
        return cell(heard_by(run) == ["28"])


@row("a hang-up reaches the command once, and the init lives until that has ended")
def hang_up():
    with terminal() as tty:
        run = listen_on(tty)
        os.close(tty.slave)
        tty.hang_up()
        run.await_output("^1$")
        return cell([number for number in heard_by(run) if number != "18"] == ["1"])


@row("started as a background job it leaves the terminal to the shell")
def background():
    with terminal() as tty:
        shell = Running("--norc", "--noprofile", "-i", program="bash", before=IN_TERMINAL, stdin=tty.slave,
                        stdout=tty.slave, stderr=tty.slave)
        try:
            tty.type(f"{SHIM} -- sleep 600 &\n")
            comes_true(lambda: any(map(children, children(shell.pid))))
            command_of(shell)
            has_it = os.tcgetpgrp(tty.master) == shell.pid
            tty.type("echo good$((1 + 1))\n")
            return cell(has_it and tty.shows("good2"))
        finally:
            experiment.end_with_all(shell.pid)
            shell.end()


@row("it works with stdin, stdout or stderr closed")
def closed():
    return count(ends_with(7, "sh", "-c", "exit 7", before=["sh", "-c", f'exec "$0" "$@" {which}']) for which in (
        "<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"))
