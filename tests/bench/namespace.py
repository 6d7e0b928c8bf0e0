# SPDX-License-Identifier: MIT
"""The inits, each as PID 1 of a namespace of its own."""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

from common import ROOT, SHIM, clean_environment, find

sys.path.insert(1, str(ROOT / "tests/e2e"))
from processes import children  # noqa: E402
from witness import compile_witness  # noqa: E402

NAMESPACE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--pid", "--fork", "--mount-proc"]
INITS = {"shim": [SHIM, "--"],
         **{name: [path, *options, "--"] for name, options in (("tini", ["-s"]), ("dumb-init", []), ("catatonit", []))
            if (path := find(name))}}
Run = namedtuple("Run", "pid stdout")


def may_unshare():
    return subprocess.run([*NAMESPACE, "true"], stderr=subprocess.DEVNULL).returncode == 0


@contextlib.contextmanager
def witness():
    """The command of tests that tells what it hears."""
    with tempfile.TemporaryDirectory() as folder:
        yield str(compile_witness(folder))


@contextlib.contextmanager
def as_pid_1(init, *command):
    """An init whose command runs: its pid, as seen from here, and what the command says."""
    outer = subprocess.Popen([*NAMESPACE, *init, *command], env=clean_environment(), bufsize=0,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield Run(find_init(outer.pid, os.path.basename(command[0])), outer.stdout)
    finally:
        with contextlib.suppress(OSError, IndexError):
            os.kill(children(outer.pid)[0], signal.SIGKILL)
        outer.wait()
        outer.stdout.close()


def find_init(outer, command):
    """Waits until the init has the command for a child."""
    for _ in range(1000):
        with contextlib.suppress(IndexError, OSError):
            pid = children(outer)[0]
            if any(pathlib.Path(f"/proc/{c}/comm").read_text() == f"{command}\n" for c in children(pid)):
                return pid
        time.sleep(0.01)
    raise SystemExit("the init did not start its command")
