# SPDX-License-Identifier: MIT
"""Redis 7: loading, guarded by a password, a replica without its master, full, over TLS."""
import contextlib

import pytest

from databases import Redis
from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, greet
from tlsservers import pki  # noqa: F401 (fixture)

SLOWLY = ("--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024")  # 2 ms a key


def target(server, secret="", scheme="redis"):
    return f"{scheme}://{secret and secret + '@'}{server.at}#name=cache,interval=5ms,max-interval=5ms"


def reason_of(result):
    assert result.status == 1
    return result.out.partition("cache: not ready: ")[2].rpartition(" (")[0]


@pytest.fixture
def open_server():
    with Redis() as server:
        yield server.start().await_ready()


@pytest.fixture
def guarded():
    with Redis("--requirepass", "secret") as server:
        yield server.start().await_ready()


@pytest.mark.parametrize("secret", ["", ":needless"])
def test_pong_is_ready_and_leaves_nothing_in_the_log(shim, open_server, secret):
    log = open_server.log
    assert shim("check", target(open_server, secret)).status == 0
    assert open_server.log == log


def test_password_is_given(shim, guarded):
    assert shim("check", target(guarded, ":secret")).status == 0
    assert shim("check", target(guarded, "default:secret")).status == 0


def test_without_the_password_it_is_told_what_to_do(shim, guarded):
    assert reason_of(shim("check", target(guarded))) == (
        "it wants a password, and says so while it is loading, too: give it one")


def test_user_whom_it_does_not_know_is_refused(shim, open_server):
    assert reason_of(shim("check", target(open_server, "user:needless"))).startswith("WRONGPASS ")


def test_wrong_password_is_for_good(shim, guarded):
    words = "WRONGPASS invalid username-password pair or user is disabled."
    assert reason_of(shim("check", target(guarded, ":wrong"))) == words
    run = shim("wait", "--fail-fast=1", target(guarded, ":wrong"))
    assert run.status == 124 and words in run.err


def test_account_that_may_not_ping_is_for_good(shim, open_server):
    with open_server.log_in() as ask:
        assert ask("ACL", "SETUSER", "app", "on", ">pw", "+get") == "+OK"
    run = shim("wait", "--fail-fast=1", target(open_server, "app:pw"))
    assert run.status == 124 and "NOPERM" in run.err


@pytest.mark.parametrize("password", ["", "secret"])
def test_loading_is_waited_for(shim, start, password):
    options = ["--requirepass", password] if password else []
    with Redis(*options) as server:
        server.start(*SLOWLY).await_ready()
        with server.log_in(password) as ask:
            assert ask("DEBUG", "POPULATE", "10000", "key", "100") == "+OK"
            assert ask("SAVE") == "+OK"
        server.restart(*SLOWLY)
        run = start("wait", target(server, password and f":{password}"))
        run.await_line("cache: LOADING Redis is loading the dataset in memory")
        if password:
            assert "says so while it is loading" in reason_of(shim("check", target(server)))
        with server.log_in(password) as ask:
            assert ask("CONFIG", "SET", "key-load-delay", "0") == "+OK"
        assert run.finish().status == 0


def test_replica_without_its_master_is_waited_for(start):
    with Redis() as master, Redis("--replicaof", "127.0.0.1", str(master.port), "--replica-serve-stale-data", "no",
                                  "--repl-diskless-sync-delay", "0") as replica:
        replica.start().await_ready()
        run = start("wait", target(replica))
        run.await_line("cache: MASTERDOWN Link with MASTER is down")
        master.start("--repl-diskless-sync-delay", "0")
        assert run.finish().status == 0


def test_full_is_waited_for(start):
    with Redis("--maxclients", "2") as server:
        server.start().await_ready()
        with contextlib.ExitStack() as holders:
            for _ in range(2):
                holders.enter_context(server.log_in())
            run = start("wait", target(server))
            run.await_line("cache: ERR max number of clients reached")
        assert run.finish().status == 0


def test_over_tls_it_is_verified(shim, pki):
    row = pki["good"]
    with Redis("--requirepass", "secret", "--tls-auth-clients", "no") as server:
        files = ["--tls-cert-file", server.lend(row.chain), "--tls-key-file", server.lend(row.key_pem),
                 "--tls-ca-cert-file", server.lend(row.ca)]
        server.start("--port", "0", "--tls-port", str(server.port), *files).await_ready()
        secure = target(server, ":secret", "rediss")
        assert shim("check", f"{secure},host={row.name},ca={row.ca}").status == 0
        assert reason_of(shim("check", f"{secure},host=wrong.example,ca={row.ca}")).startswith("certificate is for ")
        assert "certificate is not signed" in reason_of(shim("check", f"{secure},host={row.name},ca={pki['p256'].chain}"))
        assert shim("check", target(server, ":secret")).status == 1, "it speaks TLS alone"


def test_other_servers_are_none(shim):
    with Server(greet(b"SSH-2.0-OpenSSH_9.2\r\n")) as other:
        result = shim("check", f"redis://{other.at}")
        assert result.status == 1
        assert 'the peer does not speak Redis (it says "SSH-2.0-OpenSSH_9.2")' in result.out
