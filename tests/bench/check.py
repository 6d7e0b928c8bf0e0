# SPDX-License-Identifier: MIT
"""A health check: one HTTP request, beside curl."""
from common import SHIM, compare, find, nginx

ROUNDS = 100


def show(table, what, results, bounds):
    for i, kind in enumerate(("wall", "CPU")):
        mine = results["shim"][i] * 1000
        others = f"curl {results['curl'][i] * 1000:.2f} ms" if "curl" in results else ""
        table.row(f"{what}: {kind}, median of {ROUNDS}", mine, others, None, "ms")
        if "curl" in results and bounds[i]:
            table.row(f"{what}: {kind}, shim / curl", mine / (results["curl"][i] * 1000), "", bounds[i])


def measure(table):
    if not find("nginx"):
        table.note("check", "nginx is not installed")
        return
    with nginx() as (folder, clear, tls):
        http = f"http://127.0.0.1:{clear}/"
        https = f"https://localhost:{tls}/"
        commands = {"shim": [SHIM, "check", http]}
        verified = {"shim": [SHIM, "check", f"{https}#ca={folder}/ca.pem"]}
        if find("curl"):
            commands["curl"] = [find("curl"), "-fsS", http]
            verified["curl"] = [find("curl"), "-fsS", "--cacert", f"{folder}/ca.pem", https]
        show(table, "check http", compare(commands, ROUNDS), (1.0, 1.0))
        show(table, "check https, verified", compare(verified, ROUNDS), (1.5, None))
