# SPDX-License-Identifier: MIT
import contextlib
import fcntl
import os
import pathlib
import signal

from experiment import (
    NAME, begin, begin_sleep, cell, ends_with, names_error, option, section, status_of_end, temporary_folder,
    variables, witness)
from pid1 import init_of
from program import SHIM
from test_init_bare import BECOME, bare_root, fill

row = section("Bare images")


@row("an empty, read-only root, uid 65532, no capabilities, no-new-privileges (`tini-static` for tini)")
def empty_root():
    static = SHIM.with_name(f"{NAME}-static")
    with temporary_folder() as folder:
        programs = {NAME: static if static.exists() else SHIM, "witness": witness()}
        words = bare_root(pathlib.Path(folder, "root"), programs)
        run = begin("/witness", "listen", place=words, program=f"/{NAME}")
        run.await_output("^ready$")
        os.kill(init_of(run), signal.SIGUSR1)
        run.await_output("^10$")
        return cell(ends_with(143, "/witness", "die", "15", place=words, program=f"/{NAME}"))


@row("a process that is refused (pids limit) is said, and ends it")
def refused():
    run = begin("true", before=[*BECOME, "prlimit", "--nproc=0:0"])
    return cell(status_of_end(run) not in (0, None) and names_error(run.err, "EAGAIN"))


@contextlib.contextmanager
def full_pipe():
    reader, writer = os.pipe()
    fill(writer)
    yield writer
    os.close(reader)
    os.close(writer)


@row("when stderr is a full pipe and it is verbose, the command starts all the same, and TERM reaches it")
def full_stderr():
    with full_pipe() as writer:
        run, init, _ = begin_sleep(options=option("verbose"), env=variables("verbose"), stderr=writer)
        os.kill(init, signal.SIGTERM)
        return cell(status_of_end(run) == 143)


@row("the flags of inherited descriptors are never touched")
def flags():
    with full_pipe() as writer:
        before = fcntl.fcntl(writer, fcntl.F_GETFL)
        begin_sleep(options=option("verbose"), env=variables("verbose"), stdout=writer)
        return cell(fcntl.fcntl(writer, fcntl.F_GETFL) == before)
