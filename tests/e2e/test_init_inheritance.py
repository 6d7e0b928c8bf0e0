# SPDX-License-Identifier: MIT
"""What the command gets from init, and what init keeps."""
import fcntl
import os
import select
import socket

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    begin, command_of, enter, eventually, init_of, place, witness)
from program import LIMIT, start  # noqa: F401 (fixture)


def descriptors(pid):
    """{number: what it is}"""
    folder = f"/proc/{pid}/fd"
    return {int(fd): os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)}


def shared_flags(fd):
    return fcntl.fcntl(fd, fcntl.F_GETFL)


# Descriptors


def test_open_descriptors_reach_the_command_and_init_keeps_none(begin, tmp_path):
    reader, writer = os.pipe()
    with open(tmp_path / "file", "w") as file, socket.socket() as sock:
        mine = {fd: os.readlink(f"/proc/self/fd/{fd}") for fd in (writer, file.fileno(), sock.fileno())}
        run = begin("sleep", "600", pass_fds=mine)
        command = command_of(run)
    eventually(lambda: {fd: what for fd, what in descriptors(command).items() if fd > 2} == mine)
    eventually(lambda: set(descriptors(init_of(run))) == {0, 1, 2})
    os.close(writer)
    os.close(reader)


@pytest.mark.parametrize("place", [pytest.param([], id="other-pid")])  # unshare(1) would keep it open
def test_reader_of_a_pipe_sees_its_end_while_init_lives(begin):
    reader, writer = os.pipe()
    run = begin("bash", "-c", f"exec {writer}>&-; exec sleep 600", pass_fds=[writer])
    os.close(writer)
    assert select.select([reader], [], [], LIMIT)[0] and os.read(reader, 1) == b""
    os.close(reader)
    assert run.process.poll() is None


def test_pid_of_the_listener_becomes_that_of_the_command(begin):
    words = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"']
    result = begin("sh", "-c", 'echo "$LISTEN_PID $LISTEN_FDS $$"', before=words).finish()
    named, count, pid = result.out.split()
    assert (named, count) == (pid, "1")


def test_pid_of_another_listener_is_left_alone(begin):
    for value in ("2147483647", "12x", "", "0", "-1"):
        assert begin("sh", "-c", 'echo "<$LISTEN_PID>"', env={"LISTEN_PID": value}).finish().out == f"<{value}>\n"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_standard_descriptors_stay_closed_and_do_no_harm(begin, tmp_path, closed):
    numbers = {"<": 0, ">": 1, "2": 2}
    run = begin("sh", "-c", f"touch {tmp_path}/started; exec sleep 600", before=["sh", "-c", f'exec "$0" "$@" {closed}'])
    eventually((tmp_path / "started").exists)
    wanted = {0, 1, 2} - {numbers[word[0]] for word in closed.split()}
    eventually(lambda: set(descriptors(command_of(run))) == wanted)
    eventually(lambda: set(descriptors(init_of(run))) == wanted)
    os.kill(init_of(run), 15)
    assert run.finish().status == 143


@pytest.mark.parametrize("waits", [False, True])
def test_flags_of_inherited_descriptors_are_never_touched(enter, waits):
    pairs = [socket.socketpair() for _ in range(3)]
    ends = [end for _, end in pairs]
    before = [shared_flags(end) for end in ends]
    options = dict(zip(("stdin", "stdout", "stderr"), ends))
    run = enter(*["--wait-for=file:///nowhere", "--timeout=none"] * waits, "--verbose", "sleep", "600", **options)
    if waits:
        assert pairs[2][0].recv(10)
    else:
        command_of(run)
    assert [shared_flags(end) for end in ends] == before
    os.kill(init_of(run), 15)
    assert run.finish().status == 143
    assert [shared_flags(end) for end in ends] == before
    for pair in pairs:
        for end in pair:
            end.close()


# The place


def test_command_keeps_the_working_directory_and_init_leaves_it(begin, tmp_path):
    run = begin("sh", "-c", "pwd -P; exec sleep 600", cwd=tmp_path)
    run.await_output(f"^{tmp_path.resolve()}$")
    eventually(lambda: os.readlink(f"/proc/{init_of(run)}/cwd") == "/")


# The environment


def test_environment_is_the_same_in_the_same_order_but_for_its_own(begin, witness):
    entries = ["Z=1", "A=2", "Z=3", "no value", "=", "", "SHIM=4", "SHIMS_A=5", "EMPTY=", "LINE=a\tb", "UTF=\u00e9\u20ac",
               "shim_quiet=6", "SHIM_SERVICE_HOST=10.0.0.1", "SHIM_PORT_80_TCP=tcp://10.0.0.1:80"]
    own = ["SHIM_QUIET=true", "SHIM_TIMEOUT=5s", "SHIM_DEGRADED=x", "SHIM_LOG="]
    mixed = [word for pair in zip(entries, own) for word in pair] + entries[len(own):]
    run = begin(witness, "environment", before=[witness, "with", *(f"entry={entry}" for entry in mixed)])
    assert (run.finish().status, run.out.split("\n")[:-1]) == (0, entries)


def test_missing_targets_are_the_one_thing_added(enter, witness):
    entries = ["Z=1", "A=2", "SHIM_QUIET=true", "Z=3"]
    run = enter("--wait-for=file:///nowhere#optional,timeout=1ms,name=a", "--wait-for=file:///#optional,name=b",
                "--wait-for=file:///nowhere#optional,timeout=1ms,name=c", witness, "environment",
                before=[witness, "with", *(f"entry={entry}" for entry in entries)])
    assert (run.finish().status, run.out) == (0, "Z=1\nA=2\nZ=3\nSHIM_DEGRADED=a,c\n")


# The arguments


@pytest.mark.parametrize("words", [
    ["-l"], ["--help"], ["--version"], ["-h", "-v"], ["--timeout", "5s"], ["--timeout=never"], ["--wait-for=x"],
    ["--"], ["--", "--"], ["a", "--", "b"], [""], ["", "", "a", ""], ["-"], ["check"], ["run", "wait"],
    ["a b", "a\nb", "*", "$HOME", "\\", "'", '"'], ["\u00e9\u20ac"], ["x" * 100000],
])
@pytest.mark.parametrize("separator", [[], ["--"], ["run"], ["run", "--"]])
def test_arguments_are_the_same(enter, witness, separator, words):
    run = enter(*separator, witness, "words", *words)
    assert (run.finish().status, run.out) == (0, "".join(f"[{word}]\n" for word in words))


@pytest.mark.parametrize("name", ["-h", "--help", "--", "check", "wait", "run", "install", "--timeout=nonsense"])
def test_command_behind_two_dashes_may_have_any_name(begin, witness, tmp_path, name):
    (tmp_path / name).symlink_to(witness)
    run = begin("--", name, "words", "-h", "--", "", env={"PATH": f"{tmp_path}:/bin"})
    assert (run.finish().status, run.out) == (0, "[-h]\n[--]\n[]\n")


# Its own voice


@pytest.mark.parametrize("words, status", [
    (["true"], 0), (["/nowhere"], 127), (["--nope"], 125), ([], 125), (["sh", "-c", "kill -9 $$"], 137),
    (["--wait-for=file:///nowhere", "--timeout=10ms", "true"], 124), (["--on-timeout=start", "--timeout=10ms",
     "--wait-for=file:///nowhere", "true"], 0),
])
def test_init_says_nothing_on_stdout(enter, words, status):
    run = enter(*["--verbose"] * (words[:1] != []), *words)
    assert (run.finish().status, run.out) == (status, "")
