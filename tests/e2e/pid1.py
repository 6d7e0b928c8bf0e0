# SPDX-License-Identifier: MIT
"""shim as an init: of a PID namespace, and as a process like any other; with a command that tells what reaches it.

    run = begin(witness, "listen")    the fixture `begin` has a test run in both places, with and without a wait
    run.await_output("ready")
    send(init_of(run), "40:7")        a signal with a value; plain ones by os.kill()
    assert heard_by(run) == ["40 7"]
"""
import contextlib
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

import pytest

from processes import children, status_of
from program import LIMIT, SHIM, needs_namespaces
from witness import compile_witness

NAMESPACE = [shutil.which("unshare"), "-p", "-f", "--kill-child", "--mount-proc"]
BY_REQUEST = [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP]
EVERY = sorted(set(range(1, 65)) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD})  # that can be forwarded
FENCE = "12345"  # value of the last signal of a test: what was sent before has arrived before it


def eventually(get):
    """What `get` returns, once that is true. For what no pipe tells of."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if result := get():
                return result
        time.sleep(0.002)
    return pytest.fail(f"never came true: {get}")


def is_shim(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text() == SHIM.name + "\n"


def state_of(pid):
    return status_of(pid)["State"][0]


def is_zombie(pid):
    return state_of(pid) == "Z"


def is_gone(pid):
    return not pathlib.Path(f"/proc/{pid}").exists()


def init_of(run):
    """Its pid as seen from here, once it is shim."""
    return eventually(lambda: next((pid for pid in [run.pid, *children(run.pid)] if is_shim(pid)), None))


def command_of(run):
    """Once it was executed."""
    return eventually(lambda: next((pid for pid in children(init_of(run)) if not is_shim(pid)), None))


def gate_of(run):
    """The process that waits. For a run that said that it does."""
    return children(init_of(run))[0]


def nothing_is_pending(pid):
    status = status_of(pid)
    return {status["SigPnd"], status["ShdPnd"]} == {"0" * 16}


def blocks_everything(pid):
    return status_of(pid)["SigBlk"] == "fffffffffffbfeff"  # all but KILL and STOP


def send(witness, pid, *signals, before=()):
    """The sender may be killed at once, when it is in a namespace that ends by what it sends."""
    subprocess.run([*before, witness, "send", str(pid), *(str(int(s)) if isinstance(s, int) else s for s in signals)])


def heard_by(run, witness, fence=64):
    """The signals that its command (`witness listen`) got until one that is sent now."""
    send(witness, init_of(run), f"{fence}:{FENCE}")
    run.await_output(f"^{fence} {FENCE}$")
    lines = run.out.splitlines()
    return lines[lines.index("ready") + 1:-1]


def limit(pid, which, value):
    resource.prlimit(pid, which, (value, value))


@pytest.fixture(scope="session")
def witness(tmp_path_factory):
    return compile_witness(tmp_path_factory.mktemp("witness"))


@pytest.fixture(params=[pytest.param(NAMESPACE, id="pid-1", marks=needs_namespaces), pytest.param([], id="other-pid")])
def place(request):
    return request.param


def end_with_all(pid):
    """Kills a process and its descendants, the youngest first: who is left may hold the pipes of a test open."""
    with contextlib.suppress(OSError):
        for child in children(pid):
            end_with_all(child)
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def enter(start, place):
    """Starts shim in this place; what it started ends with the test."""
    runs = []

    def enter_one(*words, before=(), **options):
        runs.append(start(*words, before=[*place, *before], **options))
        return runs[-1]

    yield enter_one
    for run in runs:
        if run.process.poll() is None:
            end_with_all(run.pid)


@pytest.fixture(params=[pytest.param([], id="at-once"), pytest.param(["--wait-for=file:///"], id="after-a-wait")])
def begin(request, enter):
    """Starts a command in this place, after these options."""
    return lambda *words, **options: enter(*request.param, *words, **options)
