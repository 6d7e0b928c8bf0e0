# SPDX-License-Identifier: MIT
import os
import signal
import subprocess
import time

from experiment import (begin, begin_sleep, cell, comes_true, count, ends_with, figure, patience, section,
                        status_of_end, witness)
from pid1 import command_of, eventually, init_of, is_gone, is_zombie
from processes import children, status_of

row = section("Reaping")
STORM = 2000


def with_orphans(number, **options):
    """(run, init, command, orphans)"""
    run = begin(witness(), "orphans", number, **options)
    run.await_output("^left$")
    init, command = init_of(run), command_of(run)
    return run, init, command, [pid for pid in children(init) if pid != command]


@row("500 orphans that die together leave no zombie")
def many_orphans():
    run, init, command, _ = with_orphans(500)
    os.kill(init, signal.SIGUSR1)
    run.await_output("^ready$")
    return cell(comes_true(lambda: children(init) == [command]))


@row("an orphan that stays does not keep the init alive")
def staying_orphan():
    return count(ends_with(7, "sh", "-c", f"{stays} exit 7") for stays in (
        "sleep 60 >/dev/null 2>&1 &", "setsid sleep 60 >/dev/null 2>&1 &", "(sleep 60 >/dev/null 2>&1 &);"))


def both_are_seen(first):
    """The init is stopped until both have ended: one CHLD is all that it gets for them."""
    run, init, command, orphans = with_orphans(1)
    os.kill(init, signal.SIGSTOP)
    for pid in sorted([*orphans, command], key=lambda pid: (pid == command) != (first == "command")):
        os.kill(pid, signal.SIGKILL)
        eventually(lambda pid=pid: is_zombie(pid))
    os.kill(init, signal.SIGCONT)
    return status_of_end(run) == 137


@row("an orphan and the command that end in one coalesced SIGCHLD are both seen")
def coalesced():
    return count([both_are_seen("orphan"), both_are_seen("command"),
                  *(ends_with(7, witness(), "pair", 7) for _ in range(100))])


@row("orphans of processes that entered from outside (`docker exec`) are reaped")
def orphans_from_outside():
    _, init, command = begin_sleep()
    subprocess.run(["nsenter", "-t", str(init), "-p", "sh", "-c", "sleep 600 & exit"], check=True)
    [orphan] = [pid for pid in children(init) if pid != command]
    os.kill(orphan, signal.SIGKILL)
    return cell(comes_true(lambda: is_gone(orphan)))


@row(f"TERM while {STORM:,} orphans die: until the command has it (at most 200 ms)")
def storm():
    run = begin(witness(), "storm", STORM)
    with patience(60):
        run.await_output("^storm$")
    start = time.perf_counter()
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    return figure(round((time.perf_counter() - start) * 1000), 200, "ms")


@row("SIGCHLD inherited as ignored does no harm, and the command has it back")
def ignored_children():
    before = [witness(), "with", "ignored=10000", "mask=0"]
    run = begin(witness(), "signals", before=before)
    status = status_of_end(run)
    return cell(status == 0 and "ignored 0000000000010000" in run.out
                and ends_with(7, "/bin/sh", "-c", "(/bin/true &); exit 7", before=before))


@row("beside other processes it takes its orphans in, without an option or a complaint")
def not_pid_1():
    run, init, _, orphans = with_orphans(3, place=[])
    return cell(run.err == "" and len(orphans) == 3 and {status_of(pid)["PPid"] for pid in orphans} == {str(init)})
