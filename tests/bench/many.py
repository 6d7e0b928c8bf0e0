# SPDX-License-Identifier: MIT
"""1, 10, 100 and 1,000 targets: time and memory grow no faster than their number."""
import contextlib
import pathlib
import re
import resource
import socket
import subprocess
import tempfile
import threading

from common import SHIM, clean_environment, free_port, median, timed
from wait import accept_all

COUNTS = (1, 10, 100, 1000)


@contextlib.contextmanager
def tcp_server():
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        thread = threading.Thread(target=accept_all, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextlib.contextmanager
def wait_file(count, port, extra=""):
    with tempfile.NamedTemporaryFile("w") as f:
        f.writelines(f"127.0.0.1:{port}#name=t{i}\n" for i in range(count))
        f.write(extra)
        f.flush()
        yield f.name


def peak_of(count, port):
    """KiB of the process that waits for `count` targets that are ready, and one that never is."""
    late = free_port()
    with wait_file(count, port, f"127.0.0.1:{late}#name=late\n") as path:
        process = subprocess.Popen([SHIM, "wait", "--wait-file", path], env=clean_environment(),
                                   stderr=subprocess.PIPE, text=True)
        ready = 0
        for line in process.stderr:
            ready += ": ready after" in line
            if ready == count:
                break
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        process.kill()
        process.stderr.close()
        process.wait()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def measure(table):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))
    walls, peaks = {}, {}
    with tcp_server() as port:
        for count in COUNTS:
            with wait_file(count, port) as path:
                walls[count] = median(timed([SHIM, "wait", "--quiet", "--wait-file", path])[0] for _ in range(7))
            peaks[count] = peak_of(count, port)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for count in COUNTS:
        table.row(f"{count:,} TCP targets: wall", walls[count] * 1000, "", None, "ms")
        table.row(f"{count:,} TCP targets: peak resident", peaks[count], "", 4096 if count == 1000 else None, "KiB")
    for few, more in zip(COUNTS, COUNTS[1:]):
        table.row(f"time of {more:,} / time of {few:,}", walls[more] / walls[few], "", 10)
        table.row(f"memory of {more:,} / memory of {few:,}", peaks[more] / peaks[few], "", 10)
