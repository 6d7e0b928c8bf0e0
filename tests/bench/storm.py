# SPDX-License-Identifier: MIT
"""How long signals take through an init, also while orphans die by the thousand; and what these cost it."""
import contextlib
import os
import pathlib
import select
import signal
import time

from common import median
from namespace import INITS, as_pid_1, may_unshare, witness
from processes import children

SAMPLES = 1000  # signals, one after the other
STORMS, ORPHANS = 20, 2000
CHILDREN = 10_000
LIMIT = 5  # seconds: what takes longer is lost


def next_line(run):
    """What the command says next; empty when it says nothing."""
    return run.stdout.readline().decode() if select.select([run.stdout], [], [], LIMIT)[0] else ""


def microseconds_to(run, number):
    """From kill(2) to the command; None when the signal was lost."""
    start = time.monotonic_ns()
    os.kill(run.pid, number)
    words = next_line(run).split()
    return (int(words[1]) - start) / 1000 if words else None


def latencies_at_rest(command):
    """{init: [microseconds]}; they take turns, so that a busy moment hits all of them."""
    with contextlib.ExitStack() as stack:
        runs = {n: stack.enter_context(as_pid_1(words, command, "clock", "listen")) for n, words in INITS.items()}
        for run in runs.values():
            next_line(run)
        rounds = [{n: microseconds_to(run, signal.SIGUSR1) for n, run in runs.items()} for _ in range(SAMPLES)]
    return by_init(rounds)


def by_init(rounds):
    return {n: [found[n] for found in rounds] for n in INITS}


def latency_in_storm(words, command):
    with as_pid_1(words, command, "clock", "storm", str(ORPHANS)) as run:
        run.stdout.readline()
        return microseconds_to(run, signal.SIGTERM)


def show(table, what, found, slowest):
    """`found`: {init: [microseconds, or None]}; `slowest`: the bound on shim's worst."""
    arrived = {n: sorted(f for f in all_ if f is not None) or [0] for n, all_ in found.items()}
    table.beside(f"{what}: median", {n: round(median(a)) for n, a in arrived.items()}, None, "us")
    table.beside(f"{what}: 99 of 100 within", {n: round(a[int(len(a) * 0.99)]) for n, a in arrived.items()}, slowest, "us")
    table.beside(f"{what}: lost", {n: all_.count(None) for n, all_ in found.items()}, 0)


def cost_of_children(words, command):
    """(seconds until all were born, milliseconds of CPU that init took, zombies that stayed)"""
    start = time.monotonic()
    with as_pid_1(words, command, "children", str(CHILDREN)) as run:
        run.stdout.readline()
        took = time.monotonic() - start
        while len(left := children(run.pid)) > 1 and time.monotonic() < start + took + 1:
            time.sleep(0.01)
        cpu = int(pathlib.Path(f"/proc/{run.pid}/schedstat").read_text().split()[0])
        return took, round(cpu / 1e6), len(left) - 1


def measure(table):
    if not may_unshare():
        table.note("signals and storms", "this machine lets nobody make a PID namespace")
        return
    with witness() as command:
        show(table, "signal to the command", latencies_at_rest(command), None)
        storms = [{n: latency_in_storm(words, command) for n, words in INITS.items()} for _ in range(STORMS)]
        show(table, f"TERM while {ORPHANS:,} orphans die", by_init(storms), 200_000)
        costs = {n: cost_of_children(w, command) for n, w in INITS.items()}
    columns = (("time", None, "s"), ("CPU of init", None, "ms"), ("zombies left", 0, ""))
    for i, (what, bound, unit) in enumerate(columns):
        table.beside(f"{CHILDREN:,} short-lived children: {what}", {n: c[i] for n, c in costs.items()}, bound, unit)
