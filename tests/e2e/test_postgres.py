# SPDX-License-Identifier: MIT
"""PostgreSQL 15 in all its states, and what a probe leaves in its log."""
import os
import signal

import pytest

from databases import Postgres, postgres_template  # noqa: F401 (fixture)
from pid1 import eventually
from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, greet
from tlsservers import hear_hello, over_tls, pki  # noqa: F401 (fixture)


def target(server, user="asked", database="postgres", scheme="postgres"):
    return f"{scheme}://{user}@{server.at}/{database}#name=db,interval=5ms,max-interval=5ms"


@pytest.fixture(scope="module")
def server(postgres_template):
    with Postgres(postgres_template) as running:
        running.start().await_ready()
        running.sql("create role trusted login")
        yield running


def logged_by(server, probe):
    """What the log says that it would not say without the probe."""
    before = len(server.log)
    probe()
    eventually(lambda: server.sql("select count(*) from pg_stat_activity where backend_type = 'client backend'") == "1")
    server.sql("do $$ begin raise log 'a fence'; end $$")
    server.await_log("a fence")
    said = server.log[before:].partition("a fence")[0]
    server.sql("select 1")
    return said.splitlines()[:-1]


@pytest.mark.parametrize("user", ["asked", "hashed", "trusted", "postgres"])
def test_ready_leaves_nothing_in_the_log(shim, server, user):
    def probe():
        for _ in range(20):
            assert shim("check", target(server, user)).status == 0

    server.log_file.write_text("")
    assert logged_by(server, probe) == []


@pytest.mark.parametrize("user, database, words", [
    ("nobody", "postgres", 'role "nobody" does not exist'),
    ("trusted", "missing", 'database "missing" does not exist'),
    ("trusted", "two%20words", 'database "two words" does not exist'),
    ("secured", "postgres", "no pg_hba.conf entry"),
    ("stranger", "postgres", "no pg_hba.conf entry"),
])
def test_who_may_not_come_in_learns_that_it_is_up(shim, server, user, database, words):
    server.log_file.write_text("")
    logged = logged_by(server, lambda: shim("check", target(server, user, database)))
    assert len(logged) == 1 and words in logged[0], "the probe knocked as it was told, and that is logged"
    assert shim("check", target(server, user, database)).status == 0


@pytest.mark.parametrize("user, database, words", [
    ("nobody", "postgres", 'role "nobody" does not exist'),
    ("trusted", "missing", 'database "missing" does not exist'),
    ("asked", "postgres", "it asks for a password"),
    ("secured", "postgres", "no pg_hba.conf entry"),
])
def test_strict_wants_the_user_let_in(shim, server, user, database, words):
    result = shim("wait", target(server, user, database) + ",strict,fail-fast=2")
    assert result.status == 124
    assert f"shim: db: {words}" in result.err and "- waiting rarely mends this\n" in result.err


def test_strict_waits_for_the_database_to_be_made(start, server):
    server.log_file.write_text("")
    run = start("wait", target(server, "trusted", "made_later") + ",strict")
    run.await_line('db: database "made_later" does not exist')
    server.sql("create database made_later")
    assert run.finish().status == 0
    assert logged_by(server, lambda: start("check", target(server, "trusted", "made_later") + ",strict").finish()) == []


def test_starting_up_is_waited_for(start, postgres_template):
    with Postgres(postgres_template, "recovery.signal") as server:
        go = server.folder / "go"
        server.configure(restore_command=f"while [ ! -e {go} ]; do sleep 0.02; done; false")
        run = start("wait", target(server))
        run.await_line("db: connection refused")
        server.start()
        run.await_line("db: the database system is starting up")
        go.touch()
        assert run.finish().status == 0


def test_standby_that_lets_nobody_in_is_not_ready(shim, postgres_template):
    with Postgres(postgres_template, "standby.signal", hot_standby="off", restore_command="false") as server:
        server.start().await_log("entering standby mode")
        run = shim("wait", "--fail-fast=1", target(server) + ",timeout=300ms")
        assert run.status == 124
        assert "the database system is not accepting connections" in run.err


def test_hot_standby_is_ready(shim, postgres_template):
    with Postgres(postgres_template, "standby.signal", restore_command="false") as server:
        server.start().await_ready()
        assert shim("check", target(server)).status == 0


def test_recovery_after_a_crash_is_waited_for(start, postgres_template):
    with Postgres(postgres_template) as server:
        server.start().await_ready()
        with server.log_in():
            client = int(server.sql("select pid from pg_stat_activity where backend_type = 'client backend' "
                                    "and pid <> pg_backend_pid()"))
            other = int(server.sql("select pid from pg_stat_activity where backend_type = 'checkpointer'"))
            os.kill(other, signal.SIGSTOP)  # the server waits for it to end before it recovers
            os.kill(client, signal.SIGKILL)
            server.await_log("terminating any other active server processes")
            run = start("wait", target(server))
            run.await_line("db: the database system is in recovery mode")
            os.kill(other, signal.SIGCONT)
            assert run.finish().status == 0


def test_shutting_down_is_not_ready(start, postgres_template):
    with Postgres(postgres_template) as server:
        server.start().await_ready()
        with server.log_in():
            server.send(signal.SIGTERM)  # which waits for those who are in
            server.await_log("received smart shutdown request")
            start("wait", target(server)).await_line("db: the database system is shutting down")


@pytest.mark.parametrize("user, words", [
    ("trusted", "remaining connection slots are reserved"),
    ("asked", "sorry, too many clients already"),
])
def test_full_is_waited_for(start, postgres_template, user, words):
    with Postgres(postgres_template, max_connections=3) as server:
        server.start().await_ready()
        server.sql("create role trusted login")
        holders = [server.log_in("postgres") for _ in range(2 if user == "trusted" else 3)]
        run = start("wait", target(server, user))
        run.await_line(f"db: .*{words}")
        for holder in holders:
            holder.close()
        assert run.finish().status == 0


def test_other_servers_are_none(shim):
    with Server(greet(b"SSH-2.0-OpenSSH_9.2\r\n")) as other:
        result = shim("check", f"postgres://{other.at}")
        assert result.status == 1
        assert 'the peer does not speak PostgreSQL (it says \"SSH-2.0-OpenSSH_9.2\")' in result.out


# postgress: TLS, that begins in the middle of the conversation

SCRAM = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"


@pytest.fixture(scope="module")
def secure_server(postgres_template, pki):
    row = pki["good"]
    with Postgres(postgres_template, ssl="on", ssl_min_protocol_version="TLSv1.2") as running:
        running.configure(ssl_cert_file=running.lend(row.chain), ssl_key_file=running.lend(row.key_pem))
        running.start().await_ready()
        running.sql("create role trusted login")
        yield running


def secure_target(server, row, user="asked", **options):
    options = {"host": row.name, "ca": row.ca, **options}
    return target(server, user, scheme="postgress") + "".join(f",{name}={value}" for name, value in options.items())


@pytest.mark.parametrize("user", ["secured", "asked", "trusted"])
def test_ready_over_tls_leaves_nothing_in_the_log(shim, secure_server, pki, user):
    def probe():
        for _ in range(5):
            result = shim("check", secure_target(secure_server, pki["good"], user))
            assert result.status == 0, result.out

    secure_server.log_file.write_text("")
    assert logged_by(secure_server, probe) == []


def test_user_who_must_come_by_tls_is_missed_in_clear_text(shim, secure_server):
    secure_server.log_file.write_text("")
    logged = logged_by(secure_server, lambda: shim("check", target(secure_server, "secured")))
    assert len(logged) == 1 and "no encryption" in logged[0]


@pytest.mark.parametrize("options, words", [
    ({"host": "wrong.example"}, "certificate is for "),
    ({"ca": "/etc/ssl/certs/ca-certificates.crt"}, "certificate is not signed by a CA in "),
])
def test_server_that_is_not_trusted_is_never_ready(shim, secure_server, pki, options, words):
    result = shim("check", secure_target(secure_server, pki["good"], **options))
    assert result.status == 1 and words in result.out
    assert shim("check", target(secure_server, scheme="postgress") + ",insecure").status == 0


def test_server_without_tls_is_never_asked_in_clear_text(shim, server, pki):
    result = shim("wait", "--fail-fast=1", secure_target(server, pki["good"]))
    assert result.status == 124
    assert "the server does not offer TLS" in result.err


def test_starting_up_is_waited_for_over_tls(start, postgres_template, pki):
    row = pki["good"]
    with Postgres(postgres_template, "recovery.signal", ssl="on") as server:
        go = server.folder / "go"
        server.configure(restore_command=f"while [ ! -e {go} ]; do sleep 0.02; done; false",
                         ssl_cert_file=server.lend(row.chain), ssl_key_file=server.lend(row.key_pem))
        run = start("wait", secure_target(server, row))
        server.start()
        run.await_line("db: the database system is starting up")
        go.touch()
        assert run.finish().status == 0


SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"


def asked_for_tls(then):
    """Hears that, and goes on so."""
    def script(talk):
        while len(talk.heard) < len(SSL_REQUEST) and talk.hear():
            pass
        assert talk.heard == SSL_REQUEST
        talk.heard = b""
        then(talk)

    return script


def test_nothing_is_said_or_believed_in_clear_text(shim, pki):
    def cheat(talk):
        talk.say(b"S")
        hear_hello(talk)
        talk.say(SCRAM)
        talk.hear_end()

    with Server(asked_for_tls(cheat)) as server:
        result = shim("check", secure_target(server, pki["good"], user="hidden"))
        assert result.status == 1
        assert "the peer does not speak TLS" in result.out
        server.await_ended()
        assert server.talks[0].heard.startswith(b"\x16\x03"), "a handshake"
        assert b"hidden" not in server.talks[0].heard


def test_what_comes_too_early_is_not_heard_within_tls(shim, pki):
    """CVE-2021-23222: who sits between the two may put an answer in front of the handshake."""
    def inject(talk):
        talk.say(b"S" + SCRAM)
        over_tls(pki["good"], lambda tls: tls.hear_end())(talk)

    with Server(asked_for_tls(inject)) as server:
        result = shim("check", "--attempt-timeout=1s", secure_target(server, pki["good"]))
        assert result.status == 1
        assert "connected, but no answer in time" in result.out


def test_end_after_the_agreement_is_told(shim, pki):
    def leave(talk):
        talk.say(b"S")
        hear_hello(talk)

    with Server(asked_for_tls(leave)) as server:
        result = shim("check", secure_target(server, pki["good"]))
        assert result.status == 1
        assert "closed during the handshake" in result.out
