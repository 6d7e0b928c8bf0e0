# SPDX-License-Identifier: MIT
"""How an init ends its command: whom it signals with what, how long it waits, and who is left after that."""
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    NAMESPACE, begin, command_of, end_with_all, enter, eventually, heard_by, init_of, is_gone, is_shim,
    nothing_is_pending, place, send, state_of, witness)
from processes import children
from program import SHIM, needs_namespaces, start  # noqa: F401 (fixture)

only_as_pid_1 = pytest.mark.parametrize("place", [pytest.param(NAMESPACE, id="pid-1", marks=needs_namespaces)])
PRCTL = ["157", "167"]  # on x86-64 and arm64


def given(*flags):
    """The same by flags and by environment: (words, variables). A flag that is repeated is one list."""
    variables = {}
    for flag in flags:
        name, _, value = flag[2:].partition("=")
        name = "SHIM_" + name.upper().replace("-", "_")
        variables[name] = f"{variables[name]} {value}" if name in variables else value or "1"
    return [pytest.param(list(flags), {}, id="flags"), pytest.param([], variables, id="variables")]


def both_ways(*flags):
    return pytest.mark.parametrize("words, variables", given(*flags))


@pytest.fixture
def listen(begin, witness):
    """A run with a command that tells of every signal."""
    def start_listening(*words, **options):
        run = begin(*words, witness, "listen", **options)
        run.await_output("^ready$")
        return run

    return start_listening


# To the group


SHELL_AND_WITNESS = ["sh", "-c", 'trap : TERM; "$0" listen & wait; wait']


@pytest.fixture
def beside_a_shell(begin, witness):
    """A run whose command is a shell that passes nothing on; and what it started, a witness in its group."""
    def start_both(*words, **options):
        run = begin(*words, *SHELL_AND_WITNESS, witness, **options)
        run.await_output("^ready$")
        [listener] = children(command_of(run))
        return run, listener

    return start_both


@both_ways("--group")
def test_signals_go_to_the_group_of_the_command_when_asked(beside_a_shell, witness, words, variables):
    run, listener = beside_a_shell(*words, env=variables)
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    send(witness, listener, "64:1")
    run.await_output("^64 1$")
    assert run.out == "ready\n15\n64 1\n"


def test_signals_go_to_the_command_alone_otherwise(beside_a_shell, witness):
    run, listener = beside_a_shell()
    init = init_of(run)
    os.kill(init, signal.SIGTERM)
    eventually(lambda: nothing_is_pending(init))
    send(witness, listener, "64:1")
    run.await_output("^64 1$")
    assert run.out == "ready\n64 1\n"


def test_command_that_left_its_group_is_signalled_all_the_same(begin):
    """It goes to the group of init, and then there is none that it leads."""
    script = ("import os; os.setpgid(0, os.getpgid(os.getppid())); print('left', flush=True); "
              "os.execvp('sleep', ['sleep', '600'])")
    run = begin("--group", "python3", "-c", script)
    run.await_output("^left$")
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 143


def test_stopped_group_is_continued_to_end(begin):
    run = begin("--group", "sh", "-c", "sleep 600; exit 7")
    command = command_of(run)
    [sleeper] = eventually(lambda: children(command))
    eventually(lambda: pathlib.Path(f"/proc/{sleeper}/comm").read_text() == "sleep\n")  # vfork(2) is over
    os.killpg(command, signal.SIGSTOP)
    eventually(lambda: state_of(command) == state_of(sleeper) == "T")
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 143
    eventually(lambda: is_gone(sleeper))


# As another signal


@both_ways("--map-signal=TERM=QUIT", "--map-signal=sigquit=12", "--map-signal=INT=", "--map-signal=RTMIN+1=62",
           "--map-signal=1=0")
def test_signals_become_what_the_map_says_and_never_twice(listen, witness, words, variables):
    run = listen(*words, env=variables)
    init = init_of(run)
    for number in ["15:0", "3:0", "2:0", "35:7", "10:0", "1:0"]:
        send(witness, init, number)
    assert sorted(heard_by(run, witness, fence=63)) == sorted(["3 0", "12 0", "62 7", "10 0"])


@pytest.mark.parametrize("wrong", [
    "TERM", "=TERM", "TERM=NOPE", "NOPE=TERM", "TERM=65", "0=1", "65=1", "-1=2", "TERM=QUIT=INT", "KILL=TERM",
    "STOP=TERM", "CHLD=TERM", "RTMIN+31=1", "TERM =QUIT", "15x=1", "",
])
def test_wrong_map_is_a_mistake_before_anything_starts(enter, tmp_path, wrong):
    run = enter(f"--map-signal={wrong}", "touch", tmp_path / "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: --map-signal: ")
    assert not (tmp_path / "started").exists()


@both_ways("--map-signal=TERM=NOPE")
def test_signal_that_there_is_not_is_told_with_the_reason(enter, words, variables):
    run = enter(*words, "true", env=variables)
    assert run.finish().status == 125
    run.await_line(r"^shim: (--map-signal|SHIM_MAP_SIGNAL): this value is not understood$")
    run.await_line("^shim:   TERM=NOPE$")
    run.await_line("there is no such signal")


# With another status


@both_ways("--exit-code=143=0", "--exit-code=7=8", "--exit-code=8=9", "--exit-code=0=255")
@pytest.mark.parametrize("status, becomes", [(7, 8), (8, 9), (0, 255), (9, 9), (255, 255), (143, 0)])
def test_statuses_become_what_the_map_says_and_never_twice(enter, words, variables, status, becomes):
    assert enter(*words, "sh", "-c", f"exit {status}", env=variables).finish().status == becomes


def test_status_after_a_signal_can_be_mapped(begin):
    run = begin("--exit-code=143=0", "sleep", "600")
    os.kill(command_of(run) and init_of(run), signal.SIGTERM)
    assert run.finish().status == 0


@pytest.mark.parametrize("wrong", ["256=0", "0=256", "7", "7=", "=7", "x=0", "-1=0", "0=1=2", "1.5=0", ""])
def test_wrong_status_is_a_mistake_before_anything_starts(enter, tmp_path, wrong):
    run = enter(f"--exit-code={wrong}", "touch", tmp_path / "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: --exit-code: ")
    assert not (tmp_path / "started").exists()


# With its parent


@both_ways("--die-with-parent")
def test_death_of_the_parent_is_a_term_when_asked(start, witness, words, variables):
    parent = start(*words, witness, "listen", before=["sh", "-c", '"$@" & wait', "sh"], env=variables)
    parent.await_output("^ready$")
    [init] = children(parent.pid)
    parent.process.kill()
    parent.await_output("^15$")
    end_with_all(init)


@needs_namespaces
def test_death_of_the_parent_outside_of_the_namespace_counts_too(start, witness):
    unshare = [word for word in NAMESPACE if word != "--kill-child"]
    parent = start("--die-with-parent", witness, "listen", before=unshare)
    parent.await_output("^ready$")
    [init] = children(parent.pid)
    parent.process.kill()
    parent.await_output("^15$")
    end_with_all(init)


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")
def test_parent_that_dies_before_init_asked_to_be_told_is_noticed(start):
    """A tracer holds init up as it enters prctl(2), until its parent is gone."""
    hold_up = ["strace", "-D", "-o", "/dev/null", "-e", "trace=prctl", "-e", "inject=prctl:delay_enter=500ms:when=1"]
    parent = start("--die-with-parent", "sleep", "600", before=["sh", "-c", '"$@" & wait', "sh", *hold_up])
    [init] = eventually(lambda: children(parent.pid))
    calls = pathlib.Path(f"/proc/{init}/syscall")
    eventually(lambda: is_shim(init) and (calls.read_text().split()[0] in PRCTL or children(init)))  # or it is over
    parent.process.kill()
    parent.await_line("^shim: TERM from .*; the command ended with status 143 ")
    eventually(lambda: is_gone(init))


# Later


@both_ways("--stop-delay=1h")
@pytest.mark.parametrize("second, heard", [
    (signal.SIGTERM, ["15"]), (signal.SIGINT, ["15", "2"])])
def test_first_term_is_held_back_and_a_second_one_or_int_ends_that(listen, witness, words, variables, second, heard):
    run = listen(*words, env=variables)
    init = init_of(run)
    os.kill(init, signal.SIGTERM)
    assert heard_by(run, witness) == []
    os.kill(init, second)
    assert sorted(heard_by(run, witness, fence=63)[1:]) == heard


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_after_the_delay_nothing_is_held_back(listen, witness, number):
    run = listen("--stop-delay=1ms")
    os.kill(init_of(run), signal.SIGTERM)
    run.await_output("^15$")
    os.kill(init_of(run), number)
    assert heard_by(run, witness) == ["15", str(number.value)]


def test_delay_passes_and_the_term_arrives_with_its_value(listen, witness):
    run = listen("--stop-delay=50ms")
    send(witness, init_of(run), "15:7")
    run.await_output("^15 7$")


def test_other_signals_are_not_held_back(listen, witness):
    run = listen("--stop-delay=1h")
    init = init_of(run)
    os.kill(init, signal.SIGINT)
    run.await_output("^2$")
    send(witness, init, "15:0", "10:1", "1:2", "3:3")
    assert sorted(heard_by(run, witness)) == ["1 2", "10 1", "2", "3 3"]


def test_command_that_ends_during_the_delay_ends_it(begin):
    run = begin("--stop-delay=1h", "sh", "-c", "read line; exit 7", stdin=subprocess.PIPE)
    init, command = init_of(run), command_of(run)
    os.kill(init, signal.SIGTERM)
    run.process.stdin.close()
    assert run.finish().status == 7
    assert is_gone(command)


# By force


@both_ways("--kill-after=50ms")
def test_command_that_does_not_end_is_killed(listen, words, variables):
    run = listen(*words, env=variables)
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 137
    run.await_line(r"the command ended with status 137 \(killed\) after ")


def test_group_that_does_not_end_is_killed_as_a_whole(begin):
    run = begin("--group", "--kill-after=50ms", "sh", "-c", "trap '' TERM; sleep 600; exit 7")
    [sleeper] = eventually(lambda: children(command_of(run)))
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 137
    eventually(lambda: is_gone(sleeper))


def test_second_term_does_not_restart_the_clock(listen):
    """They come more often than the time is long."""
    run = listen("--kill-after=300ms")
    init = init_of(run)
    sender = subprocess.Popen(["sh", "-c", f"while kill {init}; do sleep 0.05; done"], stderr=subprocess.DEVNULL)
    try:
        assert run.finish().status == 137
    finally:
        sender.kill()
        sender.wait()


def test_without_a_term_nothing_is_killed(listen, witness):
    run = listen("--kill-after=1ms")
    os.kill(init_of(run), signal.SIGINT)
    assert heard_by(run, witness) == ["2"]


def test_clock_to_kill_runs_from_the_term_and_not_from_its_forwarding(listen):
    run = listen("--stop-delay=1h", "--kill-after=50ms")
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 137
    assert "15" not in run.out.splitlines()


# What is left


STUBBORN = "trap '' TERM; echo ready; while :; do sleep 600; done"


@both_ways("--grace=1h")
@pytest.mark.parametrize("leaving", ["sleep 600 &", "setsid sleep 600 &", "(setsid sh -c 'sleep 600 & wait' &);"])
def test_what_is_left_is_asked_to_end_and_waited_for(begin, words, variables, leaving):
    run = begin(*words, "sh", "-c", f"exec >/dev/null 2>&1; {leaving} exit 7", env=variables)
    assert run.finish().status == 7


def test_what_is_left_and_stopped_is_continued_to_end(begin):
    run = begin("--grace=1h", "sh", "-c", "sleep 600 & kill -STOP $!; exit 7")
    assert run.finish().status == 7


def test_grace_ends_with_the_last_process_and_init_has_waited_for_it(begin, tmp_path):
    """It takes its time, and is not killed."""
    tidy = f"trap 'sleep 0.2; echo tidied >{tmp_path}/tidied; exit' TERM; sh -c 'echo ready; exec sleep 600' & wait"
    run = begin("--grace=1h", "sh", "-c", f'sh -c "$0" & read line; exit 7', tidy, stdin=subprocess.PIPE)
    run.await_output("^ready$")
    run.process.stdin.close()
    assert run.finish().status == 7
    assert (tmp_path / "tidied").read_text() == "tidied\n"
    run.await_line(r"^shim: the command ended with status 7 after [\d.]+m?s, and (\d processes|a process) that it left$")


def test_what_does_not_end_in_time_is_killed(begin):
    run = begin("--grace=100ms", "sh", "-c", f'setsid sh -c "$0" & read line; exit 7', STUBBORN, stdin=subprocess.PIPE)
    run.await_output("^ready$")
    init, command = init_of(run), command_of(run)
    left = eventually(lambda: children(command))
    left += eventually(lambda: children(left[0]))
    run.process.stdin.close()
    assert run.finish().status == 7
    eventually(lambda: all(is_gone(pid) for pid in left))
    left = "(2 processes|a process)"  # one may reap the other
    run.await_line(rf"^shim: the command ended with status 7 after [\d.]+m?s, and {left} that it left$")
    assert is_gone(init)


def test_nothing_left_ends_at_once_and_without_a_word(begin):
    assert begin("--quiet", "--grace=1h", "sh", "-c", "exit 7").finish() == (7, "", "")


def test_signal_while_draining_goes_to_what_is_left(begin):
    """As a second one does to a command, for those who handle it."""
    left = "trap 'echo told' USR1; trap '' TERM; trap 'echo asked; exit' USR2; echo ready; while :; do sleep 0.01; done"
    run = begin("--grace=1h", "sh", "-c", 'sh -c "$0" & read line; exit 7', left, stdin=subprocess.PIPE)
    run.await_output("^ready$")
    command, init = command_of(run), init_of(run)
    run.process.stdin.close()
    eventually(lambda: is_gone(command))
    os.kill(init, signal.SIGUSR1)
    run.await_output("^told$")
    os.kill(init, signal.SIGUSR2)
    run.await_output("^asked$")
    assert run.finish().status == 7


def test_each_process_that_is_left_is_asked_once(begin):
    """Others end meanwhile, one after the other: each end is a CHLD for init, which looks for new orphans then."""
    counts = "trap 'echo asked' TERM; trap exit USR2; echo ready; while :; do sleep 0.01; done"
    # The one who is waited for says it, not the shell, whose children lose what comes before their exec.
    takes_time = "trap \"sleep $0; exit\" TERM; sh -c 'echo ready; exec sleep 600' & wait"
    script = 'sh -c "$0" & for i in 0.1 0.2 0.3; do sh -c "$1" $i & done; read line; exit 7'
    run = begin("--grace=1h", "sh", "-c", script, counts, takes_time, stdin=subprocess.PIPE)
    run.await_output("^ready$", 4)
    init, command = init_of(run), command_of(run)
    [counter] = [pid for pid in children(command) if "asked" in pathlib.Path(f"/proc/{pid}/cmdline").read_text()]
    run.process.stdin.close()
    eventually(lambda: children(init) == [counter])
    os.kill(init, signal.SIGUSR2)
    assert run.finish().status == 7
    assert run.out.count("asked") == 1


def test_without_grace_nobody_is_asked(begin, tmp_path):
    run = begin("sh", "-c", f"(trap 'touch {tmp_path}/asked' TERM; echo ready; read line) <&3 & read line; exit 7",
                stdin=subprocess.PIPE, before=["sh", "-c", 'exec 3<&0; exec "$@"', "sh"])
    run.await_output("^ready$")
    run.process.stdin.close()
    assert run.finish().status == 7
    assert not (tmp_path / "asked").exists()


@needs_namespaces
def test_beside_others_only_its_own_descendants_are_asked(start):
    """In a namespace, so that it is no harm to anybody when that is broken."""
    script = 'sleep 600 & other=$!; "$@"; kill -0 $other && echo "$? and the other lives"; kill $other'
    run = start("--grace=1h", "sh", "-c", "exec >/dev/null 2>&1; setsid sh -c 'sleep 600 & wait' & exit 7",
                before=[*NAMESPACE, "sh", "-c", script, "sh"])
    assert run.finish().out == "0 and the other lives\n"


@only_as_pid_1
@pytest.mark.parametrize("script", ["read line; exit 7", "sleep 600 & read line; exit 7"])
def test_as_pid_1_those_who_entered_the_namespace_are_asked_too(begin, script):
    run = begin("--grace=1h", "sh", "-c", script, stdin=subprocess.PIPE)
    init = init_of(run)
    entered = subprocess.Popen(["nsenter", "-t", str(init), "-p", "sh", "-c",
                                "trap 'exit 9' TERM; sh -c 'echo; exec sleep 600' & wait"], stdout=subprocess.PIPE)
    try:
        entered.stdout.readline()
        run.process.stdin.close()
        assert run.finish().status == 7
        assert entered.wait(30) == 9
    finally:
        end_with_all(entered.pid)
        entered.stdout.close()


@only_as_pid_1
def test_as_pid_1_those_who_entered_and_do_not_end_are_killed_and_told_of(begin):
    run = begin("--grace=100ms", "sh", "-c", "read line; exit 7", stdin=subprocess.PIPE)
    entered = subprocess.Popen(["nsenter", "-t", str(init_of(run)), "-p", "sh", "-c", STUBBORN], stdout=subprocess.PIPE)
    try:
        entered.stdout.readline()
        run.process.stdin.close()
        assert run.finish().status == 7
        assert entered.wait(30) != 0
        run.await_line("^shim: the command ended with status 7 after .*, and what had entered$")
    finally:
        end_with_all(entered.pid)
        entered.stdout.close()


# Why


def test_the_end_is_told_with_signal_sender_and_time(begin, place):
    run = begin("sleep", "600")
    os.kill(command_of(run) and init_of(run), signal.SIGTERM)
    assert run.finish().status == 143
    sender = "outside" if place else f"process {os.getpid()}"
    run.await_line(rf"^shim: TERM from {sender}; the command ended with status 143 after [\d.]+m?s$")


@only_as_pid_1
def test_the_end_names_a_sender_inside_of_the_namespace_by_its_pid_there(begin):
    run = begin("sh", "-c", "echo $$; kill -INT 1; sleep 600 & wait; exit 7")
    assert run.finish().status == 130
    run.await_line(rf"^shim: INT from process {run.out.strip()}; the command ended with status 130 after [\d.]+m?s$")


def test_the_end_tells_who_was_left(begin):
    script = "sleep 600 & sleep 600 & trap 'exit 7' QUIT; kill -QUIT $PPID; while :; do sleep 0.01; done"
    run = begin("--grace=1h", "sh", "-c", f"exec >/dev/null 2>&1; {script}")
    assert run.finish().status == 7
    run.await_line(r"^shim: QUIT from process \d+; the command ended with status 7 after [\d.]+m?s, "
                   r"and (\d processes|a process) that it left$")


def test_an_end_that_nobody_asked_for_is_not_told(begin):
    run = begin("--quiet", "sh", "-c", "exit 7")
    assert run.finish() == (7, "", "")
    run = begin("sh", "-c", "exit 7")
    assert "ended" not in run.finish().err
