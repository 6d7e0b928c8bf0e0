# SPDX-License-Identifier: MIT
"""What init costs while the command runs, and how quickly it starts one."""
import contextlib
import os
import pathlib
import re
import subprocess
import tempfile
import time

from common import SHIM, compare, find, free_port, http_server
from namespace import INITS, as_pid_1, may_unshare, witness

WATCHED = 60  # seconds without a wake-up
STARTS = 200


def write_back_program_of(pid):
    """A file that was linked just now is dirty itself, and counts so wherever it is mapped."""
    fd = os.open(f"/proc/{pid}/exe", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def memory_of(pid):
    """KiB: (private dirty, resident)"""
    write_back_program_of(pid)
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    field = {k: int(v) for k, v in re.findall(r"^(\w+):\s+(\d+) kB", text, re.M)}
    return field["Private_Dirty"], field["Rss"]


def wake_ups_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", text))


def measure_memory(table):
    port = free_port()
    found = {}
    for name, words in INITS.items():
        waits = ["--wait-for", f"http://127.0.0.1:{port}/", "--"]
        with http_server(port), as_pid_1([SHIM, *waits] if name == "shim" else words, "sleep", "600") as run:
            time.sleep(0.2)
            found[name] = memory_of(run.pid)
    table.beside("init, shim's after a wait: private dirty", {n: dirty for n, (dirty, _) in found.items()}, 28, "KiB")
    table.beside("init, shim's after a wait: resident", {n: resident for n, (_, resident) in found.items()}, 150, "KiB")


def measure_wake_ups(table):
    with contextlib.ExitStack() as stack:
        pids = {n: stack.enter_context(as_pid_1(words, "sleep", "600")).pid for n, words in INITS.items()}
        time.sleep(0.5)
        before = {n: wake_ups_of(p) for n, p in pids.items()}
        time.sleep(WATCHED)
        table.beside(f"wake-ups in {WATCHED} s idle", {n: wake_ups_of(p) - before[n] for n, p in pids.items()}, 0)


def measure_start(table):
    with witness() as command:
        taken = compare({n: [*words, command, "words"] for n, words in INITS.items()}, STARTS)
    table.beside(f"start and end with a command of no work: CPU, median of {STARTS}",
                 {n: round(cpu * 1e6) for n, (_, cpu) in taken.items()}, None, "us")


def calls_until_exec(command):
    """System calls from init's exec to the command's, in init and in what it started: [(pid, line)]"""
    with tempfile.NamedTemporaryFile("r") as trace:
        subprocess.run(["strace", "-f", "-o", trace.name, *command, "/bin/true"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = [line.split(maxsplit=1) for line in trace]
    first, child = lines[0][0], next(p for p, text in lines if p != lines[0][0])
    mine = [text for p, text in lines if p == first]
    until_fork = next(i for i, text in enumerate(mine) if text.startswith(("clone", "fork", "vfork")))
    begun = [text for p, text in lines if p == child and "resumed>" not in text]
    until_exec = next(i for i, text in enumerate(begun) if "/bin/true" in text)
    return mine[1:until_fork + 1] + begun[:until_exec + 1]


def blocked_by(calls):
    """The number of the call that blocks all signals, but perhaps those of faults and libc's own."""
    blocking = (i for i, text in enumerate(calls, 1) if re.match(r"rt_sigprocmask\(SIG_(SETMASK|BLOCK), ~\[", text))
    return next(blocking, len(calls))


def measure_calls(table):
    if not find("strace"):
        table.note("system calls from exec to the command's exec", "strace is not installed")
        return
    calls = {name: calls_until_exec(words) for name, words in INITS.items()}
    table.beside("system calls from exec to the command's exec", {n: len(c) for n, c in calls.items()}, 15)
    table.beside("all signals are blocked by system call number", {n: blocked_by(c) for n, c in calls.items()}, 3)


def measure(table):
    measure_calls(table)
    measure_start(table)
    if not may_unshare():
        table.note("memory and wake-ups of init", "this machine lets nobody make a PID namespace")
        return
    measure_memory(table)
    measure_wake_ups(table)
