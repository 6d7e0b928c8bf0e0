# SPDX-License-Identifier: MIT
"""An init on a terminal: that of a container (`docker run -it`), where it leads the session, and that of a shell."""
import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import termios
import time

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    begin, command_of, end_with_all, enter, eventually, heard_by, init_of, place, state_of, witness)
from processes import children
from program import LIMIT, SHIM, start  # noqa: F401 (fixture)

LEADER = ["setsid", "-c"]  # of a session on the terminal that is its stdin
SHELL = ["bash", "--norc", "--noprofile", "-i"]
WARNINGS = "job control|process group|ioctl|rror|stopped \\(tty"


def name_of(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()


class Terminal:
    """A pseudo-terminal: what is typed, and what is shown."""

    def __init__(self):
        self.keyboard, self.line = pty.openpty()
        self.shown = ""

    def type(self, text):
        os.write(self.keyboard, text.encode())

    def await_shown(self, pattern, times=1):
        end = time.monotonic() + LIMIT
        while len(re.findall(pattern, self.shown, re.MULTILINE)) < times:
            if not select.select([self.keyboard], [], [], max(0, end - time.monotonic()))[0]:
                pytest.fail(f"never showed {pattern!r}, but:\n{self.shown}")
            self.shown += os.read(self.keyboard, 4096).decode(errors="replace").replace("\r\n", "\n")

    def foreground(self):
        return os.tcgetpgrp(self.keyboard)

    def resize(self, rows, columns):
        fcntl.ioctl(self.keyboard, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self):
        os.close(self.keyboard)
        self.keyboard = -1

    def let_go(self):
        """Others have it now."""
        if self.line >= 0:
            os.close(self.line)
        self.line = -1

    def close(self):
        self.let_go()
        if self.keyboard >= 0:
            os.close(self.keyboard)


@pytest.fixture
def terminal():
    one = Terminal()
    yield one
    one.close()


@pytest.fixture
def run_on(terminal, begin):
    """Starts a command below an init that leads the session of the terminal."""
    def start_there(*words, before=LEADER, **options):
        run = begin(*words, before=before, stdin=terminal.line, stderr=terminal.line, **options)
        terminal.let_go()
        return run

    return start_there


@pytest.fixture
def listening(run_on, witness):
    run = run_on(witness, "listen")
    run.await_output("^ready$")
    return run


# The terminal of a container


def test_command_is_in_the_foreground_when_init_was(listening, terminal):
    assert terminal.foreground() == command_of(listening) == os.getpgid(command_of(listening))


@pytest.mark.parametrize("key, number", [("\x03", signal.SIGINT), ("\x1c", signal.SIGQUIT), ("\x1a", signal.SIGTSTP)])
def test_key_reaches_the_command_once(listening, terminal, witness, key, number):
    """Init is stopped meanwhile, so that what it got, too, would come later and not be taken for the same."""
    init = init_of(listening)
    os.kill(init, signal.SIGSTOP)
    eventually(lambda: state_of(init) == "T")
    terminal.type(key)
    listening.await_output(f"^{number.value}$")
    os.kill(init, signal.SIGCONT)
    assert heard_by(listening, witness) == [str(number.value), str(signal.SIGCONT.value)]


@pytest.mark.parametrize("key, status", [("\x03", 130), ("\x1c", 131)])
def test_key_ends_a_command_that_does_not_handle_it(run_on, terminal, key, status):
    run = run_on("sleep", "600")
    eventually(lambda: terminal.foreground() == command_of(run))
    terminal.type(key)
    assert run.finish().status == status


def test_key_to_stop_does_not_freeze_what_nobody_could_continue(run_on, terminal, witness):
    run = run_on(witness, "listen", signal.SIGTSTP)
    run.await_output("^ready$")
    for times in range(1, 4):
        terminal.type("\x1a")
        run.await_output("^18$", times)
    terminal.type("\x03")
    run.await_output("^2$")
    assert heard_by(run, witness) == ["18", "18", "18", "2"]


def test_command_that_somebody_stopped_on_purpose_stays_so(run_on, terminal):
    run = run_on("sleep", "600")
    command = command_of(run)
    eventually(lambda: terminal.foreground() == command)
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: state_of(command) == "T")
    os.kill(init_of(run), signal.SIGUSR2)
    assert state_of(command) == "T"
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 128 + signal.SIGUSR2


def test_resize_reaches_the_command_once(listening, terminal, witness):
    init = init_of(listening)
    os.kill(init, signal.SIGSTOP)
    eventually(lambda: state_of(init) == "T")
    terminal.resize(33, 99)
    listening.await_output("^28$")
    os.kill(init, signal.SIGCONT)
    assert sorted(heard_by(listening, witness)) == ["18", "28"]


def test_hang_up_reaches_the_command_once_and_init_survives_until_it_ends(listening, terminal, witness):
    """The kernel sends HUP and CONT to who leads the session."""
    terminal.hang_up()
    listening.await_output("^1$")
    assert sorted(heard_by(listening, witness)) == ["1", "18"]
    os.kill(command_of(listening), signal.SIGKILL)
    assert listening.finish().status == 137


def test_hang_up_ends_a_command_that_does_not_handle_it(run_on, terminal):
    run = run_on("sleep", "600")
    command_of(run)
    terminal.hang_up()
    assert run.finish().status == 129


def test_shell_has_job_control(run_on, terminal):
    run = run_on(*SHELL, env={"PS1": "$ "}, stdout=terminal.line)
    terminal.await_shown(r"\$ $")
    shell = command_of(run)
    assert terminal.foreground() == shell
    terminal.type("sleep 600\n")
    [job] = eventually(lambda: children(shell))
    eventually(lambda: terminal.foreground() == job and name_of(job) == "sleep")
    terminal.type("\x1a")
    terminal.await_shown(r"^\[1\]\+ +Stopped +sleep 600")
    assert state_of(job) == "T"
    terminal.type("fg\n")
    eventually(lambda: terminal.foreground() == job and state_of(job) != "T")
    terminal.type("\x03")
    eventually(lambda: terminal.foreground() == shell)
    terminal.type("exit 7\n")
    assert run.finish().status == 7
    assert not re.search(WARNINGS, terminal.shown)


def test_resize_reaches_a_job_of_the_shell(run_on, terminal):
    run = run_on(*SHELL, env={"PS1": "$ "}, stdout=terminal.line)
    terminal.await_shown(r"\$ $")
    terminal.resize(33, 99)
    terminal.type("stty size\n")
    terminal.await_shown("^33 99$")
    terminal.type("exit 7\n")
    assert run.finish().status == 7


# No terminal, or one that is somebody else's


def test_terminal_of_another_session_does_no_harm(run_on):
    assert run_on("sh", "-c", "exit 7", before=[]).finish().status == 7


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_do_no_harm(begin, closed):
    result = begin("sh", "-c", "exit 7", before=["sh", "-c", f'exec "$@" {closed}', "sh"]).finish()
    assert result.status == 7


def test_terminal_that_was_hung_up_does_no_harm(terminal, begin):
    terminal.hang_up()
    assert begin("sh", "-c", "exit 7", stdin=terminal.line).finish().status == 7


# The terminal of a shell


@pytest.fixture
def shell(terminal, start):
    """An interactive shell that shim is to be started from."""
    run = start(*SHELL[1:], before=LEADER, program=SHELL[0], env={"PS1": "$ "},
                stdin=terminal.line, stdout=terminal.line, stderr=terminal.line)
    terminal.let_go()
    terminal.await_shown(r"\$ $")
    yield run
    terminal.type("\x03\nkill -9 %1; exit\n") if terminal.keyboard >= 0 else None
    run.process.wait(LIMIT)


def test_background_job_leaves_the_terminal_to_the_shell(shell, terminal):
    terminal.type(f"{SHIM} sh -c 'echo begun; exec sleep 600' &\n")
    terminal.await_shown("begun$")
    terminal.type("echo still $((1 + 1))\n")
    terminal.await_shown("^still 2$")
    assert terminal.foreground() == shell.pid
    assert not re.search(WARNINGS, terminal.shown)
    terminal.type("kill %1; wait %1; echo status $?\n")
    terminal.await_shown("^status 143$")


def test_shell_gets_the_terminal_back_after_the_command(shell, terminal):
    terminal.type(f"{SHIM} sh -c 'echo begun; exec cat'\n")
    terminal.await_shown("^begun$")
    terminal.type("typed\n")
    terminal.await_shown("^typed$", times=2)
    terminal.type("\x04")
    terminal.type("echo status $?\n")
    terminal.await_shown("^status 0$")
    assert terminal.foreground() == shell.pid


def test_key_to_stop_does_not_freeze_a_shell_that_waits(shell, terminal, witness):
    terminal.type(f"{SHIM} {witness} listen {signal.SIGTSTP.value}\n")
    terminal.await_shown("ready$")
    terminal.type("\x1a")
    terminal.await_shown("18$")
    end_with_all(eventually(lambda: terminal.foreground()))
    terminal.type("echo status $?\n")
    terminal.await_shown("^status 137$")
