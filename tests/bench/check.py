# SPDX-License-Identifier: MIT
"""A health check: one HTTP request, beside curl."""
import pathlib

from common import SHIM, compare, find, nginx

ROUNDS = 100


def show(table, what, results, bounds):
    for i, kind in enumerate(("wall", "CPU")):
        mine = results["shim"][i] * 1000
        others = f"curl {results['curl'][i] * 1000:.2f} ms" if "curl" in results else ""
        table.row(f"{what}: {kind}, median of {ROUNDS}", mine, others, None, "ms")
        if "curl" in results and bounds[i]:
            table.row(f"{what}: {kind}, shim / curl", mine / (results["curl"][i] * 1000), "", bounds[i])


BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def measure_verified(table, what, url, anchors):
    commands = {"shim": [SHIM, "check", f"{url}#ca={anchors}"]}
    if find("curl"):
        commands["curl"] = [find("curl"), "-fsS", "--cacert", str(anchors), url]
    show(table, what, compare(commands, ROUNDS), (1.5, None))


def measure(table):
    if not find("nginx"):
        table.note("check", "nginx is not installed")
        return
    with nginx() as (folder, clear, tls):
        http = f"http://127.0.0.1:{clear}/"
        https = f"https://localhost:{tls}/"
        commands = {"shim": [SHIM, "check", http]}
        if find("curl"):
            commands["curl"] = [find("curl"), "-fsS", http]
        show(table, "check http", compare(commands, ROUNDS), (1.0, 1.0))
        measure_verified(table, "check https, one anchor", https, folder / "ca.pem")
        if BUNDLE.exists():
            anchors = folder / "anchors.pem"
            anchors.write_bytes(BUNDLE.read_bytes() + (folder / "ca.pem").read_bytes())
            measure_verified(table, "check https, Debian's bundle", https, anchors)
