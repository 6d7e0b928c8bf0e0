# SPDX-License-Identifier: MIT
"""Orphans: an init reaps them all, and takes none of them for its command."""
import os
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    NAMESPACE, begin, command_of, end_with_all, enter, eventually, init_of, is_gone, is_zombie, place, witness)
from processes import children, status_of
from program import needs_namespaces, start  # noqa: F401 (fixture)

only_as_pid_1 = pytest.mark.parametrize("place", [pytest.param(NAMESPACE, id="pid-1", marks=needs_namespaces)])


@pytest.fixture
def with_orphans(begin, witness):
    """A run whose command has left orphans: run.init, run.command, run.orphans."""
    def begin_with(count):
        run = begin(witness, "orphans", count)
        run.await_output("^left$")
        run.init, run.command = init_of(run), command_of(run)
        run.orphans = [pid for pid in children(run.init) if pid != run.command]
        assert len(run.orphans) == count
        return run

    return begin_with


def test_five_hundred_orphans_that_end_together_leave_no_zombie(with_orphans):
    run = with_orphans(500)
    os.kill(run.init, signal.SIGUSR1)
    run.await_output("^ready$")  # all have ended
    eventually(lambda: children(run.init) == [run.command])


def test_orphan_that_ends_does_not_end_init_and_one_that_stays_does_not_keep_it(with_orphans):
    run = with_orphans(2)
    os.kill(run.orphans[0], signal.SIGKILL)
    eventually(lambda: is_gone(run.orphans[0]))
    assert run.process.poll() is None
    os.kill(run.command, signal.SIGTERM)
    os.kill(run.command, signal.SIGUSR1)
    run.await_output("^ready$")
    assert run.process.poll() is None


@pytest.mark.parametrize("stays", ["cat <&3 & exit 7", "setsid cat <&3 & exit 7", "(cat <&3 &); exit 7"])
def test_only_the_command_keeps_init_alive(begin, stays):
    """Who stays reads from a pipe that ends with the test."""
    run = begin("sh", "-c", f"exec 3<&0 >/dev/null 2>&1; {stays}", stdin=subprocess.PIPE)
    assert run.finish().status == 7


@pytest.mark.parametrize("first", ["orphan", "command"])
def test_orphan_and_command_that_end_in_one_chld_are_both_seen(with_orphans, first):
    """Init is stopped until both have ended: one CHLD is all that it gets for them."""
    run = with_orphans(1)
    os.kill(run.init, signal.SIGSTOP)
    for pid in [*run.orphans, run.command] if first == "orphan" else [run.command, *run.orphans]:
        os.kill(pid, signal.SIGKILL)
        eventually(lambda pid=pid: is_zombie(pid))
    os.kill(run.init, signal.SIGCONT)
    assert run.finish().status == 137


@only_as_pid_1
def test_orphans_of_processes_that_entered_the_namespace_are_reaped(begin):
    run = begin("sleep", "600")
    init, command = init_of(run), command_of(run)
    subprocess.run(["nsenter", "-t", str(init), "-p", "sh", "-c", "sleep 600 & exit"], check=True)
    [orphan] = [pid for pid in children(init) if pid != command]
    os.kill(orphan, signal.SIGKILL)
    eventually(lambda: is_gone(orphan))
    assert children(init) == [command]


@only_as_pid_1
def test_children_of_a_killed_health_check_are_reaped(begin):
    run = begin("sleep", "600")
    init, command = init_of(run), command_of(run)
    check = subprocess.Popen(["nsenter", "-t", str(init), "-p", "sh", "-c", "echo; sleep 600 & wait"], stdout=subprocess.PIPE)
    try:
        check.stdout.readline()
        [shell] = eventually(lambda: children(check.pid))
        [orphan] = eventually(lambda: children(shell))
        os.kill(shell, signal.SIGKILL)
        assert eventually(lambda: orphan in children(init))
        os.kill(orphan, signal.SIGKILL)
        eventually(lambda: is_gone(orphan))
        assert children(init) == [command]
    finally:
        end_with_all(check.pid)
        check.wait()
        check.stdout.close()


def test_term_arrives_during_a_storm_of_orphans(begin, witness):
    """It goes on until the command has got it."""
    run = begin(witness, "storm", 2000)
    run.await_output("^storm$")
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    assert run.finish().status == 0


@pytest.mark.parametrize("status", [0, 7])
def test_children_are_seen_although_init_was_started_to_ignore_them(begin, witness, status):
    """With CHLD ignored the kernel would reap them itself, and their status would be gone."""
    words = [witness, "with", "ignored=10000", "mask=0"]
    run = begin("/bin/sh", "-c", f"(/bin/true &); exit {status}", before=words)
    assert run.finish().status == status


@pytest.mark.parametrize("place", [pytest.param([], id="other-pid")])
def test_beside_others_it_takes_its_orphans_in_and_says_so_only_when_asked(begin, with_orphans):
    run = with_orphans(3)
    assert {status_of(pid)["PPid"] for pid in run.orphans} == {str(run.init)}
    assert "not PID 1" not in run.err
    assert begin("--verbose", "true").finish().err.count("shim: not PID 1: ") == 1


@only_as_pid_1
def test_as_pid_1_it_says_nothing_at_all(enter):
    assert enter("--verbose", "true").finish() == (0, "", "")
