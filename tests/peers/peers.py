# SPDX-License-Identifier: MIT
"""Other inits' own tests, run against shim under their names.

What cannot hold for shim stands in tables of the test files, each with the reason, and is asserted to fail, and where:
nothing is left out silently. What they run is in a PID namespace of its own, below tini as what reaps what they leave
there, and ends with it. SHIM names another program to test: the original is how to see that the tests run as they should.
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = ROOT / "build" / "peers"
sys.path[1:1] = [str(HERE.parent / "e2e")]

from program import SHIM  # noqa: E402

LIMIT = 1200  # seconds for a suite; only what hangs comes near it
NAMES = ["tini", "tini-static", "dumb-init", "catatonit"]
NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
# Their tests sleep for as long as something is to take, which is too short on a busy machine: on a second go that is longer.
SLOW_SLEEP = '#!/bin/sh\nexec /bin/sleep "$@" "$@" "$@" "$@"\n'

if not (PEERS / ".unpacked").exists():
    subprocess.run([ROOT / "tools" / "peers", ROOT / "build"], check=True)


not_held = {}  # {(test, why): in how many cases}, for the end of the run


def cannot_hold(name, why):
    """A test of theirs fails where the table says."""
    key = name.split("[")[0], why
    not_held[key] = not_held.get(key, 0) + 1


def source(path):
    return (PEERS / path).read_text()


def make_programs(folder):
    """shim under their names, and Python as their scripts call it."""
    for name in NAMES:
        (folder / name).symlink_to(SHIM)
    (folder / "python").symlink_to("/usr/bin/python3")
    (folder / "slow").mkdir()
    (folder / "slow" / "sleep").write_text(SLOW_SLEEP)
    (folder / "slow" / "sleep").chmod(0o755)
    return folder


def run(programs, *words, below=("tini", "--"), slow=False, env=(), **options):
    """In a namespace of its own, with their programs first in the path."""
    path = f"{programs}:/usr/local/bin:/usr/bin:/bin"
    below = [f"/usr/bin/{below[0]}", *below[1:]] if below else []
    return subprocess.run([*NAMESPACE, *below, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env={"PATH": f"{programs}/slow:{path}" if slow else path, "PYTHONPATH": str(HERE / "modules"),
                               "PYTHONDONTWRITEBYTECODE": "1", **dict(env)}, timeout=LIMIT, errors="replace", **options)


def told(done):
    return f"status {done.returncode}\n{done.stdout}\n{done.stderr}"


def within_three_goes(go):
    """The last of at most three runs. What their tests take for done by then depends on the machine."""
    for times in range(3):
        done = go(slow=times > 0)
        if done.returncode == 0:
            break
    return done
