# SPDX-License-Identifier: MIT
"""Targets without a server: files, disks and variables."""
import os
import shutil
import socket

import pytest

from program import SHIM, needs_namespaces, shim, start  # noqa: F401 (fixtures)

OFTEN = ("--interval=5ms", "--max-interval=5ms", "--timeout=none")
MIB = 1024 * 1024


def reason(shim, target, **options):
    """What check says of it; None when it is ready."""
    result = shim("check", target + ("," if "#" in target else "#") + "name=it", **options)
    assert result.status == (0 if result.out.startswith(("it: ready (", "it: gone (")) else 1), result
    assert result.err == ""
    return None if result.status == 0 else result.out.removeprefix("it: not ready: ").rsplit(" (", 1)[0]


# Files


@pytest.mark.parametrize("content, text, is_there", [
    (b"one two three", "two", True),
    (b"one two three", "one", True),
    (b"one two three", "three", True),
    (b"one two three", "four", False),
    (b"aaab", "aab", True),
    (b"tw", "two", False),
    (b"", "x", False),
    (b"a\0b\nc", "b%0Ac", True),
    (b"a,b#c", "a%2Cb%23c", True),
])
def test_text_is_looked_for_as_it_stands(shim, tmp_path, content, text, is_there):
    (tmp_path / "log").write_bytes(content)
    expected = None if is_there else "does not contain the text in its first MiB"
    assert reason(shim, f"file://{tmp_path}/log#contains={text}") == expected


@pytest.mark.parametrize("text", ["ready", "r" + "e" * 998 + "y"])
def test_text_is_found_wherever_it_stands(shim, tmp_path, text):
    """A file is read in pieces of a power of two, and the text may begin in any of them."""
    places = [piece - back for piece in (4096, 8192, 16384, 65536) for back in (1, len(text) // 2, len(text) - 1, len(text))]
    for number, place in enumerate(places):
        (tmp_path / f"log{number}").write_bytes(b"r" * place + text.encode() + b"e" * 9)
    targets = [f"file://{tmp_path}/log{number}#contains={text}" for number in range(len(places))]
    assert shim("check", *targets).status == 0


def test_no_more_than_the_first_mib_is_read(shim, tmp_path):
    (tmp_path / "in").write_bytes(b"." * (MIB - 5) + b"ready")
    (tmp_path / "out").write_bytes(b"." * (MIB + 65536) + b"ready")
    assert reason(shim, f"file://{tmp_path}/in#contains=ready") is None
    assert reason(shim, f"file://{tmp_path}/out#contains=ready") == "does not contain the text in its first MiB"
    assert reason(shim, "file:///dev/zero#contains=x") == "is no regular file"


@pytest.mark.parametrize("size, demand, expected", [
    (0, "1", "is too small (0 KiB)"), (1, "1", None), (1023, "1K", "is too small (0 KiB)"), (1024, "1K", None),
    (5000, "5001", "is too small (4 KiB)"), (2 * MIB, "2M", None), (3 << 30, "4G", "is too small (3145728 KiB)"),
    (4 << 30, "4G", None),
])
def test_size_at_least(shim, tmp_path, size, demand, expected):
    with open(tmp_path / "file", "wb") as file:
        file.truncate(size)
    assert reason(shim, f"file://{tmp_path}/file#min-size={demand}") == expected


def test_both_are_asked_for(shim, tmp_path):
    (tmp_path / "file").write_text("ready")
    target = f"file://{tmp_path}/file"
    assert reason(shim, f"{target}#contains=ready,min-size=5") is None
    assert reason(shim, f"{target}#contains=ready,min-size=6") == "is too small (0 KiB)"
    assert reason(shim, f"{target}#contains=steady,min-size=5") == "does not contain the text in its first MiB"


def test_file_that_comes_late_and_grows(start, tmp_path):
    run = start("wait", f"file://{tmp_path}/log#name=log,min-size=20,contains=all systems up", *OFTEN)
    run.await_line("^shim: log: does not exist$")
    with open(tmp_path / "log", "wb", buffering=0) as log:
        run.await_line(r"^shim: log: is too small \(0 KiB\)$")
        log.write(b"." * 30)
        run.await_line("^shim: log: does not contain the text in its first MiB$")
        log.write(b"all systems")
        log.write(b" up")
    assert run.finish().status == 0


def test_text_may_come_from_a_variable_and_is_not_shown(shim, tmp_path):
    (tmp_path / "file").write_text("other")
    result = shim("check", "--log=json", f"file://{tmp_path}/file#contains=${{TOKEN}}", env={"TOKEN": "s3cret"})
    assert result.status == 1
    assert "s3cret" not in result.out + result.err


WANTS = ["", "#contains=a", "#min-size=1", "#down"]


@pytest.mark.parametrize("want", WANTS)
def test_what_is_no_file_holds_nobody_up(shim, tmp_path, want):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "directory").mkdir()
    socket.socket(socket.AF_UNIX).bind(str(tmp_path / "socket"))
    kinds = {"fifo": "is no regular file", "directory": "is a directory", "socket": "is no regular file"}
    for name, words in kinds.items():
        expected = {"": None, "#down": "still there"}.get(want, words)
        assert reason(shim, f"file://{tmp_path}/{name}{want}") == expected


@pytest.mark.parametrize("want", WANTS)
def test_each_way_not_to_be_there_has_its_reason(shim, tmp_path, want):
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    is_down = want == "#down"
    assert reason(shim, f"file://{tmp_path}/nowhere{want}") == (None if is_down else "does not exist")
    assert reason(shim, f"file://{tmp_path}/dangling{want}") == (None if is_down else "is a link to what does not exist")
    assert reason(shim, f"file://{tmp_path}/loop{want}") == "too many symbolic links (ELOOP)"
    assert reason(shim, f"file://{tmp_path}/file/x{want}") == "a part of the path is not a directory (ENOTDIR)"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
@pytest.mark.parametrize("want", WANTS)
def test_what_may_not_be_looked_at_proves_nothing(shim, tmp_path, want):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").touch()
    os.chown(folder, 65532, 65532)
    folder.chmod(0o700)  # for root too, once it has no capabilities
    assert reason(shim, f"file://{folder}/file{want}") == "permission denied (the wait runs without capabilities)"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_what_may_not_be_read(shim, tmp_path):
    (tmp_path / "file").write_text("ready")
    os.chown(tmp_path / "file", 65532, 65532)
    (tmp_path / "file").chmod(0o600)
    assert reason(shim, f"file://{tmp_path}/file#min-size=5") is None
    assert reason(shim, f"file://{tmp_path}/file#contains=ready") == "permission denied (the wait runs without capabilities)"


def test_file_that_goes_is_waited_for(start, tmp_path):
    (tmp_path / "lock").touch()
    run = start("wait", f"file://{tmp_path}/lock#name=lock,down", *OFTEN)
    run.await_line("^shim: lock: still there$")
    (tmp_path / "lock").unlink()
    assert run.finish().status == 0


def test_down_turns_round_what_is_asked_of_the_content(shim, tmp_path):
    (tmp_path / "file").write_text("maintenance")
    assert reason(shim, f"file://{tmp_path}/file#contains=maintenance,down") == "still there"
    assert reason(shim, f"file://{tmp_path}/file#contains=open,down") is None
    assert reason(shim, f"file://{tmp_path}/file#min-size=12,down") is None


# Disks


@needs_namespaces
def test_disk_is_waited_for_until_enough_is_free(start, tmp_path):
    """A file system of 8 MiB, of which 5 are taken, and given back."""
    script = 'mount -t tmpfs -o size=8M none "$1" && head -c 5M /dev/zero >"$1/big" && echo full && exec "$2" wait' \
             ' "disk://$1/sub#name=disk,free=4M" --interval=5ms --max-interval=5ms --timeout=none'
    run = start(tmp_path, SHIM, before=["unshare", "-m", "sh", "-c", script], program="sh")
    run.await_line("^shim: disk: does not exist$")
    root = f"/proc/{run.pid}/root{tmp_path}"
    os.mkdir(f"{root}/sub")
    run.await_line("^shim: disk: only 3 MiB free$")
    os.unlink(f"{root}/big")
    assert run.finish().status == 0


def test_disk_that_has_enough(shim):
    free = shutil.disk_usage("/").free
    assert free > 2 * MIB, "these tests need some room"
    assert reason(shim, "disk:///#free=1M") is None
    assert reason(shim, "disk:///#free=1048576") is None
    assert reason(shim, "disk:///#free=8388607T").endswith(" MiB free")


# Variables


def test_variable_that_is_set(shim):
    assert reason(shim, "env:TOKEN", env={"TOKEN": "s3cret"}) is None


@pytest.mark.parametrize("env, words", [({}, "is not set"), ({"TOKEN": ""}, "is empty"), ({"TOKEN2": "x"}, "is not set")])
def test_variable_that_is_not_ends_the_wait_at_once(shim, env, words):
    """Nobody can change the environment of a process that runs."""
    assert reason(shim, "env:TOKEN", env=env) == words
    result = shim("wait", "env:TOKEN", "file:///nowhere#name=other", "--timeout=none", env=env)
    assert result.status == 124
    assert f"shim:   env:TOKEN  1         " in result.err
    assert words in result.err


def test_variable_that_is_not_set_but_optional(shim):
    result = shim("--wait-for=env:TOKEN#optional", "--", "sh", "-c", "echo $SHIM_DEGRADED")
    assert (result.status, result.out) == (0, "env:TOKEN\n")
    assert "shim: env:TOKEN: given up after " in result.err


def test_variable_that_the_command_is_given(shim):
    assert shim("--wait-for=env:TOKEN", "--env=TOKEN=x", "true").status == 0


def test_value_of_a_variable_is_never_printed(shim):
    result = shim("wait", "--verbose", "env:TOKEN", "env:OTHER", env={"TOKEN": "s3cret"})
    assert "s3cret" not in result.out + result.err


def test_service_that_is_called_env(shim):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = shim("check", f"env:{port}", "--attempt-timeout=2s")
    assert f"tcp://env:{port}: " in result.out  # a host and a port, though this machine knows no such host
