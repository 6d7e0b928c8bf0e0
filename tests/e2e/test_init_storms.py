# SPDX-License-Identifier: MIT
"""An init when much happens at once, when things happen at the same instant, and when nothing happens at all."""
import contextlib
import itertools
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    NAMESPACE, begin, command_of, enter, eventually, heard_by, init_of, is_shim, is_zombie, nothing_is_pending,
    place, send, state_of, witness)
from processes import children, status_of
from program import LIMIT, PATH, ROOT, SHIM, needs_namespaces, start  # noqa: F401 (fixture)

only_beside_others = pytest.mark.parametrize("place", [pytest.param([], id="other-pid")])
needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
CLONE = ["56", "220"]  # system calls on x86-64 and arm64
SIGTIMEDWAIT = ["128", "137"]


@pytest.fixture
def rounds(place):
    """Starts shim again and again, without the threads that listen to it."""
    def each(count, *words):
        for _ in range(count):
            process = subprocess.Popen([*place, SHIM, *words], env=PATH, stdin=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    return each


def with_a_child(process):
    """The pid of init, once it has a child."""
    init = init_of(process)
    eventually(lambda: children(init))
    return init


# The same instant


@pytest.mark.parametrize("words", [[], ["--group"]], ids=["child", "group"])
def test_signal_is_not_lost_the_moment_the_command_has_a_pid(rounds, words):
    numbers = itertools.cycle([signal.SIGTERM, signal.SIGUSR1, 40])
    for process, number in zip(rounds(300, *words, "sleep", "600"), numbers):
        init = init_of(process)
        while not children(init):
            pass
        os.kill(init, number)
        assert process.wait(LIMIT) == 128 + number


@pytest.mark.parametrize("before, count", [([], 1000), pytest.param(NAMESPACE, 200, marks=needs_namespaces)])
def test_command_that_ends_beside_an_orphan_gives_its_status_every_time(witness, before, count):
    script = f'i=0; while [ $i -lt {count} ]; do "$@"; [ $? = 7 ] || exit 1; i=$((i + 1)); done'
    done = subprocess.run(["sh", "-c", script, "sh", *before, SHIM, witness, "pair", "7"], timeout=600)
    assert done.returncode == 0


def test_term_as_the_wait_ends_ends_it_all_whoever_gets_it(rounds):
    for process in rounds(100, "--wait-for=file:///", "sleep", "600"):
        init = with_a_child(process)
        while waits(init):
            pass
        os.kill(init, signal.SIGTERM)
        assert process.wait(LIMIT) == 143


def waits(init):
    """Is the process that waits still there?"""
    try:
        return [pid for pid in children(init) if is_shim(pid) and not is_zombie(pid)]
    except OSError:
        return []


@needs_strace
@only_beside_others
@pytest.mark.parametrize("words", [[], ["--group"], ["--stop-delay=10ms"]], ids=["child", "group", "delay"])
def test_term_between_the_wait_and_the_start_reaches_the_command(enter, witness, words):
    """A tracer holds init up as it enters the clone(2) that makes the command. That blocks signals until it listens."""
    hold_up = ["strace", "-D", "-o", "/dev/null", "-e", "trace=clone", "-e", "inject=clone:delay_enter=500ms:when=2"]
    run = enter("--wait-for=file:///", *words, witness, "listen", before=[*hold_up, witness, "with", "mask=ffffffffffffffff"])
    run.await_line(", starting ")
    call = pathlib.Path(f"/proc/{init_of(run)}/syscall")
    in_clone = lambda: not children(run.pid) and call.read_text().split()[0] in CLONE  # noqa: E731
    eventually(lambda: in_clone() or any(not is_shim(child) for child in children(run.pid)))  # or that is over
    os.kill(run.pid, signal.SIGTERM)
    run.await_output("^15$")
    assert run.out == "ready\n15\n"


def test_second_term_ends_the_delay_every_time(rounds):
    for process in rounds(100, "--stop-delay=1h", "sleep", "600"):
        init = with_a_child(process)
        os.kill(init, signal.SIGTERM)
        eventually(lambda init=init: nothing_is_pending(init))
        os.kill(init, signal.SIGTERM)
        assert process.wait(LIMIT) == 143


def test_second_term_as_the_delay_ends_is_no_loss(rounds):
    """It comes a little later each time, from before the end of the delay until after it."""
    for number, process in enumerate(rounds(100, "--stop-delay=5ms", "sleep", "600")):
        init = with_a_child(process)
        os.kill(init, signal.SIGTERM)
        signal.sigtimedwait([], number / 100 * 0.01)
        with contextlib.suppress(ProcessLookupError):
            os.kill(init, signal.SIGTERM)
        assert process.wait(LIMIT) == 143


def test_what_is_left_may_end_as_the_grace_does(rounds):
    for process in rounds(50, "--grace=20ms", "sh", "-c", "(trap '' TERM; exec sleep 0.02) & exit 7"):
        assert process.wait(LIMIT) == 7


def test_command_may_end_as_it_is_to_be_killed(rounds):
    command_takes = "trap 'sleep 0.018; exit 7' TERM; sleep 600 & wait"
    for process in rounds(50, "--kill-after=20ms", "--grace=100ms", "sh", "-c", command_takes):
        init = with_a_child(process)
        [command] = children(init)
        eventually(lambda command=command: children(command))
        os.kill(init, signal.SIGTERM)
        assert process.wait(LIMIT) in (7, 137)


# Much at once


def test_signals_during_a_storm_of_orphans_arrive_all_and_in_order(enter, witness):
    run = enter(witness, "storm", 2000)
    run.await_output("^storm$")
    send(witness, init_of(run), *(f"40:{value}" for value in range(500)))
    run.await_output("^40 499$")
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 0
    assert [line for line in run.out.splitlines() if line.startswith("40 ")] == [f"40 {value}" for value in range(500)]


def test_two_thousand_orphans_that_end_together_hold_up_no_signal(enter, witness):
    run = enter(witness, "orphans", 2000)
    run.await_output("^left$")
    init, command = init_of(run), command_of(run)
    assert len(children(init)) == 2001
    send(witness, init, *(f"40:{value}" for value in range(500)))  # the first ends them
    assert heard_by(run, witness) == [f"40 {value}" for value in range(1, 500)]
    eventually(lambda: children(init) == [command])


def test_ten_thousand_short_lived_children_are_reaped_as_they_come(enter, witness):
    run = enter(witness, "storm", 10000)
    run.await_output("^storm$")
    [breeder] = children(command_of(run))
    os.kill(breeder, signal.SIGSTOP)
    eventually(lambda: state_of(breeder) == "T")
    eventually(lambda: set(children(init_of(run))) - set(children(breeder)) == {command_of(run)})
    os.kill(breeder, signal.SIGCONT)
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 0


# Nothing at all


def timeout_of(pid):
    """The pointer to the time that it waits at most, in the system call that it is in; None when it is in no such."""
    number, *arguments = pathlib.Path(f"/proc/{pid}/syscall").read_text().split()
    return int(arguments[2], 16) if number in SIGTIMEDWAIT else None


def test_there_is_no_timer_while_nothing_is_timed(begin):
    run = begin("--stop-delay=1h", "--kill-after=1h", "--grace=1h", "sh", "-c", "trap '' INT; sleep 600")
    command_of(run)
    init = init_of(run)
    eventually(lambda: timeout_of(init) == 0)
    assert pathlib.Path(f"/proc/{init}/timers").read_text() == ""
    os.kill(init, signal.SIGTERM)
    eventually(lambda: timeout_of(init))
    os.kill(init, signal.SIGINT)


def test_there_is_no_timer_any_more_when_all_that_was_timed_is_over(begin, witness):
    run = begin("--stop-delay=1ms", witness, "listen")
    run.await_output("^ready$")
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    eventually(lambda: timeout_of(init_of(run)) == 0)


@pytest.mark.parametrize("words", [["sleep", "600"], ["pause"]])
def test_idle_it_is_never_woken(enter, words):
    """As long as a command sleeps for half a second: to see that nothing happens takes time."""
    run = enter(*words)
    init = init_of(run)
    eventually(lambda: timeout_of(init) == 0)
    before = switches(init)
    subprocess.run(["sleep", "0.5"], check=True)
    assert switches(init) == before


def switches(pid):
    status = status_of(pid)
    return status["voluntary_ctxt_switches"], status["nonvoluntary_ctxt_switches"]


@needs_strace
@pytest.mark.parametrize("words", [[], ["--group", "--stop-delay=1ms", "--kill-after=1h", "--grace=1h"]])
def test_nothing_is_allocated_once_the_command_runs(tmp_path, words):
    """It reaps, forwards, waits, drains, and says a line."""
    trace = tmp_path / "trace"
    script = ("exec >/dev/null 2>&1; (true &); sleep 0.3 & trap 'exit 7' TERM; kill -USR2 $PPID; kill $PPID; "
              "while :; do sleep 0.01; done")
    done = subprocess.run(["strace", "-f", "-o", trace, SHIM, "--map-signal=USR2=", *words, "sh", "-c", script],
                          env=PATH, capture_output=True, timeout=LIMIT)
    if not trace.exists() or "clone(" not in trace.read_text():
        pytest.skip(f"processes cannot be traced here: {done.stderr.decode()}")
    assert done.returncode == 7
    begun = [(line[1], line[2]) for line in re.finditer(r"^(\d+) +(\w+)\(", trace.read_text(), re.MULTILINE)]
    calls = [name for pid, name in begun if pid == begun[0][0]]
    served = set(calls[calls.index("clone"):])
    assert "wait4" in served and not served & {"brk", "mmap", "mremap", "timer_create", "timerfd_create", "setitimer"}


@needs_strace
def test_options_cost_no_system_call_before_the_command_is_executed(tmp_path):
    trace = tmp_path / "trace"
    words = ["--group", "--map-signal=TERM=QUIT", "--exit-code=1=0", "--stop-delay=1s", "--kill-after=1s", "--grace=1s"]
    done = subprocess.run(["strace", "-f", "-o", trace, SHIM, *words, "/bin/true"], env=PATH, capture_output=True)
    if not trace.exists() or "clone(" not in trace.read_text():
        pytest.skip(f"processes cannot be traced here: {done.stderr.decode()}")
    names = re.findall(r"^\d+ +(\w+)\(", trace.read_text(), re.MULTILINE)
    executed = [i for i, name in enumerate(names) if name == "execve"]
    assert executed[1] - executed[0] <= 15 + 6, names  # init goes on beside its child: setpgid, munmap, close ...


def test_its_own_code_can_be_read_in_one_sitting():
    files = sorted((ROOT / "shim" / "init").glob("*.[ch]"))
    assert sum(len(file.read_text().splitlines()) for file in files) < 900
