# SPDX-License-Identifier: MIT
import os
import time

import init as bench
from experiment import begin_sleep, figure, section
from program import SHIM
from size import BUDGET

row = section("Figures")
WATCHED = 10


@row("bytes of the file, libraries not counted")
def size():
    return figure(os.path.getsize(SHIM), BUDGET)


@row("private dirty memory beside the command")
def private_dirty():
    _, init, _ = begin_sleep()
    time.sleep(0.2)
    return figure(bench.memory_of(init)[0], 28, "KiB")


@row("resident memory, libraries counted")
def resident():
    _, init, _ = begin_sleep()
    time.sleep(0.2)
    return figure(bench.memory_of(init)[1], 150, "KiB")


@row(f"wake-ups in {WATCHED} s beside an idle command")
def wake_ups():
    _, init, _ = begin_sleep()
    time.sleep(0.5)
    before = bench.wake_ups_of(init)
    time.sleep(WATCHED)
    return figure(bench.wake_ups_of(init) - before, 0)


@row("system calls from the init's exec to the command's")
def calls():
    return figure(len(bench.calls_until_exec([str(SHIM), "--"])), 15)
