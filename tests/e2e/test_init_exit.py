# SPDX-License-Identifier: MIT
"""How it ends: with the command's status, or with one of its own."""
import os
import resource
import signal

import pytest

from pid1 import begin, enter, init_of, limit, place, witness  # noqa: F401 (fixtures)
from program import start  # noqa: F401 (fixture)

NEVER = ["--wait-for=file:///nowhere", "--timeout=none"]
ENDING = sorted(set(range(1, 65)) - {
    signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH,
    signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU})


# The command's own


@pytest.mark.parametrize("status", [0, 1, 2, 41, 99, 124, 125, 126, 127, 128, 129, 143, 192, 254, 255])
def test_status_of_the_command_is_passed_on(begin, status):
    result = begin("--quiet", "sh", "-c", f"exit {status}").finish()
    assert result == (status, "", "")


def test_command_that_a_signal_ended_is_128_and_its_number(enter, witness):
    for number in ENDING:
        assert enter(witness, "die", number).finish().status == 128 + number, number


# A command that cannot be started


def make_loop(folder):
    os.symlink("loop", folder / "loop")
    return folder / "loop"


def make_file(folder, text, mode=0o755, name="file"):
    path = folder / name
    path.write_bytes(text)
    path.chmod(mode)
    return path


def without_linker(folder):
    """A dynamic program whose linker has another name."""
    program = open(os.path.realpath("/bin/true"), "rb").read()
    assert b"/lib64/ld-" in program
    return make_file(folder, program.replace(b"/lib64/ld-", b"/nope4/ld-"))


CANNOT_START = {
    "missing": (lambda folder: folder / "missing", 127, "ENOENT"),
    "missing-folder": (lambda folder: folder / "missing" / "file", 127, "ENOENT"),
    "dangling-link": (lambda folder: os.symlink("nowhere", folder / "link") or folder / "link", 127, "ENOENT"),
    "not-in-the-path": (lambda folder: "no-such-program", 127, "ENOENT"),
    "empty-name": (lambda folder: "", 127, "ENOENT"),
    "script-without-interpreter": (lambda folder: make_file(folder, b"#!/no/sh -e\n"), 127, "/no/sh.*ENOENT"),
    "script-with-spaces": (lambda folder: make_file(folder, b"#! \t/no/sh\t-e"), 127, "/no/sh.*ENOENT"),
    "program-without-linker": (without_linker, 127, r"/nope4/ld-[\w.-]+: .*ENOENT"),
    "directory": (lambda folder: folder, 126, "EACCES"),
    "not-executable": (lambda folder: make_file(folder, b"#!/bin/sh\n", 0o644), 126, "EACCES"),
    "interpreter-is-a-directory": (lambda folder: make_file(folder, b"#!/tmp\n"), 126, "/tmp.*EACCES"),
    "interpreter-not-executable": (lambda folder: make_file(folder, b"#!/etc/passwd\n"), 126, "/etc/passwd.*EACCES"),
    "below-a-file": (lambda folder: make_file(folder, b"") / "file", 126, "ENOTDIR"),
    "links-in-a-circle": (make_loop, 126, "ELOOP"),
    "name-too-long": (lambda folder: folder / ("x" * 300), 126, "ENAMETOOLONG"),
}
ONLY_THE_KERNEL_KNOWS = {
    "fifo": (lambda folder: os.mkfifo(folder / "fifo", 0o755) or folder / "fifo", 126, "EACCES"),
    "no-program": (lambda folder: make_file(folder, b"echo no\n"), 126, "ENOEXEC"),
    "empty-file": (lambda folder: make_file(folder, b""), 126, "ENOEXEC"),
}


def rows(table):
    return pytest.mark.parametrize("make, status, reason", table.values(), ids=list(table))


@rows({**CANNOT_START, **ONLY_THE_KERNEL_KNOWS})
def test_command_that_cannot_be_started_gives_the_status_and_the_reason(enter, tmp_path, make, status, reason):
    command = make(tmp_path)
    run = enter(command)
    assert run.finish().status == status
    run.await_line(f"^shim: cannot execute {str(command)[:100] or chr(34) * 2}.*{reason}")
    assert (run.err.count("\n"), run.out) == (1, "")


@rows(CANNOT_START)
def test_command_that_cannot_be_started_is_found_out_before_the_wait(enter, tmp_path, make, status, reason):
    run = enter(*NEVER, make(tmp_path))
    assert run.finish().status == status
    run.await_line(f"^shim: cannot execute .*{reason}")
    assert (run.err.count("\n"), run.out) == (1, "")


@rows(ONLY_THE_KERNEL_KNOWS)
def test_what_only_the_kernel_knows_is_said_after_the_wait(enter, tmp_path, make, status, reason):
    run = enter("--wait-for=file:///", make(tmp_path))
    assert run.finish().status == status
    run.await_line(f"cannot execute .*{reason}")


def test_command_that_goes_away_during_the_wait_is_missed_after_it(enter, tmp_path):
    command = make_file(tmp_path, b"#!/bin/sh\n")
    run = enter(f"--wait-for=file://{tmp_path}/flag", command)
    run.await_line("does not exist")
    command.unlink()
    (tmp_path / "flag").touch()
    assert run.finish().status == 127
    run.await_line(f"cannot execute {command}: .*ENOENT")


def test_too_many_words_for_the_kernel_are_said(enter, tmp_path):
    """The limit is a quarter of that of the stack; it shrinks during the wait."""
    run = enter(f"--wait-for=file://{tmp_path}/flag", "true", *["x" * 100_000] * 4)
    run.await_line("does not exist")
    limit(init_of(run), resource.RLIMIT_STACK, 128 * 1024)
    (tmp_path / "flag").touch()
    assert run.finish().status == 126
    run.await_line("cannot execute true: .*E2BIG")


# Where it looks


def make_program(folder, name="tool", mode=0o755):
    folder.mkdir(exist_ok=True)
    return make_file(folder, f"#!/bin/sh\necho {folder.name}\n".encode(), mode, name)


@pytest.mark.parametrize("path, found", [
    ("a:b", "a"),
    ("b:a", "b"),
    ("none:a", "a"),
    ("closed:a", "a"),  # is there and cannot be executed
    ("folders:a", "a"),  # a directory of that name
    ("a/tool:a", "a"),  # ENOTDIR
])
def test_first_in_the_path_that_can_be_executed_is_taken(begin, tmp_path, path, found):
    for name in "ab":
        make_program(tmp_path / name)
    make_program(tmp_path / "closed", mode=0o644)
    (tmp_path / "folders" / "tool").mkdir(parents=True)
    result = begin("tool", env={"PATH": ":".join(f"{tmp_path}/{word}" for word in path.split(":"))}).finish()
    assert (result.status, result.out) == (0, f"{found}\n")


@pytest.mark.parametrize("path", ["", ":/nowhere", "/nowhere:", "/nowhere::/nowhere"])
def test_empty_word_in_the_path_is_the_working_directory(begin, tmp_path, path):
    make_program(tmp_path / "here")
    result = begin("tool", env={"PATH": path}, cwd=tmp_path / "here").finish()
    assert (result.status, result.out) == (0, "here\n")


def test_without_a_path_the_usual_directories_are_searched(begin, witness):
    run = begin("env", before=[witness, "with", "entry=A=1"])
    assert (run.finish().status, run.out) == (0, "A=1\n")


def test_name_with_a_slash_is_not_searched_for(begin, tmp_path):
    make_program(tmp_path / "a")
    assert begin("./tool", env={"PATH": str(tmp_path / "a")}, cwd=tmp_path).finish().status == 127


def test_only_what_cannot_be_executed_in_the_path_is_126(begin, tmp_path):
    make_program(tmp_path / "closed", mode=0o644)
    assert begin("tool", env={"PATH": f"/nowhere:{tmp_path}/closed:/nowhere"}).finish().status == 126


# Its own


@pytest.mark.parametrize("words", [
    [], ["--"], ["--nope", "true"], ["--timeout", "true"], ["--timeout=soon", "true"], ["--wait-for=nope://x", "true"],
    ["run"], ["install"], ["--wait-for=file:///"],
])
def test_mistake_in_its_arguments_is_125_and_starts_nothing(enter, tmp_path, words):
    run = enter(*words)
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: ")


def test_wait_that_takes_too_long_is_124(enter, tmp_path):
    run = enter("--wait-for=file:///nowhere", "--timeout=50ms", "touch", tmp_path / "started")
    assert (run.finish().status, run.out) == (124, "")
    assert not (tmp_path / "started").exists()
