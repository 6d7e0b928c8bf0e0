# SPDX-License-Identifier: MIT
"""tini: its inner tests, those that its build runs, and those that it runs in Docker, here in a PID namespace."""
import json
import os
import pty
import re
import subprocess

import pytest

from peers import HERE, NAMESPACE, PEERS, cannot_hold, run, source, told, within_three_goes

FOLDER = PEERS / "tini"
INNER = FOLDER / "test" / "run_inner_tests.py"

# Tests that cannot hold: the assertions that fail, or the commands; and why.
INNER_CANNOT_HOLD = {
    "Running zombie reaping failure test (Tini should warn)": (
        ['"zombie reaping won\'t work" in err', "ret == 1"],
        "shim reaps beside other processes without being asked to, so that there is nothing to warn of"),
}
BUILD_CANNOT_HOLD = {
    "Testing ${tini} shows help message": "the words of the help: shim's is about shim",
    "Testing ${tini} references options that exist": "the words of the help: shim's is about shim",
    "Testing $tini for license": "tini's license is not shim's",
    "Testing ${tini} supports TINI_VERBOSITY": "lines for debugging, word for word",
}
NOT_RUN = {
    "hardening-check": "about the flags of tini's build",
    "MINIMAL": "about a tini that was built without options",
    "run_outer_tests.py: valgrind, dpkg, rpm": "about tini's memory and its packages",
    "run_outer_tests.py: -w alone ends with 0": "it does not hold for tini 0.19.0 itself: 1",
}


# Inner tests


def titles():
    return [title for title in re.findall(r'print\(\s*"([rR]unning [^"]*)"', source("tini/test/run_inner_tests.py"))]


@pytest.fixture(scope="session")
def inner(programs):
    """{title: assertions that failed}"""
    build = programs / "build"
    build.mkdir()
    (build / "tini").symlink_to(programs / "tini")
    subprocess.run(["gcc", "-w", "-o", build / "sigconf-test", FOLDER / "test" / "sigconf" / "sigconf-test.c"], check=True)
    env = {"SOURCE_DIR": str(FOLDER), "BUILD_DIR": str(build), "FORCE_SUBREAPER": "1"}.items()

    def go(slow):
        return run(programs, "/usr/bin/python3", HERE / "modules" / "tini_tests.py", INNER, env=env, slow=slow)

    done = go(slow=False)
    if done.returncode != 0 or any(bool(failed) != (title in INNER_CANNOT_HOLD)
                                   for title, failed in json.loads(done.stdout).items()):
        done = go(slow=True)
    assert done.returncode == 0, told(done)
    return json.loads(done.stdout), told(done)


@pytest.mark.parametrize("title", titles())
def test_inner(inner, title):
    results, text = inner
    expected, why = INNER_CANNOT_HOLD.get(title, ([], None))
    assert results[title] == expected, text
    if why:
        cannot_hold(title, why)


def test_table_of_inner_tests_is_about_tests():
    assert len(titles()) == 9
    assert set(INNER_CANNOT_HOLD) < set(titles())


# What its build tries


def build_commands():
    """{what it says that it tests: commands}; of the two branches that of a tini with options"""
    text = source("tini/ci/run_build.sh")
    loop = re.search(r"\n  for tini in [^\n]*\n(.*?)    echo \"Checking hardening", text, re.DOTALL)[1]
    branches = re.search(r"    if \[\[ -n \S*MINIMAL.*?\n    else\n(.*?)\n    fi\n", loop, re.DOTALL)
    commands = loop.replace(branches[0], branches[1])
    _, *pieces = re.split(r'^ *echo "((?:Testing|Smoke test) [^\n]*)"$', commands, flags=re.MULTILINE)
    return dict(zip(pieces[::2], pieces[1::2]))


@pytest.mark.parametrize("title", build_commands())
@pytest.mark.parametrize("name", ["tini", "tini-static"])
def test_build(programs, tmp_path, name, title):
    script = f"set -o errexit -o nounset -o pipefail\n{build_commands()[title]}"
    env = {"tini": str(programs / name), "SOURCE_DIR": str(FOLDER)}.items()
    done = run(programs, "bash", "-c", script, env=env)
    assert (done.returncode != 0) == (title in BUILD_CANNOT_HOLD), told(done)
    if title in BUILD_CANNOT_HOLD:
        cannot_hold(title, BUILD_CANNOT_HOLD[title])


def test_table_of_what_its_build_tries_is_about_that():
    assert len(build_commands()) == 15
    assert set(BUILD_CANNOT_HOLD) < set(build_commands())
    for what, why in NOT_RUN.items():
        cannot_hold(what, f"not run: {why}")


# Outer tests: those want Docker and Python 2, so that their programs are run as its PID 1 here


OUTER = {"TINI_VERBOSITY": "3"}.items()


def test_outer_reaping(programs):
    def go(slow):
        return run(programs, "tini", FOLDER / "test" / "reaping" / "stage_1.py", below=(), env=OUTER, slow=slow)

    done = within_three_goes(go)
    assert done.returncode == 0, told(done)


@pytest.mark.parametrize("name, status", [("TERM", 143), ("USR1", 138), ("USR2", 140)])
def test_outer_signals(programs, name, status):
    """Whoever sends it waits until the command sleeps."""
    script = f'"$@" & while ! pgrep -x sleep >/dev/null; do /bin/sleep 0.05; done; pkill -{name} -P $! -x tini; wait $!'
    inside = [*NAMESPACE, "tini", "--", FOLDER / "test" / "signals" / "test.py"]
    done = run(programs, "bash", "-c", script, "bash", *inside, env=OUTER)
    assert done.returncode == status, told(done)


@pytest.mark.parametrize("words, status", [(["-z"], 1), (["-h"], 0), (["zzzz"], 127)])
def test_outer_statuses(programs, words, status):
    done = run(programs, "tini", *words, below=(), env=OUTER)
    assert done.returncode == status, told(done)


@pytest.mark.parametrize("command, typed, status", [
    (["dash"], b"\nexit 0\n", 0), (["dash", "-c", "while true; do echo \\#; sleep 0.1; done"], b"\x03", 130)])
def test_outer_terminal(programs, command, typed, status):
    keyboard, line = pty.openpty()
    process = subprocess.Popen([*NAMESPACE, "setsid", "-c", programs / "tini", "--", *command], stdin=line, stdout=line,
                               stderr=line, env={"PATH": "/usr/bin:/bin", "PS1": "# "})
    os.close(line)
    try:
        while b"#" not in os.read(keyboard, 1024):
            pass
        os.write(keyboard, typed)
        assert process.wait(60) == status
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)
