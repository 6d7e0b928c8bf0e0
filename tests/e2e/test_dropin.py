# SPDX-License-Identifier: MIT
"""shim under the name of another init, beside that program itself: the same words, and what comes of them.

`both` starts the same command line twice, with the original and with shim. What their own test suites look for is
looked for here: exit statuses, what is rewritten, groups and sessions, who stops and goes on, what is reaped.
"""
import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import termios
from collections import namedtuple

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    NAMESPACE, end_with_all, enter, eventually, nothing_is_pending, place, send, state_of, witness)
from processes import children
from program import PATH, SHIM, needs_namespaces, start  # noqa: F401 (fixture)

NAMES = ["tini", "tini-static", "docker-init", "dumb-init", "catatonit"]
QUIET = {"TINI_SUBREAPER": ""}  # or one of them warns when it is not PID 1
FENCE = int(signal.SIGPWR)  # higher than all that is tested: where several are pending, the lowest comes first
STANDING = 'read -r pid name state parent group session rest </proc/$$/stat; '
LEADS = STANDING + '[ $group = $$ ] && echo leads a group; [ $session = $$ ] && echo leads a session; true'

Pair = namedtuple("Pair", "original shim")


@pytest.fixture(scope="session")
def links(tmp_path_factory):
    folder = tmp_path_factory.mktemp("links")
    for name in NAMES:
        (folder / name).symlink_to(SHIM)
    return folder


def original_of(name):
    found = shutil.which({"docker-init": "tini"}.get(name, name))
    if not found:
        pytest.skip(f"needs {name}")
    return found


@pytest.fixture
def both(enter, links):
    """Starts the two in this place."""
    def start_both(name, *words, **options):
        return Pair(*(enter(*words, program=program, **options) for program in (original_of(name), links / name)))

    return start_both


@pytest.fixture
def ends(both):
    """Runs the two to their ends."""
    return lambda *words, **options: Pair(*(run.finish() for run in both(*words, **options)))


def is_started(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text() not in ("unshare\n", "pytest\n", "python3\n")


def init_of(run):
    """Its pid as seen from here, once it was executed."""
    family = (lambda: children(run.pid)) if run.process.args[0] in NAMESPACE else lambda: [run.pid]
    return eventually(lambda: next((pid for pid in family() if is_started(pid)), None))


def command_of(run):
    return children(init_of(run))[0]


def heard(run, *signals):
    """Which of these signals a command (`witness listen`) gets; how often depends on how quick it is."""
    run.await_output("^ready$")
    for number in signals:
        os.kill(init_of(run), number)
    eventually(lambda: nothing_is_pending(init_of(run)))
    os.kill(init_of(run), FENCE)
    run.await_output(f"^{FENCE}$")
    return {int(line) for line in run.out.split() if line not in ("ready", str(FENCE))}


# What is printed, and the status


VERSIONS = [("tini", "--version"), ("tini-static", "--version"), ("docker-init", "--version"), ("dumb-init", "-V"),
            ("dumb-init", "--version"), ("catatonit", "-V"), ("catatonit", "--version")]


@pytest.mark.parametrize("name, word", VERSIONS)
def test_version_is_the_one_of_the_program_whose_options_are_taken(ends, name, word):
    original, shim = ends(name, word)
    assert shim == original  # one of them prints it to stderr
    assert shim.status == 0


@pytest.mark.parametrize("name, word", [
    ("tini", "-h"), ("tini", "-l"), ("dumb-init", "-h"), ("dumb-init", "--help"), ("catatonit", "-h"),
    ("catatonit", "-L")])
def test_who_asks_for_help_gets_some_and_status_0(ends, name, word):
    original, shim = ends(name, word)
    assert shim.status == original.status == 0
    assert shim.out and not shim.err


EXITS = [
    ("tini", [], {}), ("tini", ["-s"], {}), ("tini", ["-g"], {}), ("tini", ["-gs"], {}), ("tini", ["-pSIGKILL"], {}),
    ("tini", ["-gp", "SIGTERM", "-s"], {}), ("tini-static", ["-sg"], {}), ("docker-init", [], {}),
    ("tini", [], {"TINI_SUBREAPER": "", "TINI_KILL_PROCESS_GROUP": "", "TINI_VERBOSITY": "0"}),
    ("dumb-init", [], {}), ("dumb-init", ["-c"], {}), ("dumb-init", ["--single-child"], {}),
    ("dumb-init", [], {"DUMB_INIT_SETSID": "0"}), ("dumb-init", [], {"DUMB_INIT_SETSID": "1", "DUMB_INIT_DEBUG": "0"}),
    ("dumb-init", ["-cr15:3", "--rewrite=1:0"], {}), ("catatonit", [], {}), ("catatonit", ["-g"], {}),
]
COMMANDS = [f"exit {status}" for status in (0, 1, 2, 32, 64, 127, 254, 255)] + [
    f"kill -{name} $$" for name in ("TERM", "HUP", "QUIT", "KILL", "USR1")]


@pytest.mark.parametrize("name, options, env", EXITS)
def test_command_ends_with_the_same_status_and_the_same_output(links, name, options, env):
    original = original_of(name)
    env = {**PATH, **QUIET, **env}
    for command in COMMANDS:
        words = [*options, "--", "sh", "-c", f"echo out; echo err >&2; {command}"]
        was, is_now = (subprocess.run([program, *words], env=env, capture_output=True)
                       for program in (original, links / name))
        assert (was.returncode, was.stdout, was.stderr) == (is_now.returncode, is_now.stdout, is_now.stderr), command


@pytest.mark.parametrize("status", [0, 1, 127, 143, 255])
def test_tini_e_makes_0_of_that_status_and_of_no_other(ends, status):
    command = ["--", "sh", "-c", f"exit {status}"]
    assert [end.status for end in ends("tini", "-e", status, *command)] == [0, 0]
    others = [word for other in range(256) if other != status for word in ("-e", other)]
    assert [end.status for end in ends("tini", *others, *command)] == [status, status]


@pytest.mark.parametrize("name, words", [
    ("tini", []), ("tini", ["-x", "true"]), ("tini", ["-e", "256", "true"]), ("tini", ["-e", "-1", "true"]),
    ("tini", ["-e", "one", "true"]), ("tini", ["-e"]), ("tini", ["-p", "SIGFOO", "true"]), ("tini", ["-p"]),
    ("tini", ["--nonsense", "true"]), ("dumb-init", []), ("dumb-init", ["--yolo", "true"]), ("dumb-init", ["-r"]),
    ("dumb-init", ["-r", "", "true"]), ("dumb-init", ["-r", "herp", "true"]),
    ("dumb-init", ["-r", "herp:derp", "true"]),
    ("dumb-init", ["-r", "15", "true"]), ("dumb-init", ["-r", "15::12", "true"]), ("dumb-init", ["-r15:derp", "true"]),
    ("dumb-init", ["-r", "15:12", "-r"]), ("dumb-init", ["-r", "15:12", "-r", "0", "true"]),
    ("dumb-init", ["--rewrite"]), ("dumb-init", ["--single-child=1", "true"]), ("catatonit", []),
    ("catatonit", ["-x", "true"]), ("catatonit", ["--nonsense", "true"]), ("catatonit", ["-g"])])
def test_wrong_option_ends_it_with_1_before_anything_starts(ends, name, words):
    original, shim = ends(name, *words)
    assert shim.status == original.status == 1
    assert shim.err.startswith("shim: ")


@pytest.mark.parametrize("name", NAMES)
def test_command_that_is_not_there_is_named(ends, name):
    original, shim = ends(name, "--", "/does/not/exist")
    assert original.status != 0
    assert shim.status == 127  # all but one of them have no status of its own for that
    assert "/does/not/exist" in shim.err


def test_options_are_shims_own_under_any_other_name(tmp_path, enter):
    (tmp_path / "my-tini").symlink_to(SHIM)
    result = enter("-g", "true", program=tmp_path / "my-tini").finish()
    assert result.status == 125
    assert "-g: unknown option" in result.err


def test_verb_of_shims_is_a_command_like_any_other(enter, links):
    result = enter("check", program=links / "tini").finish()
    assert result.status == 127


def test_it_waits_for_what_its_variables_name(enter, links):
    env = {"SHIM_WAIT_FOR": "file:///does/not/exist", "SHIM_TIMEOUT": "10ms"}
    assert enter("--", "true", program=links / "docker-init", env=env).finish().status == 124


# What the command is given


@pytest.mark.parametrize("name, options", [
    ("tini", ["--"]), ("tini", ["-g", "--"]), ("dumb-init", ["--"]), ("dumb-init", []), ("dumb-init", ["-c"]),
    ("catatonit", ["--"]), ("catatonit", ["-g", "--"])])
def test_arguments_are_left_alone(ends, witness, name, options):
    words = ["", "-c", "--", "--version", "-r", "check", "a b"]
    original, shim = ends(name, *options, witness, "words", *words, env=QUIET)
    assert shim == original
    assert shim.out.splitlines() == [f"[{word}]" for word in words]


@pytest.mark.parametrize("name", NAMES)
def test_environment_is_left_alone(ends, witness, name):
    env = {"A": "", "TINI_SUBREAPER": "1", "TINI_KILL_PROCESS_GROUP": "1", "DUMB_INIT_SETSID": "0", "Z": "a=b"}
    original, shim = ends(name, "--", witness, "environment", env=env)
    assert shim == original
    assert "TINI_KILL_PROCESS_GROUP=1\n" in shim.out


@pytest.mark.parametrize("name", ["tini", "catatonit", "dumb-init"])
def test_command_leads_the_same_group_and_session(ends, name):
    original, shim = ends(name, "--", "sh", "-c", LEADS, env=QUIET)
    assert shim == original
    assert "leads a group" in shim.out
    assert ("leads a session" in shim.out) == (name == "dumb-init")


@pytest.mark.parametrize("words, env", [(["-c"], {}), ([], {"DUMB_INIT_SETSID": "0"})])
def test_dumb_init_for_a_single_child_makes_no_session(ends, words, env):
    assert [end.out.count("session") for end in ends("dumb-init", *words, "sh", "-c", LEADS, env=env)] == [0, 0]


# Signals


ORDINARY = [int(number) for number in (
    signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGALRM,
    signal.SIGTERM, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH, signal.SIGIO)]
REWRITES = [[], ["-r", "15:2"], ["-r", "15:2", "-r", "2:15", "-r3:3"], ["--rewrite=1:29", "--rewrite", "29:1"],
            ["-r", "15:3", "-r", "2:0", "-r", "28:0"], ["-cr", "15:12"], ["--single-child", "-r", "10:0"],
            ["-r", "15:2", "-r", "15:10"]]


@pytest.mark.parametrize("name, options", [
    ("tini", ["--"]), ("tini", ["-g", "--"]), ("catatonit", ["--"]), ("catatonit", ["-g", "--"]),
    *(("dumb-init", words) for words in REWRITES)])
def test_command_hears_the_same_signals(both, witness, name, options):
    runs = both(name, *options, witness, "listen")
    original, shim = (heard(run, *ORDINARY) for run in runs)
    assert shim == original


@pytest.mark.parametrize("name, options, env, is_group", [
    ("tini", [], {}, False), ("tini", ["-g"], {}, True), ("tini", ["-sg"], {}, True),
    ("tini", [], {"TINI_KILL_PROCESS_GROUP": ""}, True), ("tini", [], {"TINI_KILL_PROCESS_GROUP": "yes"}, True),
    ("dumb-init", [], {}, True), ("dumb-init", ["-c"], {}, False), ("dumb-init", ["--single-child"], {}, False),
    ("dumb-init", [], {"DUMB_INIT_SETSID": "0"}, False), ("dumb-init", [], {"DUMB_INIT_SETSID": "1"}, True),
    ("catatonit", [], {}, False), ("catatonit", ["-g"], {}, True)])
def test_signal_goes_to_the_command_or_to_its_group(both, witness, name, options, env, is_group):
    for run in both(name, *options, "--", "sh", "-c", '"$0" listen & exec "$0" listen', witness, env=env):
        run.await_output("^ready$", 2)
        for number in (signal.SIGUSR1, FENCE):
            os.kill(init_of(run), number)
        run.await_output(f"^{FENCE}$", 1 + is_group)
        assert run.out.split().count("10") == 1 + is_group


STOPS = [signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU]


@pytest.mark.parametrize("number", STOPS)
def test_dumb_init_stops_the_command_and_itself_where_it_can_be_stopped(both, witness, place, number):
    for run in both("dumb-init", witness, "listen"):
        run.await_output("^ready$")
        os.kill(init_of(run), number)
        eventually(lambda run=run: state_of(command_of(run)) == "T")
        eventually(lambda run=run: state_of(init_of(run)) == ("S" if place else "T"))  # a STOP for itself undoes a CONT
        os.kill(init_of(run), signal.SIGCONT)
        run.await_output(f"^{signal.SIGCONT.value}$")
        assert heard(run) == {signal.SIGCONT}


@pytest.mark.parametrize("number", STOPS)
def test_dumb_init_for_a_single_child_passes_that_on_and_stops_itself(both, witness, place, number):
    for run in both("dumb-init", "-c", witness, "listen"):
        run.await_output("^ready$")
        os.kill(init_of(run), number)
        run.await_output(f"^{number.value}$")
        eventually(lambda run=run: state_of(init_of(run)) == ("S" if place else "T"))  # a STOP for itself undoes a CONT
        os.kill(init_of(run), signal.SIGCONT)
        run.await_output(f"^{signal.SIGCONT.value}$")


@pytest.mark.parametrize("number, instead", zip(STOPS, [signal.SIGHUP, signal.SIGTERM, signal.SIGINT]))
def test_dumb_init_stops_only_itself_where_that_signal_is_rewritten(both, witness, place, number, instead):
    for run in both("dumb-init", "-r", f"{number.value}:{instead.value}", witness, "listen"):
        run.await_output("^ready$")
        os.kill(init_of(run), number)
        run.await_output(f"^{instead.value}$")
        eventually(lambda run=run: state_of(init_of(run)) == ("S" if place else "T"))  # a STOP for itself undoes a CONT
        os.kill(init_of(run), signal.SIGCONT)
        run.await_output(f"^{signal.SIGCONT.value}$")


LEAVE_BEHIND = """
(trap 'echo told to end; exit' TERM; trap 'echo was left alone; exit' USR1
 echo ready; while :; do sleep 0.02; done) &
echo pid $!; read -r line
"""


@pytest.mark.parametrize("place", [pytest.param([], id="other-pid")])  # nobody outlives PID 1
@pytest.mark.parametrize("options, words", [([], "told to end"), (["-c"], "was left alone")])
def test_dumb_init_tells_the_group_to_end_when_the_command_has_ended(both, options, words):
    for run in both("dumb-init", *options, "sh", "-c", LEAVE_BEHIND, stdin=subprocess.PIPE):
        for line in ("^ready$", "^pid "):
            run.await_output(line)
        run.process.stdin.close()
        assert run.process.wait() == 1  # what read(1) says of the end
        left = int(re.search("^pid (.*)", run.out, re.MULTILINE)[1])
        if options:
            os.kill(left, signal.SIGUSR1)
        run.await_output(f"^{words}$")


def test_signal_is_not_lost_the_moment_the_command_of_a_session_has_a_pid(enter, links):
    for _ in range(50):
        run = enter("sleep", "600", program=links / "dumb-init")
        eventually(lambda run=run: children(init_of(run)))
        os.kill(init_of(run), signal.SIGTERM)
        assert run.finish().status == 143


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGTERM])
def test_tini_p_takes_the_death_of_its_parent_for_a_signal(start, witness, links, number):
    for program in (original_of("tini"), links / "tini"):
        words = [program, "-s", "-p", number.name, "--", witness, "listen"]
        run = start(*words[1:], program=program, before=["sh", "-c", '"$@" & wait', "sh"])
        run.await_output("^ready$")
        init = children(run.pid)[0]
        run.process.kill()
        run.await_output(f"^{number.value}$")
        end_with_all(init)


@pytest.mark.parametrize("options, is_told", [(["-s"], False), (["-s", "-w"], True), (["-ws"], True)])
def test_tini_w_tells_of_each_orphan(both, options, is_told):
    script = "(sleep 0.02 &); echo ready; read -r line; exit 0"
    for run in both("tini", *options, "--", "sh", "-c", script, stdin=subprocess.PIPE):
        run.await_output("^ready$")
        if is_told:
            run.await_line("Reaped zombie process with pid=[0-9]+$")
        run.process.stdin.close()
        assert ("Reaped" in run.finish().err) == is_told


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_catatonit_P_runs_nothing_and_ends_well(both, number):
    for run in both("catatonit", "-P", "--", "echo", "never"):
        eventually(lambda run=run: state_of(init_of(run)) == "S")  # it waits: nothing else makes it sleep
        os.kill(init_of(run), number)
        result = run.finish()
        assert (result.status, result.out) == (0, "")


# On a terminal

FACTS = STANDING + ('set -- $rest; [ $1 != 0 ] && echo has a terminal; [ $2 = $group ] && echo in the foreground; '
                    '[ $session = $$ ] && echo leads a session; true')


class Terminal:
    def __init__(self):
        self.master, self.slave = os.openpty()
        modes = termios.tcgetattr(self.slave)
        modes[1] &= ~termios.OPOST
        modes[3] &= ~termios.ECHO
        termios.tcsetattr(self.slave, termios.TCSANOW, modes)

    def options(self):
        """For a run that leads the session of this terminal."""
        return {"stdin": self.slave, "start_new_session": True,
                "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)}

    def close(self):
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminals():
    made = [Terminal(), Terminal()]
    yield made
    for terminal in made:
        terminal.close()


@pytest.fixture
def both_on_terminals(start, links, terminals):
    def start_both(name, *words):
        programs = original_of(name), links / name
        return Pair(*(start(*words, program=program, **terminal.options())
                      for program, terminal in zip(programs, terminals)))

    return start_both


@pytest.mark.parametrize("name", ["tini", "dumb-init", "catatonit"])
def test_command_has_the_terminal(both_on_terminals, name):
    original, shim = (run.finish() for run in both_on_terminals(name, "--", "sh", "-c", FACTS))
    assert shim.out == original.out
    assert "has a terminal\nin the foreground" in shim.out


@pytest.mark.parametrize("key, number", [(b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)])
@pytest.mark.parametrize("name", ["tini", "dumb-init", "catatonit"])
def test_key_arrives_once(both_on_terminals, terminals, witness, name, key, number):
    for run, terminal in zip(both_on_terminals(name, "--", witness, "listen"), terminals):
        run.await_output("^ready$")
        os.write(terminal.master, key)
        run.await_output(f"^{number.value}$")
        assert heard(run) == {number}
        assert run.out.split().count(str(number.value)) == 1
        end_with_all(run.pid)


def test_leaving_the_terminal_is_no_signal_for_the_command_of_dumb_init(both_on_terminals, witness):
    for run in both_on_terminals("dumb-init", witness, "listen"):
        assert heard(run, signal.SIGUSR1) == {signal.SIGUSR1}
        end_with_all(run.pid)


def test_shell_under_dumb_init_has_job_control(both_on_terminals):
    script = 'sleep 600 & case $- in *m*) jobs; kill %1; esac; exit 0'
    for run in both_on_terminals("dumb-init", "sh", "-c", 'exec bash -mc "$0" 2>/dev/tty', script):
        assert "Running" in run.finish().out
