# SPDX-License-Identifier: MIT
"""Brokers, caches and mail servers: real ones, driven through their states, and small ones that speak documented bytes."""
import contextlib
import socket

import pytest

from daemons import AioSmtpd, Memcached, Nats, OpenSmtpd, RabbitMq, ZooKeeper, free_port
from program import needs_namespaces, shim, start  # noqa: F401 (fixtures)
from servers import Server, greet
from tlsservers import pki  # noqa: F401 (fixture)


def await_ready(shim, target):
    result = shim("wait", "--timeout", "25s", target)
    assert result.status == 0, result.err


def check(shim, target):
    """What check says about it, without the time."""
    result = shim("check", target)
    assert result.status == (0 if ": ready" in result.out else 1)
    return result.out.partition(": ")[2].rpartition(" (")[0]


# RabbitMQ


@pytest.fixture(scope="module")
def rabbitmq(pki):
    with RabbitMq(pki["good"]) as server:
        yield server


def test_rabbitmq_is_refused_until_it_has_booted_and_then_ready(start, pki, rabbitmq):
    running = start("wait", "--timeout", "60s", f"amqp://{rabbitmq.at}")
    assert running.finish(limit=90).status == 0
    assert "connection refused" in running.err
    assert "ready after" in running.err


def test_rabbitmq_over_tls_is_verified(shim, pki, rabbitmq):
    target = f"amqps://localhost:{rabbitmq.tls_port}#host={pki['good'].name}"
    await_ready(shim, f"{target},ca={pki['good'].ca}")
    assert "certificate is not signed by a CA in" in check(shim, f"{target},ca={pki['p384'].ca}")


def test_amqp_to_a_port_that_wants_tls_is_not_ready(shim, pki, rabbitmq):
    await_ready(shim, f"amqps://{rabbitmq.at.replace(str(rabbitmq.port), str(rabbitmq.tls_port))}#insecure")
    assert check(shim, f"amqp://127.0.0.1:{rabbitmq.tls_port}").startswith("not ready: ")


# NATS


def nats_client(port):
    """One that was let in; the one before may take a moment to go."""
    while True:
        client = socket.create_connection(("127.0.0.1", port))
        with client.makefile("rb") as heard:
            assert heard.readline().startswith(b"INFO ")
            client.sendall(b'CONNECT {"verbose":false}\r\nPING\r\n')
            with contextlib.suppress(ConnectionError):
                if heard.readline() == b"PONG\r\n":
                    return client
        client.close()


def test_nats_is_ready_and_logs_nothing(shim):
    with Nats() as nats:
        await_ready(shim, f"nats://{nats.at}")
        assert check(shim, f"nats://{nats.at}") == "ready"
        assert nats.log().splitlines()[-1].endswith("Server is ready")


def test_nats_that_is_full_is_not_ready_though_it_greets(shim):
    with Nats("max_connections: 1") as nats:
        await_ready(shim, f"nats://{nats.at}")
        with nats_client(nats.port):
            assert check(shim, f"nats://{nats.at}") == "not ready: -ERR 'maximum connections exceeded'"
        await_ready(shim, f"nats://{nats.at}")


def test_nats_with_a_password_is_ready_without_one_and_logs_nothing(shim):
    with Nats("authorization: {user: me, password: secret}") as nats:
        await_ready(shim, f"nats://{nats.at}")
        assert check(shim, f"nats://{nats.at}") == "ready"
        assert nats.log().splitlines()[-1].endswith("Server is ready")


# memcached


def test_memcached_is_ready_and_says_when_it_is_full(shim):
    with Memcached("-c", "40", "-o", "maxconns_fast") as memcached, contextlib.ExitStack() as stack:
        await_ready(shim, f"memcached://{memcached.at}")
        said = b"VERSION"
        while said.startswith(b"VERSION"):
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", memcached.port)))
            sock.sendall(b"version\r\n")
            said = sock.recv(100)
        assert check(shim, f"memcached://{memcached.at}") == "not ready: ERROR Too many open connections"


def test_memcached_that_wants_a_password_is_ready(shim):
    memcached = Memcached()
    memcached.options = ("-Y", memcached.file("accounts", "me:secret\n"))
    with memcached:
        await_ready(shim, f"memcached://{memcached.at}")


# SMTP


@needs_namespaces
def test_smtp_leaves_as_a_client_should(shim):
    with OpenSmtpd() as smtpd:
        await_ready(shim, f"smtp://{smtpd.at}")
        assert check(shim, f"smtp://{smtpd.at}") == "ready"
        log = smtpd.await_log("disconnected reason=quit")
        assert log.count("reason=") == log.count("reason=quit")


def test_smtps_is_verified(shim, pki):
    with AioSmtpd(pki["good"]) as smtpd:
        target = f"smtps://{smtpd.at}#host={pki['good'].name}"
        await_ready(shim, f"{target},ca={pki['good'].ca}")
        assert "certificate is not signed by a CA in" in check(shim, f"{target},ca={pki['p384'].ca}")


def test_smtp_that_refuses_is_not_ready(shim):
    with Server(greet(b"421 mail.test too many connections\r\n")) as server:
        assert check(shim, f"smtp://{server.at}") == "not ready: 421 mail.test too many connections"


# ZooKeeper


def test_zookeeper_is_ready_when_it_has_a_mode(shim):
    with ZooKeeper() as zookeeper:
        await_ready(shim, f"zookeeper://{zookeeper.at}")


def test_zookeeper_without_a_quorum_is_not_ready(start):
    peers = "".join(f"server.{n}=127.0.0.1:{free_port()}:{free_port()}\n" for n in (1, 2, 3))
    with ZooKeeper(f"initLimit=5\nsyncLimit=2\n{peers}") as zookeeper:
        waiting = start("wait", f"zookeeper://{zookeeper.at}")
        waiting.await_line("This ZooKeeper instance is not currently serving requests")


# MongoDB, Kafka and Cassandra, by the bytes of their documentation


def documented(question, answer):
    """Answers when it has heard exactly that, and waits for the client to go."""
    def script(talk):
        while len(talk.heard) < len(question) and talk.hear():
            pass
        assert talk.heard == question
        talk.say(answer)
        talk.hear_end()

    return script


HELLO = bytes.fromhex("34000000 01000000 00000000 dd070000 00000000 00 1f000000 10 68656c6c6f00 01000000"
                      "02 24646200 06000000 61646d696e00 00")
API_VERSIONS = bytes.fromhex("0000000a 0012 0000 00000001 ffff")
OPTIONS = bytes.fromhex("04 00 0000 05 00000000")


def little(number):
    return number.to_bytes(4, "little")


def op_msg(*elements):
    document = b"".join(elements) + b"\0"
    section = bytes(4) + b"\0" + little(len(document) + 4) + document
    return little(len(section) + 16) + little(7) + little(1) + little(2013) + section


def yes(name, value=True):
    return b"\x08" + name + b"\0" + bytes([value])


OK = b"\x01ok\0" + bytes.fromhex("000000000000f03f")


@pytest.mark.parametrize("scheme, question, answer, verdict", [
    ("mongodb", HELLO, op_msg(yes(b"isWritablePrimary"), OK), "ready"),
    ("mongodb", HELLO, op_msg(yes(b"isWritablePrimary", False), yes(b"secondary"), b"\x10maxWireVersion\0\x11\0\0\0", OK), "ready"),
    ("mongodb", HELLO, op_msg(yes(b"isWritablePrimary", False), yes(b"secondary", False), OK),
     "not ready: neither a primary nor a secondary yet"),
    ("kafka", API_VERSIONS, bytes.fromhex("00000010 00000001 0000 00000001 0012 0000 0003"), "ready"),
    ("kafka", API_VERSIONS, bytes.fromhex("0000000a 00000001 0023 00000000"), "ready"),
    ("kafka", API_VERSIONS, bytes.fromhex("0000000a 00000001 0008 00000000"), "not ready: the broker answers with error 8"),
    ("cassandra", OPTIONS, bytes.fromhex("84 00 0000 06 00000016 0001 000b") + b"CQL_VERSION" +
     bytes.fromhex("0001 0005") + b"3.4.6", "ready"),
    ("cassandra", OPTIONS, bytes.fromhex("84 00 0000 00 0000000c 00001002 0006") + b"Not up", "not ready: Not up"),
])
def test_documented_bytes(shim, scheme, question, answer, verdict):
    with Server(documented(question, answer)) as server:
        assert check(shim, f"{scheme}://{server.at}") == verdict
        server.await_ended()
        assert server.talks[0].heard == question
        assert server.talks[0].ending == b""  # no reset
