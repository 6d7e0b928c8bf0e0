# SPDX-License-Identifier: MIT
"""What --help lists, row by row.

    flags["timeout"].value        "TIME"
    schemes["http"].form          "http://HOST[:PORT]/PATH"
    target_options["optional"]    value is None: it stands alone
"""
import re
import subprocess
from collections import namedtuple

from program import PATH, SHIM

Row = namedtuple("Row", "name form value words")

text = subprocess.run([SHIM, "--help"], capture_output=True, text=True, check=True, env=PATH).stdout


def section(heading):
    """The rows between a heading and the next empty line."""
    return re.search(rf"^{heading}.*:\n((?:  \S.*\n)+)", text, re.MULTILINE).group(1).splitlines()


def rows(heading, pattern):
    found = {}
    for line in section(heading):
        match = re.fullmatch(pattern, line)
        assert match, f"--help has a row of another shape: {line!r}"
        found[match["name"]] = Row(match["name"], match["form"], match.groupdict().get("value"), match["words"])
    return found


schemes = rows("TARGET is", r"  (?P<form>(?P<name>[a-z+]+):\S+(?: \[\S+)?) +(?P<words>\S.*)")
target_options = rows("and behind it", r"  (?P<form>(?P<name>[a-z-]+)(?:=(?P<value>\S+))?) +(?P<words>\S.*)")
flags = rows("OPTION", r"  (?P<form>--(?P<name>[a-z-]+)(?: (?P<value>\S+))?) +(?P<words>\S.*)")
