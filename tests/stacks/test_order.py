# SPDX-License-Identifier: MIT
"""order.yaml: the application comes first, and what it needs in any order."""
import re

import pytest

UNITS = {"ms": 0.001, "s": 1, "m": 60}


@pytest.fixture(scope="module")
def order(stack):
    """The application, with nothing that it needs."""
    order = stack("order")
    order.up("app")
    return order


@pytest.fixture(scope="module")
def whole(order):
    """The same with everything, which came up later: database and broker, then the API."""
    log = order.await_line("app", "shim: api: ")
    assert "waiting for 3 targets, at most 5m" in log
    order.up("db", "broker")
    order.await_line("app", "db: ready")
    order.await_line("app", "broker: ready")
    assert "starting" not in order.log("app")
    order.up("api")
    order.await_line("app", "serving at port 8080")
    return order


def test_it_starts_and_connects_by_itself_when_all_are_there(whole):
    log = whole.log("app")
    assert "all ready after" in log
    assert log.index("api: ready") < log.index("starting /app") < log.index("connected to api:8080")
    assert "connected to db:5432" in log and "connected to broker:4222" in log
    assert whole.get("app", ".RestartCount") == "0"


def test_the_delay_doubles_from_500_ms(whole):
    """n attempts take 500 ms more than 500, 1000, 2000 ... (n - 1 delays), a tenth more or less; each took 5 s at most."""
    ready = re.findall(r"(\w+): ready after (\S+) \((\d+) attempts\)", whole.log("app"))
    assert {name for name, _, _ in ready} == {"db", "broker", "api"}
    for name, time, attempts in ready:
        seconds = sum(float(n) * UNITS[unit] for n, unit in re.findall(r"([0-9.]+)(ms|s|m)", time))
        delays = sum(min(0.5 * 2 ** n, 30) for n in range(int(attempts) - 1))
        assert 0.9 * delays - 0.02 <= seconds <= 1.1 * delays + 5 * int(attempts), name


def test_an_api_that_restarts_is_seen_and_the_application_runs_on(whole):
    whole.await_health("app", "healthy")
    begin = whole.get("app", ".State.StartedAt")
    whole("stop", "--timeout", "5", "api")
    whole.await_health("app", "unhealthy")
    whole("start", "api")
    whole.await_health("app", "healthy")
    assert (whole.get("app", ".State.StartedAt"), whole.get("app", ".State.Running")) == (begin, "true")


def test_it_starts_all_the_same_when_the_limit_is_over_and_is_told_what_is_missing(order):
    order("rm", "--stop", "--force", "app", "api")
    order.up("db", "broker")
    order.await_health("db", "healthy")
    order.await_health("broker", "healthy")
    order.up("app", WAIT_LIMIT="5s", ON_TIMEOUT="start")
    log = order.await_line("app", "serving at port 8080")
    assert re.search(r"1 of 3 targets not ready after [0-9.]+s, starting /app", log)
    assert "started without api\n" in log
    assert "connected to db:5432" in log and "cannot connect to api:8080" in log
    order.await_health("app", "unhealthy")
    order.up("api")
    order.await_health("app", "healthy")
