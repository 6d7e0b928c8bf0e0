# SPDX-License-Identifier: MIT
"""What an init does with signals and with its first child while it waits."""
import contextlib
import os
import pathlib
import re
import select
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    BY_REQUEST, EVERY, NAMESPACE, enter, eventually, gate_of, heard_by, init_of, is_zombie, nothing_is_pending, place,
    send, witness)
from processes import children, status_of
from program import LIMIT, needs_namespaces, start  # noqa: F401 (fixture)

OTHERS = [n for n in [*EVERY, signal.SIGCHLD] if n not in [*BY_REQUEST, signal.SIGUSR1]]


@pytest.fixture
def waiting(enter, tmp_path):
    """Starts shim with a command, and returns when it waits: until run.flag is there."""
    def begin(*command, before=(), **options):
        run = enter(f"--wait-for=file://{tmp_path}/flag#name=flag", "--wait-for=file:///#name=root", "--timeout=none",
                    "--interval=5ms", "--max-interval=5ms", *(command or ["touch", tmp_path / "started"]), before=before,
                    **options)
        run.await_line("flag: does not exist")
        run.await_line("root: ready")
        run.flag = tmp_path / "flag"
        return run

    return begin


def started_nothing(tmp_path):
    return not (tmp_path / "started").exists()


# Signals


@pytest.mark.parametrize("number", BY_REQUEST)
def test_request_to_end_while_waiting_exits_and_starts_nothing(waiting, tmp_path, number):
    run = waiting()
    gate = gate_of(run)
    os.kill(init_of(run), number)
    assert (run.finish().status, run.out) == (128 + number, "")
    run.await_line(f"^shim: {number.name[3:]} while waiting; nothing was started$")
    assert started_nothing(tmp_path)
    assert not pathlib.Path(f"/proc/{gate}").exists(), "the process that waited was left behind"


@needs_namespaces
@pytest.mark.parametrize("number", BY_REQUEST)
def test_request_from_inside_the_namespace_counts_too(waiting, witness, tmp_path, place, number):
    run = waiting()
    init = init_of(run)
    send(witness, 1 if place else init, number, before=["nsenter", "-t", str(init), "-p"] if place else [])
    assert run.finish().status == 128 + number
    assert started_nothing(tmp_path)


def test_request_that_init_was_started_to_ignore_counts_all_the_same(waiting, witness, tmp_path):
    run = waiting(before=[witness, "with", "ignored=7fffffff", "mask=ffffffff"])
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 143
    assert started_nothing(tmp_path)


def test_request_that_comes_with_the_end_of_the_wait_counts(waiting, tmp_path):
    run = waiting()
    init, gate = init_of(run), gate_of(run)
    os.kill(init, signal.SIGSTOP)
    run.flag.touch()
    eventually(lambda: is_zombie(gate))
    os.kill(init, signal.SIGTERM)
    os.kill(init, signal.SIGCONT)
    assert run.finish().status == 143
    assert started_nothing(tmp_path)


def test_usr1_while_waiting_prints_the_state_of_every_target(waiting):
    run = waiting()
    os.kill(init_of(run), signal.SIGUSR1)
    run.await_line(r"^shim: flag: does not exist after \d+ms( \(\d+ attempts\))?$")
    run.await_line(r"^shim: root: ready after \d+ms$", times=2)
    os.kill(init_of(run), signal.SIGUSR1)
    run.await_line("^shim: root: ready after", times=3)


def test_other_signals_while_waiting_neither_kill_nor_come_again(waiting, witness):
    run = waiting(witness, "listen")
    init = init_of(run)
    for number in OTHERS:
        os.kill(init, number)
    eventually(lambda: nothing_is_pending(init))
    run.flag.touch()
    run.await_output("^ready$")
    assert heard_by(run, witness) == []


def test_signal_that_comes_as_the_wait_ends_reaches_the_command(waiting, witness):
    """Numbers above CHLD are taken after it, which opens the next phase."""
    run = waiting(witness, "listen", before=[witness, "with", "mask=ffffffffffffffff"])
    init, gate = init_of(run), gate_of(run)
    os.kill(init, signal.SIGSTOP)
    run.flag.touch()
    eventually(lambda: is_zombie(gate))
    send(witness, init, signal.SIGWINCH, "40:7", "40:8")
    os.kill(init, signal.SIGCONT)
    run.await_output("^ready$")
    assert heard_by(run, witness) == ["18", "28", "40 7", "40 8"]


def test_usr1_after_the_wait_is_the_commands(waiting, witness):
    run = waiting(witness, "listen")
    run.flag.touch()
    run.await_output("^ready$")
    os.kill(init_of(run), signal.SIGUSR1)
    assert heard_by(run, witness) == [str(signal.SIGUSR1.value)]


@needs_namespaces
@pytest.mark.parametrize("number", BY_REQUEST)
def test_wait_without_a_command_ends_on_request_as_pid_1_too(start, number):
    run = start("wait", "file:///nowhere", before=NAMESPACE)
    run.await_line("does not exist")
    os.kill(init_of(run), number)
    assert run.finish().status == 128 + number


@pytest.mark.parametrize("place", [pytest.param(NAMESPACE, id="pid-1", marks=needs_namespaces)])
def test_orphans_that_end_while_waiting_are_reaped(waiting):
    """They entered the namespace; elsewhere there are none before the command."""
    run = waiting()
    init = init_of(run)
    entered = ["nsenter", "-t", str(init), "-p", "sh", "-c", "sleep 600 & sleep 600 & exit"]
    subprocess.run(entered, check=True)
    gate, *orphans = children(init)
    assert len(orphans) == 2
    for orphan in orphans:
        os.kill(orphan, signal.SIGKILL)
    eventually(lambda: children(init) == [gate])
    run.flag.touch()
    assert run.finish().status == 0


# The process that waits


def test_nothing_is_started_when_the_process_that_waits_is_killed(waiting, tmp_path):
    run = waiting()
    os.kill(gate_of(run), signal.SIGKILL)
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: KILL ended the process that waits; nothing was started$")
    assert started_nothing(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to write into another process")
def test_nothing_is_started_when_the_process_that_waits_crashes(waiting, tmp_path):
    """The instruction that it comes back to from poll(2) becomes one that only the kernel may execute."""
    run = waiting()
    gate = pathlib.Path(f"/proc/{gate_of(run)}")
    where = eventually(lambda: re.search(r"(0x\w+)$", (gate / "syscall").read_text()))
    with open(gate / "mem", "r+b", buffering=0) as memory:
        memory.seek(int(where[1], 16))
        memory.write(b"\xf4")
    assert run.finish().status == 125
    run.await_line("^shim: SEGV ended the process that waits; nothing was started$")
    assert started_nothing(tmp_path)


def test_process_that_waits_has_no_rights(waiting):
    run = waiting()
    status = status_of(gate_of(run))
    assert {status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert re.search("Max core file size +0 +0 ", pathlib.Path(f"/proc/{gate_of(run)}/limits").read_text())
    assert status_of(init_of(run))["NoNewPrivs"] == status_of(os.getpid())["NoNewPrivs"], "init has lost its own"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_memory_of_the_process_that_waits_is_closed_even_to_its_user(enter):
    become = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"]
    run = enter("--wait-for=file:///nowhere", "true", before=become)
    run.await_line("does not exist")
    assert pathlib.Path(f"/proc/{init_of(run)}/mem").stat().st_uid == 65532
    assert pathlib.Path(f"/proc/{gate_of(run)}/mem").stat().st_uid == 0  # proc(5): what cannot be dumped is root's


def test_process_that_waits_ends_with_init(waiting):
    run = waiting()
    watch = os.pidfd_open(gate_of(run))
    os.kill(init_of(run), signal.SIGKILL)
    try:
        assert select.select([watch], [], [], LIMIT)[0], "it still waits"
    finally:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(watch, signal.SIGKILL)
        os.close(watch)
