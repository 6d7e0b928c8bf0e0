# SPDX-License-Identifier: MIT
"""How long after the server listens does the command run?"""
import contextlib
import socket
import subprocess
import tempfile
import threading
import time

from common import SHIM, clean_environment, find, median

AFTER = (0.2, 1, 3, 10)  # seconds until the server listens
ROUNDS = {0.2: 21, 1: 41, 3: 21, 10: 14}


def accept_all(listener):
    with contextlib.suppress(OSError):
        while True:
            listener.accept()[0].close()


def lost_time(make_command, after):
    """Seconds between the server's listen(2) and the moment at which the command ran."""
    with socket.socket() as listener, tempfile.NamedTemporaryFile("r") as stamp:
        listener.bind(("127.0.0.1", 0))  # until it listens, connections are refused, and the port is taken
        command = make_command(listener.getsockname()[1]) + ["/bin/sh", "-c", f"date +%s.%N >{stamp.name}"]
        waiting = subprocess.Popen(command, env=clean_environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(after)
        listener.listen()
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


def run_round(make_command, after, start, results):
    time.sleep(start)
    results.append((after, lost_time(make_command, after)))


def side_by_side(kinds, around):
    """{kind: [(waited, lost)]}. The rounds overlap: they only wait.

    Moments from half of `around` to one and a half: who looks once a second would lose nothing after exactly one.
    """
    rounds = ROUNDS[around]
    results = {kind: [] for kind in kinds}
    threads = [threading.Thread(target=run_round, args=(kinds[kind], around * (0.5 + i / (rounds - 1)), i * 0.13,
                                                        results[kind])) for i in range(rounds) for kind in kinds]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if any(len(rows) != rounds for rows in results.values()):
        raise SystemExit("a round failed")
    return results


def median_milliseconds(rows):
    return round(median(lost for _, lost in rows) * 1000)


def median_percent(rows):
    return round(median(lost / waited for waited, lost in rows) * 100, 1)


def measure(table):
    kinds = {"shim": shim}
    if find("wait-for-it"):
        kinds["wait-for-it"] = wait_for_it
    for after in AFTER:
        results = side_by_side(kinds, after)
        mine = results.pop("shim")
        others = {kind: (median_milliseconds(rows), median_percent(rows)) for kind, rows in results.items()}
        table.row(f"listens after about {after} s: lost, median of {len(mine)}", median_milliseconds(mine),
                  ", ".join(f"{kind} {lost} ms" for kind, (lost, _) in others.items()), 60 if after == 1 else None, "ms")
        table.row(f"listens after about {after} s: lost, of the time waited", median_percent(mine),
                  ", ".join(f"{kind} {percent} %" for kind, (_, percent) in others.items()),
                  12 if after >= 1 else None, "%")
