# SPDX-License-Identifier: MIT
"""Images with nothing in them, and machines that refuse."""
import fcntl
import os
import shutil
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    begin, command_of, end_with_all, enter, eventually, init_of, place, witness)
from processes import status_of
from program import SHIM, needs_namespaces, start  # noqa: F401 (fixture)
from servers import Server

SOMEBODY = 60000 + os.getpid() % 5000  # a user with no other process
BECOME = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


def bare_root(root, programs):
    """Makes a root of nothing but {name: program}. Words that run one as 65532 there, where nothing can be written."""
    root.mkdir()
    for name, program in programs.items():
        shutil.copy(program, root / name)
    mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'
    return ["setpriv", "--no-new-privs", "unshare", "-m", "-p", "-f", "sh", "-c",
            f'{mount} && exec /usr/sbin/chroot --userspec=65532:65532 --groups= "$0" "$@"', root]


@pytest.fixture
def bare(start, tmp_path, witness):
    words = bare_root(tmp_path / "root", {program.name: program for program in (SHIM, witness)})
    runs = []

    def begin_bare(*arguments):
        runs.append(start(*arguments, before=words, program=f"/{SHIM.name}"))
        return runs[-1]

    yield begin_bare
    for run in runs:
        end_with_all(run.pid)


@needs_namespaces
@pytest.mark.parametrize("waits", [False, True])
def test_empty_root_without_any_rights_is_enough(bare, witness, waits):
    with Server(listening=False) as server:
        run = bare(*[f"--wait-for={server.at}#name=late", "--wait-for=file:///"] * waits, f"/{witness.name}", "listen")
        if waits:
            run.await_line("late: connection refused")
            server.listen()
        run.await_output("^ready$")
    init = init_of(run)
    assert sorted(os.listdir(f"/proc/{init}/root")) == sorted([SHIM.name, witness.name])
    status = status_of(init)
    assert (status["NSpid"].split()[-1], status["NoNewPrivs"], status["CapPrm"]) == ("1", "1", "0" * 16)
    assert status["Uid"].split() == ["65532"] * 4
    os.kill(init, signal.SIGUSR1)
    run.await_output("^10$")
    os.kill(command_of(run), signal.SIGKILL)
    assert run.finish().status == 137


@needs_namespaces
@pytest.mark.parametrize("words, status", [
    (["/witness", "die", "15"], 143), (["/witness", "nonsense"], 2), (["witness", "nonsense"], 127), (["/nowhere"], 127),
    (["/"], 126), (["--nope"], 125), (["--wait-for=file:///nowhere", "--timeout=20ms", "/witness"], 124),
])
def test_statuses_in_an_empty_root_are_the_same(bare, words, status):
    assert bare(*words).finish().status == status


# Refusals


@needs_root
@pytest.mark.parametrize("waits", [False, True])
def test_process_that_is_refused_is_said(enter, tmp_path, waits):
    run = enter(*["--wait-for=file:///"] * waits, "touch", tmp_path / "started",
                before=[*BECOME, "prlimit", "--nproc=0:0"])
    assert (run.finish().status, run.out) == (125, "")
    run.await_line(r"^shim: cannot start a process: .*\(EAGAIN\)$")
    assert not (tmp_path / "started").exists()


@needs_root
def test_process_that_is_refused_after_the_wait_is_said(enter):
    """Two are allowed: init and the process that waits. Then somebody else takes the place of the second."""
    with Server(listening=False) as server:
        run = enter(f"--wait-for={server.at}#name=late", "true", before=[*BECOME, "prlimit", "--nproc=2:2"])
        run.await_line("late: connection refused")
        with subprocess.Popen([*BECOME, "sleep", "600"]) as other:
            eventually(lambda: status_of(other.pid)["Uid"].split()[0] == str(SOMEBODY))
            server.listen()
            status = run.finish().status
            other.kill()
    assert status == 125
    run.await_line(r"^shim: cannot start a process: .*\(EAGAIN\)$")


# Nobody reads


def fill(writer):
    """By a description of its own, so that the flag is not on the one that shim gets."""
    mine = os.open(f"/proc/self/fd/{writer}", os.O_WRONLY | os.O_NONBLOCK)
    try:
        while os.write(mine, b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    os.close(mine)


@pytest.fixture
def full_pipe():
    """The end to write to, of a pipe with no room that nobody reads."""
    reader, writer = os.pipe()
    fill(writer)
    flags = fcntl.fcntl(writer, fcntl.F_GETFL)
    yield writer
    assert fcntl.fcntl(writer, fcntl.F_GETFL) == flags
    os.close(reader)
    os.close(writer)


def test_full_stderr_neither_holds_up_the_command_nor_signals(begin, full_pipe, tmp_path):
    run = begin("--verbose", "sh", "-c", f"touch {tmp_path}/started; exec sleep 600", stderr=full_pipe)
    eventually((tmp_path / "started").exists)
    command_of(run)
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 143


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_full_stderr_does_not_hold_up_a_request_while_waiting(enter, full_pipe, tmp_path, number):
    with Server(listening=False) as server:
        run = enter("--verbose", f"--wait-for={server.at}", "--wait-for=file:///nowhere", "--interval=5ms",
                    "touch", tmp_path / "started", stderr=full_pipe)
        server.listen()
        server.await_talks(1)  # it waits, whatever it cannot say
    os.kill(init_of(run), signal.SIGUSR1)
    os.kill(init_of(run), number)
    assert run.finish().status == 128 + number
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("words, status", [
    (["/nowhere"], 127), (["--nope"], 125), (["--wait-for=file:///nowhere", "--timeout=20ms", "true"], 124)])
def test_full_stderr_does_not_hold_up_the_end(enter, full_pipe, words, status):
    assert enter(*words, stderr=full_pipe).finish().status == status
