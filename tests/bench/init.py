# SPDX-License-Identifier: MIT
"""What init costs while the command runs, and how quickly it starts one."""
import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from common import SHIM, find, http_server, free_port

WATCHED = 60  # seconds without a wake-up
NAMESPACE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--pid", "--fork", "--mount-proc"]


def write_back_program_of(pid):
    """A file that was linked just now is dirty itself, and counts so wherever it is mapped."""
    fd = os.open(f"/proc/{pid}/exe", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def memory_of(pid):
    """KiB: (private dirty, resident)"""
    write_back_program_of(pid)
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    field = {k: int(v) for k, v in re.findall(r"^(\w+):\s+(\d+) kB", text, re.M)}
    return field["Private_Dirty"], field["Rss"]


def wake_ups_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", text))


@contextlib.contextmanager
def as_pid_1(init_command):
    """The pid, as seen from here, of an init whose command runs."""
    outer = subprocess.Popen([*NAMESPACE, *init_command, "sleep", "600"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    try:
        yield find_init(outer.pid)
    finally:
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.kill(child_of(outer.pid), signal.SIGKILL)
        outer.wait()


def child_of(pid):
    return int(pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def find_init(outer):
    """Waits until the init's last child is the command."""
    for _ in range(1000):
        with contextlib.suppress(IndexError, OSError):
            pid = child_of(outer)
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if any(pathlib.Path(f"/proc/{c}/comm").read_text() == "sleep\n" for c in children):
                return pid
        time.sleep(0.01)
    raise SystemExit("the init did not start its command")


def measure_memory(table):
    port = free_port()
    with http_server(port), as_pid_1([SHIM, "--wait-for", f"http://127.0.0.1:{port}/"]) as pid:
        time.sleep(0.2)
        dirty, resident = memory_of(pid)
    others = {}
    for name in ("tini", "dumb-init", "catatonit"):
        if find(name):
            with as_pid_1([find(name), "--"]) as pid:
                time.sleep(0.2)
                others[name] = memory_of(pid)
    table.row("init after the wait: private dirty", dirty,
              ", ".join(f"{n} {d}" for n, (d, _) in others.items()), 28, "KiB")
    table.row("init after the wait: resident", resident,
              ", ".join(f"{n} {r:,}" for n, (_, r) in others.items()), 150, "KiB")


def measure_wake_ups(table):
    inits = {"shim": [SHIM]}
    inits.update({n: [find(n), "--"] for n in ("tini", "dumb-init", "catatonit") if find(n)})
    with contextlib.ExitStack() as stack:
        pids = {n: stack.enter_context(as_pid_1(c)) for n, c in inits.items()}
        time.sleep(0.5)
        before = {n: wake_ups_of(p) for n, p in pids.items()}
        time.sleep(WATCHED)
        woken = {n: wake_ups_of(p) - before[n] for n, p in pids.items()}
    table.row(f"wake-ups in {WATCHED} s idle", woken.pop("shim"),
              ", ".join(f"{n} {w}" for n, w in woken.items()), 0)


def calls_until_exec(command):
    """System calls from init's exec to the command's, in init and in what it started: [(pid, line)]"""
    with tempfile.NamedTemporaryFile("r") as trace:
        subprocess.run(["strace", "-f", "-o", trace.name, *command, "/bin/true"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        lines = [line.split(maxsplit=1) for line in trace]
    first, child = lines[0][0], next(p for p, text in lines if p != lines[0][0])
    mine = [text for p, text in lines if p == first]
    until_fork = next(i for i, text in enumerate(mine) if text.startswith(("clone", "fork", "vfork")))
    begun = [text for p, text in lines if p == child and "resumed>" not in text]
    until_exec = next(i for i, text in enumerate(begun) if "/bin/true" in text)
    return mine[1:until_fork + 1] + begun[:until_exec + 1]


def blocked_by(calls):
    """The number of the call that blocks all signals, but perhaps those of faults and libc's own."""
    blocking = (i for i, text in enumerate(calls, 1) if re.match(r"rt_sigprocmask\(SIG_(SETMASK|BLOCK), ~\[", text))
    return next(blocking, len(calls))


def measure_calls(table):
    if not find("strace"):
        table.note("system calls from exec to the command's exec", "strace is not installed")
        return
    calls = calls_until_exec([SHIM])
    others = {n: len(calls_until_exec([find(n), *option, "--"]))
              for n, option in (("tini", ["-s"]), ("dumb-init", []), ("catatonit", [])) if find(n)}
    table.row("system calls from exec to the command's exec", len(calls),
              ", ".join(f"{n} {c}" for n, c in others.items()), 15)
    table.row("every signal is blocked by system call number", blocked_by(calls), "", 3)


def measure(table):
    measure_calls(table)
    if subprocess.run([*NAMESPACE, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        table.note("memory and wake-ups of init", "this machine lets nobody make a PID namespace")
        return
    measure_memory(table)
    measure_wake_ups(table)
