# SPDX-License-Identifier: MIT
"""How long after the server listens does the command run?"""
import contextlib
import socket
import subprocess
import tempfile
import threading
import time

from common import SHIM, clean_environment, find, free_port, median

AFTER = (0.2, 1, 3, 10)  # seconds until the server listens
ROUNDS = {0.2: 11, 1: 21, 3: 7, 10: 5}


def accept_all(listener):
    with contextlib.suppress(OSError):
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=answer, args=(peer,)).start()


def answer(peer):
    with peer, contextlib.suppress(OSError):
        while peer.recv(65536):
            pass


def lost_time(make_command, after):
    """Seconds between the server's listen(2) and the moment at which the command ran."""
    port = free_port()
    with tempfile.NamedTemporaryFile("r") as stamp:
        command = make_command(port) + ["/bin/sh", "-c", f"date +%s.%N >{stamp.name}"]
        waiting = subprocess.Popen(command, env=clean_environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(after)
        with socket.create_server(("127.0.0.1", port)) as listener:
            listening = time.time()
            thread = threading.Thread(target=accept_all, args=(listener,))
            thread.start()
            if waiting.wait(60):
                raise SystemExit(f"{command} failed")
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
        return float(stamp.read()) - listening


def shim(port):
    return [SHIM, "--wait-for", f"127.0.0.1:{port}", "--"]


def wait_for_it(port):
    return [find("wait-for-it"), f"127.0.0.1:{port}", "-q", "-t", "60", "--"]


def side_by_side(make_command, after):
    """The rounds of one kind overlap: they only wait."""
    lost = []
    threads = [threading.Thread(target=lambda d: (time.sleep(d), lost.append(lost_time(make_command, after))),
                                args=(i * 0.13,)) for i in range(ROUNDS[after])]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if len(lost) != len(threads):
        raise SystemExit("a round failed")
    return lost


def measure(table):
    for after in AFTER:
        others = ""
        if find("wait-for-it") and after == 1:
            others = f"wait-for-it {median(side_by_side(wait_for_it, after)) * 1000:.0f} ms"
        lost = side_by_side(shim, after)
        table.row(f"listens after {after} s: lost, median of {len(lost)}", round(median(lost) * 1000), others,
                  60 if after == 1 else None, "ms")
        table.row(f"listens after {after} s: lost, of the time waited", round(median(lost) / after * 100, 1), "",
                  12 if after >= 1 else None, "%")
