# SPDX-License-Identifier: MIT
"""Targets that must be ready several times in a row."""
import re

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, greet, http, in_turn


def test_flapping_server_must_be_ready_several_times_in_a_row(shim):
    good, bad = http(), http("503 Busy")
    with Server(in_turn(bad, good, good, bad, good, good, good)) as server:
        result = shim("wait", f"http://{server.at}/#name=web,successes=3", "--interval=5ms", "--verbose")
        assert (result.status, len(server.talks)) == (0, 7)
    said = [line.partition(": ")[2] for line in re.findall(r"^shim: web: (attempt .*)", result.err, re.MULTILINE)]
    assert said == ["HTTP 503 Busy", "ready 1 of 3 times in a row", "ready 2 of 3 times in a row", "HTTP 503 Busy",
                    "ready 1 of 3 times in a row", "ready 2 of 3 times in a row"]
    assert re.search(r"^shim: web: ready after \S+ \(7 attempts\)$", result.err, re.MULTILINE)


def test_only_the_first_of_them_is_news(shim):
    with Server(http()) as server:
        result = shim("wait", f"http://{server.at}/#name=web", "--successes=4", "--interval=5ms")
    assert re.findall(r"^shim: web: (.*) in a row$", result.err, re.MULTILINE) == ["ready 1 of 4 times"]


def test_limit_says_how_often_it_was_ready(shim):
    with Server(http()) as server:
        result = shim("wait", f"http://{server.at}/#name=web,timeout=300ms,interval=1h,successes=3")
    assert result.status == 124
    assert re.search(r"^shim:   web +2 +\S+ +ready 2 of 3 times in a row$", result.err, re.MULTILINE)


def test_pause_between_them_is_the_interval(shim):
    """However long the pauses after failures have become."""
    with Server(in_turn(http("503 Busy"), http())) as server:
        result = shim("wait", f"http://{server.at}/#successes=4,interval=5ms,backoff=1000,max-interval=1h,timeout=1h")
        assert (result.status, len(server.talks)) == (0, 5)


def test_replica_that_loads_again_begins_anew(shim):
    pong, loading = greet(b"+PONG\r\n"), greet(b"-LOADING Redis is loading the dataset in memory\r\n")
    with Server(in_turn(pong, loading, pong)) as server:
        result = shim("wait", f"redis://{server.at}#name=cache,successes=3,interval=5ms")
        assert (result.status, len(server.talks)) == (0, 5)
    assert "shim: cache: LOADING Redis is loading the dataset in memory\n" in result.err


def test_check_tries_once_all_the_same(shim):
    with Server(http()) as server:
        assert (shim("check", f"http://{server.at}/#successes=3").status, len(server.talks)) == (0, 1)
