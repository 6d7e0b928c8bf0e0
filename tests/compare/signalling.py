# SPDX-License-Identifier: MIT
import os
import signal
import subprocess

import init as bench
from experiment import (
    begin, begin_sleep, cell, comes_true, count, end_all, figure, heard_by, listen, option, section, status_of_end,
    variables, witness)
from pid1 import EVERY, NAMESPACE, command_of, eventually, init_of, is_gone, send, state_of
from processes import children
from program import SHIM

row = section("Signals")
ROUNDS = 300
STOPPING = (20, 21, 22)  # TSTP TTIN TTOU


def reach(run, pid, before=()):
    """CONT by itself, and those that stop: the kernel forgets one when the other comes."""
    def pass_on(*numbers):
        send(witness(), pid, *numbers, before=before)

    command = command_of(run)
    pass_on(signal.SIGCONT)
    run.await_output("^18$")
    pass_on(*(number for number in EVERY if number not in STOPPING + (18, 64)))
    lines = heard_by(run)
    for number in STOPPING:
        pass_on(number)
        comes_true(lambda number=number: f"\n{number}\n" in run.out or state_of(command) == "T")
        os.kill(command, signal.SIGCONT)
        run.await_output("^18$", times=2 + STOPPING.index(number))
    lines += [line for line in heard_by(run)[len(lines):] if line != "18"]
    return count(lines.count(str(number)) == 1 for number in EVERY)


@row(f"each of the {len(EVERY)} signals that can be forwarded arrives once, sent from outside the namespace")
def every_signal():
    run = listen()
    return reach(run, init_of(run))


@row("the same from inside")
def every_signal_from_inside():
    run = listen()
    return reach(run, 1, before=["nsenter", "-t", str(init_of(run)), "-p"])


@row("100 realtime signals arrive as 100")
def realtime_count():
    run = listen()
    send(witness(), init_of(run), *(f"40:{value}" for value in range(100)))
    comes_true(lambda: run.out.count("\n40") == 100)
    return cell(run.out.count("\n40") == 100)


@row("with the values that were sent along, in order")
def realtime_values():
    run = listen()
    send(witness(), init_of(run), *(f"40:{value}" for value in range(100)))
    comes_true(lambda: run.out.count("\n40") == 100)
    return cell(run.out.splitlines()[1:] == [f"40 {value}" for value in range(100)])


def is_lost_at_fork(options):
    """The command ends by itself soon: it does when the signal was lost."""
    outer = subprocess.Popen([*NAMESPACE, SHIM, *options, "--", "sleep", "0.2"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    while outer.poll() is None:
        try:
            init = children(outer.pid)[0]
            if children(init):
                os.kill(init, signal.SIGTERM)
                break
        except (IndexError, OSError):
            pass
    return outer.wait() != 143


def lost_at_fork(options):
    return figure(sum(is_lost_at_fork(options) for _ in range(ROUNDS)), 0)


@row(f"TERM the moment the command has a pid, lost of {ROUNDS}: to the command")
def lost_by_command():
    return lost_at_fork(option("alone"))


@row("the same to its process group")
def lost_by_group():
    return lost_at_fork(option("group"))


@row("all signals are blocked by system call number (at most 3)")
def blocked_by():
    return figure(bench.blocked_by(bench.calls_until_exec([str(SHIM), "--"])), 3)


@row("the command gets the mask and the ignored signals that the init was given")
def heritage():
    def is_kept(blocked, ignored):
        run = begin(witness(), "signals", before=[witness(), "with", f"mask={blocked:x}", f"ignored={ignored:x}"])
        status_of_end(run)
        return run.out == f"blocked {blocked:016x} ignored {ignored:016x}\n"

    every, never = 2 ** 64 - 1, 1 << 8 | 1 << 18
    return count(is_kept(*pair) for pair in ((0, 0), (every & ~never, 0), (0, every & ~never), (0x4002, 0x1001)))


def heard_by_two(options):
    """How many of a command and its child get a USR1."""
    run = begin("sh", "-c", '"$0" listen & exec "$0" listen', witness(), options=options)
    run.await_output("^ready$", times=2)
    os.kill(init_of(run), signal.SIGUSR1)
    os.kill(init_of(run), 64)
    run.await_output("^64$")
    if options == option("group"):
        comes_true(lambda: run.out.count("64") == 2)
    found = run.out.split().count("10")
    end_all()
    return found


@row("signals go to the command alone, or to its process group")
def addressees():
    return cell(heard_by_two(option("alone")) == 1 and heard_by_two(option("group")) == 2)


@row("a signal can be forwarded as another (`TERM=QUIT`), or dropped")
def mapping():
    run = listen(options=option("TERM to QUIT"))
    os.kill(init_of(run), signal.SIGTERM)
    dropping = listen(options=option("drop HUP"))
    os.kill(init_of(dropping), signal.SIGHUP)
    return cell(heard_by(run) == ["3"] and heard_by(dropping) == [])


@row("a signal of no such name there is a mistake that starts nothing")
def wrong_mapping():
    run = begin("echo", "started", options=option("map nonsense"))
    return cell(status_of_end(run) != 0 and run.out == "")


@row("TERM lets a stopped command end")
def stopped():
    run, init, command = begin_sleep()
    os.kill(command, signal.SIGSTOP)
    eventually(lambda: state_of(command) == "T")
    os.kill(init, signal.SIGTERM)
    return cell(status_of_end(run) == 143)


@row("a command that is not stopped gets TERM alone, without CONT")
def not_stopped():
    run = listen()
    os.kill(init_of(run), signal.SIGTERM)
    return cell(heard_by(run) == ["15"])


@row("when nobody reads stderr, the PIPE of a verbose init does not reach the command")
def broken_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    try:
        run = listen(options=option("verbose"), env=variables("verbose"), stderr=writer)
    finally:
        os.close(writer)
    os.kill(init_of(run), signal.SIGUSR1)
    return cell(heard_by(run) == ["10"])


@row("it can end the command when its own parent dies")
def parent_dies():
    run, _, command = begin_sleep(options=option("die with parent"), place=["sh", "-c", '"$0" "$@" & wait'])
    os.kill(run.pid, signal.SIGKILL)
    gone = comes_true(lambda: is_gone(command))
    if not gone:
        os.kill(command, signal.SIGKILL)
    return cell(gone)
