# SPDX-License-Identifier: MIT
"""A plugin of pytest for dumb-init's tests: they may take longer on a busy machine, and one that hangs fails."""
import signal

import pytest
import testing

testing.sleep_until.__defaults__ = (60,)


def give_up(*_):
    raise TimeoutError("it hangs")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(120)
    yield
    signal.alarm(0)
