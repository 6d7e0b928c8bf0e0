# SPDX-License-Identifier: MIT
"""catatonit: it has no tests but those of Debian's package, which clitest(1) runs."""
import re

import pytest

from peers import PEERS, run, source, told

TESTS = "catatonit/tests/tests.txt"
COMMANDS = re.findall(r"^\$ (.*?)(?: +#=>.*)?$", source(TESTS), re.MULTILINE)


@pytest.mark.parametrize("number", range(1, len(COMMANDS) + 1), ids=COMMANDS)
def test_debian(programs, number):
    done = run(programs, "clitest", "--test", number, PEERS / TESTS)
    assert done.returncode == 0, told(done)
    assert re.search(r"^OK: 1 of 4 tests passed", done.stdout, re.MULTILINE), told(done)


def test_there_are_some():
    assert len(COMMANDS) == 4
