# SPDX-License-Identifier: MIT
import os
import pathlib
import signal
import time

from experiment import (
    begin, begin_sleep, cell, heard_by, listen, option, section, status_of_end, temporary_folder, variables)
from pid1 import init_of

row = section("Stopping")


@row("TERM can be held back for a while, and another one ends that")
def stop_delay():
    run = listen(options=option("stop delay"))
    os.kill(init_of(run), signal.SIGTERM)
    held = heard_by(run) == []
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    return cell(held)


@row("KILL can follow the first TERM after a while")
def kill_after():
    run = listen(options=option("kill after"))
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    os.kill(init_of(run), signal.SIGTERM)
    return cell(status_of_end(run) == 137)


LEAVES = """
    %s sh -c 'trap "sleep 0.2; touch $0; exit" TERM; echo set; while :; do sleep 0.05; done' "$0" &
    exec cat
"""


def ends_in_peace(folder, before):
    """What the command leaves gets TERM, and the time to do its work."""
    file = pathlib.Path(folder, f"ended{before}")
    reader, writer = os.pipe()
    run = begin("sh", "-c", LEAVES % before, file, options=option("grace"), stdin=reader)
    os.close(reader)
    run.await_output("^set$")
    os.close(writer)
    return status_of_end(run) == 0 and file.exists()


@row("what the command leaves behind gets TERM and time to end, in other sessions too")
def grace():
    with temporary_folder() as folder:
        return cell(ends_in_peace(folder, "") and ends_in_peace(folder, "setsid"))


@row("that time is a ceiling: with nothing left it ends at once, and what does not end is killed")
def ceiling():
    start = time.monotonic()
    nothing_left = status_of_end(begin("true", options=option("grace"))) == 0 and time.monotonic() - start < 2
    stays = begin("sh", "-c", "trap '' TERM; sleep 600 >/dev/null 2>&1 & exit 7", options=option("short grace"))
    start = time.monotonic()
    return cell(nothing_left and status_of_end(stays) == 7 and time.monotonic() - start < 2)


@row("it says why it ended: the signal, and who sent it")
def reason():
    run, init, _ = begin_sleep(options=option("verbose"), env=variables("verbose"), place=[])
    os.kill(init, signal.SIGTERM)
    status_of_end(run)
    return cell("TERM" in run.err and str(os.getpid()) in run.err)
