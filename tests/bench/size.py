# SPDX-License-Identifier: MIT
"""Bytes of the file, beside the ones it replaces."""
import os

from common import SHIM, find

OTHERS = ("tini", "tini-static", "dumb-init", "catatonit", "curl")


def measure(table):
    sizes = [f"{name} {os.path.getsize(path):,}" for name in OTHERS if (path := find(name))]
    table.row("bytes of the file", os.path.getsize(SHIM), ", ".join(sizes), 92_000)
