# SPDX-License-Identifier: MIT
"""An experiment: one behaviour, tried with the init that SHIM names. What it returns is the cell of the table.

    @row("SIGCHLD inherited as ignored does no harm")
    def children_that_were_ignored():
        return cell(begin("sh", "-c", "exit 7", before=[witness(), "with", "ignored=10000"]).finish().status == 7)

What an experiment starts ends with it. One that fails in any other way than by its cell is a "no", too: most
often the init hangs.
"""
import contextlib
import errno
import os
import pathlib
import subprocess
import sys
import tempfile
from collections import namedtuple

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "e2e"), str(TESTS / "bench")]

import pytest  # noqa: E402
import pid1  # noqa: E402
import program  # noqa: E402
from pid1 import NAMESPACE, command_of, end_with_all, eventually, init_of  # noqa: E402

program.LIMIT = pid1.LIMIT = 4  # seconds: that an init hangs is a result here
NAME = program.SHIM.name
OPTIONS = {  # what each calls it; who is not named has no option, and is tried without
    "verbose": {"shim": ["--verbose"], "tini": ["-vvv"], "dumb-init": ["-v"]},
    "group": {"shim": ["--group"], "tini": ["-g"], "catatonit": ["-g"]},
    "alone": {"dumb-init": ["-c"]},
    "143 to 0": {"shim": ["--exit-code", "143=0"], "tini": ["-e", "143"]},
    "143 to 9": {"shim": ["--exit-code", "143=9"]},
    "TERM to QUIT": {"shim": ["--map-signal", "TERM=QUIT"], "dumb-init": ["-r", "15:3"]},
    "drop HUP": {"shim": ["--map-signal", "HUP="], "dumb-init": ["-r", "1:0"]},
    "map nonsense": {"shim": ["--map-signal", "TERM=NOPE"], "dumb-init": ["-r", "15:NOPE"]},
    "die with parent": {"shim": ["--die-with-parent"], "tini": ["-p", "SIGTERM"]},
    "stop delay": {"shim": ["--stop-delay", "60s"]},
    "kill after": {"shim": ["--kill-after", "200ms"]},
    "grace": {"shim": ["--grace", "30s"]},
    "short grace": {"shim": ["--grace", "300ms"]},
    "user by number": {"shim": ["--user", "65532:65531"]},
    "user by name": {"shim": ["--user", "nobody"]},
    "directory": {"shim": ["--chdir", "/usr/bin"]},
}
VARIABLES = {"verbose": {"catatonit": {"CATATONIT_DEBUG": "1"}}}

Cell = namedtuple("Cell", "text holds")
Row = namedtuple("Row", "section title measure")
rows = []
_runs = []


def section(name):
    """A decorator for the rows of it."""
    def row(title):
        def add(measure):
            rows.append(Row(name, title, measure))
            return measure
        return add
    return row


@contextlib.contextmanager
def patience(seconds):
    """For what takes its time without the init: forks by the thousand, beside those of the other columns."""
    usual, program.LIMIT = program.LIMIT, seconds
    yield
    program.LIMIT = usual


def cell(holds):
    return Cell("yes" if holds else "no", bool(holds))


def count(results):
    """Of several that belong together."""
    results = list(results)
    right = sum(map(bool, results))
    return cell(right) if right in (0, len(results)) else Cell(f"{right} of {len(results)}", False)


def figure(value, bound, unit=""):
    return Cell(f"{value:,} {unit}".strip(), value <= bound)


def option(what):
    return OPTIONS.get(what, {}).get(NAME, [])


def option_with(what, value):
    """One whose value is known only here."""
    return [what, value] if NAME == "shim" else []


def variables(what):
    return VARIABLES.get(what, {}).get(NAME, {})


def witness():
    return pathlib.Path(os.environ["WITNESS"])


def begin(*command, options=(), place=NAMESPACE, before=(), separator=("--",), **more):
    """Starts the command under the init: as PID 1, unless it is another place."""
    _runs.append(program.Running(*options, *separator, *command, before=[*place, *before], **more))
    return _runs[-1]


def end_all():
    while _runs:
        run = _runs.pop()
        if run.process.poll() is None:
            end_with_all(run.pid)
        run.end()


def status_of_end(run):
    """Its exit status; None when it does not end."""
    try:
        return run.finish(program.LIMIT).status
    except subprocess.TimeoutExpired:
        return None


def ends_with(status, *command, **options):
    """A round of its own: the run is over when this returns."""
    run = begin(*command, **options)
    found = status_of_end(run)
    end_all()
    return found == status


def listen(**options):
    """A run whose command prints every signal that it gets."""
    run = begin(witness(), "listen", **options)
    run.await_output("^ready$")
    return run


def heard_by(run):
    """What its command got until a 64 that is sent now: the kernel gives the lowest of several first."""
    before = run.out.split().count("64")
    os.kill(init_of(run), 64)
    run.await_output("^64$", times=before + 1)
    lines = run.out.splitlines()
    return lines[lines.index("ready") + 1:-1]


def names_error(text, reason):
    """By its symbol, or by libc's words."""
    return reason in text or os.strerror(getattr(errno, reason, 0)) in text


def begin_sleep(**options):
    """A run, its init and its command."""
    run = begin("sleep", "600", **options)
    command = command_of(run)
    return run, init_of(run), command


def comes_true(get):
    """Within the limit?"""
    try:
        return bool(eventually(get))
    except pytest.fail.Exception:
        return False


def temporary_folder():
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def try_row(row, told):
    """`told` is told why the cell is a "no" that the experiment did not return itself."""
    try:
        return row.measure()
    except (Exception, pytest.fail.Exception) as why:
        told(f"{NAME}: {row.title}: {why!r}")
        return cell(False)
    finally:
        end_all()
