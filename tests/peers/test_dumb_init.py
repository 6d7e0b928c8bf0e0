# SPDX-License-Identifier: MIT
"""dumb-init: its own tests, each of which is a test here."""
import re
import xml.etree.ElementTree
from collections import namedtuple

import pytest

import peers
from peers import PEERS, cannot_hold, run, told, within_three_goes

FOLDER = PEERS / "dumb-init"
PYTEST = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"]

# Tests that cannot hold, the first row that fits: where they fail (what they assert before does hold), and why.
CANNOT_HOLD = {
    "test_no_arguments_prints_usage": (
        "assert stderr == (", "the words of a usage message: shim says what is wrong in its own"),
    "test_exits_invalid_with_invalid_args": (
        "assert stderr in (", "the words about an unknown option: shim says them in its own"),
    "test_help_message": (
        "assert stderr == (", "the words of the help: shim's help is about shim, and goes to stdout"),
    "test_rewrite_errors.*extra_args9": (
        "assert proc.returncode == 1", "signal 32 can be forwarded by shim"),
    "test_rewrite_errors": (
        "assert stderr == (", "the words about a wrong -r: shim says which and why in its own"),
    "test_fails_nonzero_with_bad_exec": (
        "assert (", "the words about a command that is not there: shim's name the reason, too"),
    "test_verbose\\[": (
        "assert re.search(b'(^|\\n)\\\\[dumb-init\\\\] setsid complete\\\\.\\n', stderr), stderr  # child",
        "lines for debugging, word for word"),
    "test_verbose_and_single_child": (
        "assert re.match(", "lines for debugging, word for word"),
    "test_sighup_sigcont_ignored_if_was_session_leader": (
        "assert 'Ignoring tty hand-off signal {}.'.format(signal.SIGHUP) in output",
        "lines for debugging, word for word; what they tell of is tried in test_dropin.py"),
}

Outcome = namedtuple("Outcome", "failed_at text")  # None: it passed


def names():
    """All of their tests."""
    done = peers.subprocess.run([*PYTEST, "--collect-only", "tests"], cwd=FOLDER, capture_output=True, text=True)
    return re.findall(r"^tests/\S+?::.*$", done.stdout, re.MULTILINE)


def name_in_report(case):
    return case.get("classname").replace(".", "/") + ".py::" + case.get("name")


def outcome(case):
    failure = next((case.find(tag) for tag in ("failure", "error", "skipped") if case.find(tag) is not None), None)
    if failure is None:
        return Outcome(None, "")
    line = re.search(r"^>\s+(.*)", failure.text or "", re.MULTILINE)
    return Outcome(line[1] if line else "?", failure.text or failure.get("message"))


def run_tests(programs, *which, slow=False):
    report = programs / "report.xml"
    report.unlink(missing_ok=True)
    done = run(programs, *PYTEST, "-p", "patience", f"--junitxml={report}", *which, slow=slow, cwd=FOLDER,
               env={"PYTHONPATH": f"{peers.HERE / 'modules'}:{FOLDER}"}.items())
    assert report.exists(), told(done)
    return {name_in_report(case): outcome(case) for case in xml.etree.ElementTree.parse(report).iter("testcase")}


@pytest.fixture(scope="session")
def outcomes(programs):
    return run_tests(programs, "tests")


def key_of(name):
    """Of the row of the table, if there is one."""
    return next((key for key in CANNOT_HOLD if re.match(key, name.split("::")[1])), None)


@pytest.mark.parametrize("name", names())
def test_dumb_init(programs, outcomes, name):
    found = outcomes[name]
    where, why = CANNOT_HOLD.get(key_of(name), (None, None))
    for _ in range(3):
        if found.failed_at == where:
            break
        found = run_tests(programs, name, slow=True)[name]
    assert found.failed_at == where, found.text
    if why:
        cannot_hold(name, why)


def test_each_row_of_the_table_is_about_a_test():
    assert set(map(key_of, names())) == {None, *CANNOT_HOLD}
    assert len(names()) == 182


def test_zombies(programs):
    """A script of theirs that wants dumb-init to be PID 1."""
    def go(slow):
        return run(programs, "dumb-init", "bash", FOLDER / "tests" / "test-zombies", below=(), slow=slow)

    done = within_three_goes(go)
    assert done.returncode == 0, told(done)
