# SPDX-License-Identifier: MIT
"""Bytes of the file, beside the ones it replaces."""
import os
import re

from common import ROOT, SHIM, find

BUDGET = int(re.search(r"^BUDGET = (\d+)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1))
OTHERS = ("tini", "tini-static", "dumb-init", "catatonit", "curl")


def measure(table):
    sizes = [f"{name} {os.path.getsize(path):,}" for name in OTHERS if (path := find(name))]
    table.row("bytes of the file", os.path.getsize(SHIM), ", ".join(sizes), BUDGET)
