# SPDX-License-Identifier: MIT
"""Signals that an init is sent while the command runs, and those that it was born with."""
import os
import re
import shutil
import signal
import socket
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    BY_REQUEST, EVERY, begin, blocks_everything, command_of, enter, eventually, heard_by, init_of, place, send,
    state_of, witness)
from processes import children, status_of
from program import PATH, SHIM, start  # noqa: F401 (fixture)


@pytest.fixture
def listening(begin, witness):
    """A run whose command tells of every signal."""
    run = begin(witness, "listen")
    run.await_output("^ready$")
    return run


# Each of them


def numbers(lines):
    """Sorted: of several that are pending the kernel gives those of faults first, and then the lowest (signal(7))."""
    return sorted(int(line) for line in lines)


def send_every(run, witness, pid, before=()):
    """CONT first, since the kernel forgets one that is pending when a signal to stop comes, and the other way round."""
    send(witness, pid, signal.SIGCONT, before=before)
    run.await_output(f"^{signal.SIGCONT.value}$")
    send(witness, pid, *(number for number in EVERY if number != signal.SIGCONT), before=before)


def test_every_signal_reaches_the_command_once(listening, witness):
    send_every(listening, witness, init_of(listening))
    assert numbers(heard_by(listening, witness)) == EVERY


def test_every_signal_from_inside_the_namespace_reaches_the_command_once(listening, witness, place):
    init = init_of(listening)
    inside = ["nsenter", "-t", str(init), "-p"] if place else []
    send_every(listening, witness, 1 if place else init, before=inside)
    assert numbers(heard_by(listening, witness)) == EVERY


@pytest.mark.parametrize("number", [32, 33, 34, 50, 64])
def test_realtime_signals_keep_their_count_their_order_and_their_value(listening, witness, number):
    send(witness, init_of(listening), *(f"{number}:{value}" for value in range(100)))
    assert heard_by(listening, witness) == [f"{number} {value}" for value in range(100)]


def test_value_of_a_standard_signal_is_kept(listening, witness):
    send(witness, init_of(listening), "10:-7")
    assert heard_by(listening, witness) == ["10 -7"]


def test_chld_is_not_passed_on(listening, witness):
    os.kill(init_of(listening), signal.SIGCHLD)
    assert heard_by(listening, witness) == []


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE, signal.SIGALRM, signal.SIGUSR2, 32, 40])
def test_signal_ends_a_command_that_does_not_handle_it(begin, number):
    run = begin("sleep", "600")
    os.kill(command_of(run) and init_of(run), number)
    assert run.finish().status == 128 + number


# From the first moment to the last


def calls(tmp_path, *words):
    """System calls of init until it starts the command, and of its child until that is executed."""
    trace = tmp_path / "trace"
    done = subprocess.run([shutil.which("strace"), "-f", "-o", trace, SHIM, *words], env=PATH, capture_output=True)
    if not trace.exists() or "clone(" not in trace.read_text():
        pytest.skip(f"processes cannot be traced here: {done.stderr.decode()}")
    lines = [re.match(r"(\d+) +(\w+\(.*)", line) for line in trace.read_text().splitlines()]
    begun = [(line[1], line[2]) for line in lines if line]
    mine = [text for pid, text in begun if pid == begun[0][0]]
    childs = [text for pid, text in begun if pid != begun[0][0]]
    started = next(i for i, text in enumerate(mine) if text.startswith("clone("))
    executed = next(i for i, text in enumerate(childs) if text.startswith("execve("))
    return mine[1:started + 1], childs[:executed + 1]


needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")


@needs_strace
def test_signals_are_blocked_within_the_first_three_system_calls(tmp_path):
    inits, _ = calls(tmp_path, "/bin/true")
    assert any(re.match(r"rt_sigprocmask\(SIG_(SETMASK|BLOCK), ~\[\],", text) for text in inits[:3]), inits[:3]


@needs_strace
def test_command_is_executed_within_fifteen_system_calls(tmp_path):
    inits, childs = calls(tmp_path, "/bin/true")
    assert len(inits) + len(childs) <= 15, inits + childs


def test_signal_is_not_lost_once_signals_are_blocked(enter):
    for _ in range(50):
        run = enter("sleep", "600")
        init = init_of(run)
        eventually(lambda init=init: blocks_everything(init) or children(init))
        os.kill(init, signal.SIGTERM)
        assert run.finish().status == 143


def test_signal_is_not_lost_the_moment_the_command_has_a_pid(enter):
    for number in [signal.SIGTERM, signal.SIGUSR1] * 50:
        run = enter("sleep", "600")
        init = init_of(run)
        while not children(init):
            pass
        os.kill(init, number)
        assert run.finish().status == 128 + number


def test_signal_to_the_group_is_not_lost_the_moment_the_command_has_a_pid(enter):
    """The command leads a group of its own as soon as there is one."""
    for _ in range(50):
        run = enter("sleep", "600")
        init = init_of(run)
        pid = command_of(run)
        assert os.getpgid(pid) == pid != os.getpgid(init)
        os.killpg(pid, signal.SIGTERM)
        assert run.finish().status == 143


# What the command is born with


def bits(*numbers):
    return sum(1 << number - 1 for number in numbers)


EVERYTHING = 2 ** 64 - 1


@pytest.mark.parametrize("blocked, ignored", [
    (0, 0),
    (EVERYTHING, 0),
    (0, EVERYTHING),
    (EVERYTHING, EVERYTHING),
    (bits(2, 15, 17, 33, 34, 64), bits(1, 13, 17, 32, 35, 63)),
    (0, bits(17)),
    (bits(17), bits(17)),
    (bits(32), bits(33)),
])
def test_command_gets_the_blocked_and_the_ignored_signals_of_init(begin, witness, blocked, ignored):
    words = [witness, "with", f"mask={blocked:x}", f"ignored={ignored:x}"]
    never = bits(signal.SIGKILL, signal.SIGSTOP)
    result = begin(witness, "signals", before=words).finish()
    assert (result.status, result.out) == (0, f"blocked {blocked & ~never:016x} ignored {ignored & ~never:016x}\n")


def test_signals_are_forwarded_whatever_init_was_started_to_ignore(begin, witness):
    run = begin(witness, "listen", before=[witness, "with", f"mask={EVERYTHING:x}", f"ignored={EVERYTHING:x}"])
    run.await_output("^ready$")
    send_every(run, witness, init_of(run))
    assert numbers(heard_by(run, witness)) == EVERY


# Commands that are stopped


@pytest.mark.parametrize("number", BY_REQUEST)
@pytest.mark.parametrize("stop", [signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN])
def test_stopped_command_is_continued_to_end(begin, stop, number):
    run = begin("sleep", "600")
    command = command_of(run)
    os.kill(command if stop == signal.SIGSTOP else init_of(run), stop)
    eventually(lambda: state_of(command) == "T")
    os.kill(init_of(run), number)
    assert run.finish().status == 128 + number


def test_stopped_command_stays_so_for_a_signal_that_does_not_ask_it_to_end(begin, witness):
    run = begin(witness, "listen")
    run.await_output("^ready$")
    command = command_of(run)
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: state_of(command) == "T")
    os.kill(init_of(run), signal.SIGUSR1)
    send(witness, init_of(run), "40:1")
    eventually(lambda: int(status_of(command)["ShdPnd"], 16) == bits(10, 40))
    assert state_of(command) == "T"
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^40 1$")
    assert sorted(run.out.split("\n")[1:-1]) == ["10", "15", "18", "40 1"]


@pytest.mark.parametrize("number", BY_REQUEST)
def test_running_command_is_not_continued(listening, witness, number):
    os.kill(init_of(listening), number)
    assert heard_by(listening, witness) == [str(number.value)]


def test_command_that_runs_again_is_not_continued(listening, witness):
    command = command_of(listening)
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: state_of(command) == "T")
    os.kill(command, signal.SIGCONT)
    listening.await_output("^18$")
    os.kill(init_of(listening), signal.SIGTERM)
    assert heard_by(listening, witness) == ["18", "15"]


# Its own


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_its_own_broken_pipe_is_not_the_commands(start, witness, kind):
    """Beside others, since it says something then before it starts the command."""
    reader, writer = os.pipe() if kind == "pipe" else (end.detach() for end in socket.socketpair())
    os.close(reader)
    run = start("--verbose", witness, "listen", stderr=writer)
    os.close(writer)
    run.await_output("^ready$")
    assert heard_by(run, witness) == []
    os.kill(init_of(run), signal.SIGPIPE)
    assert heard_by(run, witness, fence=63)[-1] == "13"
