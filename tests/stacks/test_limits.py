# SPDX-License-Identifier: MIT
"""limits.yaml: a limit for each service, and what is said when one is over."""
import re

import pytest


@pytest.fixture(scope="module")
def limits(stack, certificates):
    return stack("limits", CERTIFICATES=str(certificates))


@pytest.fixture(scope="module")
def serving(limits):
    """All of it, in any order; it has served."""
    limits("up", "--detach")
    limits.await_line("gateway", "serving at port 8000")
    return limits


def test_all_come_up_within_their_limits(serving):
    log = serving.log("app")
    for name in ("vault", "db", "identity"):
        assert f"{name}: ready" in log
    assert "all ready after" in log
    assert "connected to app:8080" in serving.log("gateway")


def test_a_vault_is_waited_for_until_it_is_unsealed(serving):
    log = serving.log("app")
    assert log.index("vault: HTTP 501 Not Implemented") < log.index("vault: HTTP 503 Service Unavailable")
    assert log.index("vault: HTTP 503 Service Unavailable") < log.index("vault: ready")


def test_the_identity_service_is_believed_for_its_private_ca_only(serving):
    """The image trusts nobody; the certificate of a server is no CA's."""
    identity = "https://identity:4434/health/ready"
    assert serving.check("app", f"{identity}#ca=/certificates/ca.pem")[0] == 0
    status, words = serving.check("app", identity)
    assert (status, "no trusted certificates" in words) == (1, True)


@pytest.mark.parametrize("status", ["429", "473"])
def test_one_that_never_comes_up_is_named_with_the_reason(limits, status):
    limits("rm", "--stop", "--force", "gateway", "app", "identity", "vault")
    limits.up("db", "vault", "identity", VAULT_STATUS=status, IDENTITY_DB="nowhere.invalid")
    limits.await_health("db", "healthy")
    limits.up("app", IDENTITY_LIMIT="5s")
    assert limits.wait("app") == 124
    log = limits.log("app")
    table = re.search(r"shim: gave up after [0-9.]+s: 1 of 3 targets not ready\n"
                      r"shim:   TARGET +ATTEMPTS +TIME +LAST REASON\n"
                      r"shim:   identity +\d+ +[0-9.]+s +connection refused \([0-9.]+:4434\)\n", log)
    assert table and log.endswith(table.group()), log
    assert "vault: ready" in log and "db: ready" in log
    assert "starting" not in log
