# SPDX-License-Identifier: MIT
import pytest

import peers
from program import may_unshare


@pytest.fixture(scope="session")
def programs(tmp_path_factory):
    if not may_unshare():
        pytest.skip("needs namespaces, and so root")
    return peers.make_programs(tmp_path_factory.mktemp("programs"))


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("tests of other inits that cannot hold for shim, and fail where they are expected to")
    for (name, why), count in peers.not_held.items():
        terminalreporter.write_line(f"{name}{f' ({count} cases)' if count > 1 else ''}: {why}")
