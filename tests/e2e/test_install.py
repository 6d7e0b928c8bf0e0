# SPDX-License-Identifier: MIT
"""install: a copy of the program for another container, whole or not at all."""
import os
import shutil
import stat

import pytest

from program import SHIM, VERSION, needs_namespaces, shim, start  # noqa: F401 (fixtures)


def assert_is_shim(shim, path):
    assert path.read_bytes() == SHIM.read_bytes()
    assert shim("--version", program=path).out == f"shim {VERSION}\n"


def test_it_is_copied_to_a_file(shim, tmp_path):
    assert shim("install", tmp_path / "init") == (0, "", "")
    assert_is_shim(shim, tmp_path / "init")
    assert os.listdir(tmp_path) == ["init"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_is_copied_into_a_directory_under_its_own_name(shim, tmp_path, slash):
    assert shim("install", f"{tmp_path}{slash}").status == 0
    assert_is_shim(shim, tmp_path / "shim")
    assert os.listdir(tmp_path) == ["shim"]


def test_relative_path_is_where_it_is_called(shim, tmp_path):
    assert shim("install", "init", cwd=tmp_path).status == 0
    assert shim("install", ".", cwd=tmp_path).status == 0
    assert sorted(os.listdir(tmp_path)) == ["init", "shim"]


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_everybody_may_execute_it_whatever_the_umask(shim, tmp_path, umask):
    assert shim("install", tmp_path / "init", umask=umask).status == 0
    assert stat.S_IMODE((tmp_path / "init").stat().st_mode) == 0o755


def test_copy_can_copy_itself(shim, tmp_path):
    shim("install", tmp_path / "a")
    assert shim("install", tmp_path / "b", program=tmp_path / "a").status == 0
    assert_is_shim(shim, tmp_path / "b")


def test_running_program_is_replaced_and_goes_on(shim, start, tmp_path):
    shutil.copy(SHIM, tmp_path / "shim")
    run = start("wait", f"file://{tmp_path}/flag", program=tmp_path / "shim")
    run.await_line("does not exist")
    assert shim("install", tmp_path / "shim").status == 0
    assert shim("install", tmp_path / "shim", program=tmp_path / "shim").status == 0
    (tmp_path / "flag").touch()
    assert run.finish().status == 0


def test_what_stood_there_is_replaced(shim, tmp_path):
    (tmp_path / "init").write_text("old")
    (tmp_path / "init").chmod(0o600)
    assert shim("install", tmp_path / "init").status == 0
    assert_is_shim(shim, tmp_path / "init")
    assert stat.S_IMODE((tmp_path / "init").stat().st_mode) == 0o755


def test_link_is_replaced_and_not_what_it_points_to(shim, tmp_path):
    (tmp_path / "precious").write_text("stays")
    (tmp_path / "init").symlink_to(tmp_path / "precious")
    assert shim("install", tmp_path / "init").status == 0
    assert (tmp_path / "precious").read_text() == "stays"
    assert_is_shim(shim, tmp_path / "init")


def make_fifo(path):
    os.mkfifo(path)


def make_device(path):
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))


@pytest.mark.parametrize("make", [make_fifo, pytest.param(make_device, marks=pytest.mark.skipif(os.geteuid() != 0, reason="needs root"))])
def test_only_a_file_is_replaced(shim, tmp_path, make):
    """A slip like "install /dev/null" must not take the device away from everybody."""
    make(tmp_path / "special")
    result = shim("install", tmp_path / "special")
    assert (result.status, result.err) == (125, f"shim: cannot copy shim to {tmp_path}/special: file exists (EEXIST)\n")
    assert not stat.S_ISREG((tmp_path / "special").stat().st_mode)
    assert os.listdir(tmp_path) == ["special"]


@pytest.mark.parametrize("path, words", [
    ("{}/no/init", "no such file or directory (ENOENT)"),
    ("{}/no/", "no such file or directory (ENOENT)"),
    ("", "no such file or directory (ENOENT)"),
    ("{}/file/init", "a part of the path is not a directory (ENOTDIR)"),
    ("{}/" + "x" * 250, "file name too long (ENAMETOOLONG)"),
    ("/" + "x/" * 3000, "file name too long (ENAMETOOLONG)"),
])
def test_place_that_cannot_be_is_told(shim, tmp_path, path, words):
    (tmp_path / "file").touch()
    result = shim("install", path.format(tmp_path))
    assert (result.status, result.out) == (125, "")
    assert result.err.endswith(f": {words}\n")
    assert result.err.count("\n") == 1
    assert os.listdir(tmp_path) == ["file"]


def test_directory_in_the_place_of_the_copy_stays(shim, tmp_path):
    (tmp_path / "shim").mkdir()
    assert shim("install", tmp_path).status == 125
    assert os.listdir(tmp_path) == ["shim"]


def test_json_holds_for_it_too(shim):
    result = shim("--log=json", "install", "/no/init")
    assert result.status == 125
    assert '"level":"error","event":"install","message":"cannot copy shim to /no/init: no such file or directory (ENOENT)"' in result.err


def mounted(tmp_path, options):
    """Words before a command for which that folder is a small file system of its own."""
    return ["unshare", "-m", "sh", "-c", f'mount -t tmpfs -o {options} none {tmp_path}; exec "$0" "$@"']


@needs_namespaces
def test_read_only_place_is_told(shim, tmp_path):
    result = shim("install", tmp_path, before=mounted(tmp_path, "ro"))
    assert (result.status, result.err) == (125, f"shim: cannot copy shim to {tmp_path}: read-only file system (EROFS)\n")


@needs_namespaces
def test_disk_that_is_full_leaves_nothing_behind(shim, tmp_path):
    before = ["unshare", "-m", "sh", "-c", f'mount -t tmpfs -o size=32k none {tmp_path}; "$0" "$@"; s=$?; ls {tmp_path}; exit $s']
    result = shim("install", tmp_path, before=before)
    assert result == (125, "", f"shim: cannot copy shim to {tmp_path}: no space left on device (ENOSPC)\n")


@needs_namespaces
@pytest.mark.parametrize("cwd, program", [("/", SHIM), (SHIM.parent, "./shim")])
def test_it_finds_itself_without_proc(shim, tmp_path, cwd, program):
    before = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc; exec "$0" "$@"']
    assert shim("install", tmp_path / "init", before=before, cwd=cwd, program=program) == (0, "", "")
    assert_is_shim(shim, tmp_path / "init")


@needs_namespaces
def test_user_who_may_not_write_there_is_told(shim, tmp_path):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    result = shim("install", tmp_path, before=nobody)
    assert (result.status, result.err) == (125, f"shim: cannot copy shim to {tmp_path}: permission denied (EACCES)\n")
