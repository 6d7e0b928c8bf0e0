# SPDX-License-Identifier: MIT
"""Targets that must be gone, and targets of which every address must be ready."""
import os
import re
import threading

import pytest

from dnsserver import DnsServer
from program import needs_namespaces, private_files, shim, start  # noqa: F401 (fixtures)
from servers import LIMIT, Full, Server, accept, greet, http

# Addresses of this run's own, so that two runs do not meet.
NET = f"127.55.{os.getpid() % 250 + 1}"
FIRST, SECOND, THIRD, DNS = (f"{NET}.{n}" for n in (1, 2, 3, 4))


@pytest.fixture
def hosts(tmp_path):
    """A machine that knows db.test from its hosts file, else from the name server at DNS."""
    class Hosts:
        before = private_files({"/etc/hosts": tmp_path / "hosts", "/etc/resolv.conf": tmp_path / "resolv.conf"})

        def write(self, *addresses):
            (tmp_path / "hosts").write_text("".join(f"{address} db.test\n" for address in addresses))

    h = Hosts()
    (tmp_path / "resolv.conf").write_text(f"nameserver {DNS}\noptions attempts:1 timeout:1\n")
    h.write()
    return h


def verdict(result):
    """What check found, without the name and the time."""
    return result.out.partition("n: ")[2].rpartition(" (")[0].removeprefix("not ready: ")


# down


def test_server_that_goes_away_is_waited_for(start):
    with Server() as server:
        run = start("wait", f"{server.at}#name=old,down")
        run.await_line(f"^shim: old: {server.at}: still there$")
        server.close()
        result = run.finish()
    assert result.status == 0
    assert re.search(r"^shim: old: gone after .* attempts\)$", result.err, re.MULTILINE)


@pytest.mark.parametrize("options", ["down", "down=any"])
@pytest.mark.parametrize("scheme, script", [
    ("tcp", accept), ("http", http()), ("http", http("503 Busy")), ("http", http("404 No")), ("http", lambda talk: None),
    ("redis", greet(b"-ERR\r\n")), ("tls", greet(b"SSH-2.0-x\r\n")),
])
def test_whoever_lets_us_in_is_still_there(shim, scheme, script, options):
    with Server(script) as server:
        result = shim("wait", f"{scheme}://{server.at}#name=n,{options},timeout=1ms,fail-fast=1" +
                      (",insecure" if scheme == "tls" else ""))
    assert result.status == 124
    assert f"{server.at}: still there" in result.err
    assert "rarely mends" not in result.err


@pytest.mark.parametrize("options", ["down", "down=any"])
def test_server_that_accepts_and_is_silent_is_not_gone(shim, options):
    with Server(accept) as server:
        assert "connected, but no answer in time" in shim(
            "check", f"http://{server.at}#{options},attempt-timeout=100ms").out


def test_silence_proves_nothing_unless_anything_will_do(shim):
    with Full() as silent:
        assert verdict(shim("check", f"{silent.at}#name=n,down,attempt-timeout=100ms")).startswith("timed out while connecting")
        assert verdict(shim("check", f"{silent.at}#name=n,down=any,attempt-timeout=100ms")) == "gone"


@needs_namespaces
def test_machine_without_a_network_proves_nothing_unless_anything_will_do(shim):
    before = ["unshare", "-n"]
    assert verdict(shim("check", "192.0.2.1:80#name=n,down", before=before)).startswith("unreachable: ")
    assert verdict(shim("check", "192.0.2.1:80#name=n,down=any", before=before)) == "gone"


@pytest.mark.parametrize("form", ["unix://{}", "http+unix://{}"])
def test_unix_socket_that_goes_away(start, shim, tmp_path, form):
    path = str(tmp_path / "s")
    target = form.format(path if form.startswith("unix") else path.replace("/", "%2F") + "/") + "#name=n,down"
    assert verdict(shim("check", target)) == "gone"
    with Server(http(), path=path) as server:
        run = start("wait", target)
        run.await_line("^shim: n: still there$")
        server.close()
        assert run.finish().status == 0
    with Server(path=path, listening=False):
        assert verdict(shim("check", target)) == "gone"


def test_unix_socket_that_is_busy_is_not_gone(shim, tmp_path):
    with Server(path=tmp_path / "s", listening=False) as server:
        server.socket.listen(0)
        target = f"unix://{tmp_path}/s"
        assert "still there" in shim("check", f"{target}#down").out  # and fills the backlog
        result = shim("check", f"{target}#name=n,down")
    assert verdict(result) == "connection refused (the backlog of that socket is full)"


@needs_namespaces
def test_every_address_must_be_gone(shim, hosts):
    hosts.write(FIRST, SECOND, THIRD)
    with Server(address=THIRD) as server:
        target = f"db.test:{server.port}#name=n,down"
        assert verdict(shim("check", target, before=hosts.before)) == f"{server.at}: still there"
    assert verdict(shim("check", target, before=hosts.before)) == "gone"
    with Full(address=SECOND) as silent:
        target = f"db.test:{silent.port}#name=n,down,attempt-timeout=500ms"
        assert verdict(shim("check", target, before=hosts.before)) == f"timed out while connecting ({SECOND}:{silent.port})"


@needs_namespaces
@pytest.mark.parametrize("addresses, said", [
    (["::1", "127.0.0.1"], "gone"),
    (["127.0.0.1", "::1"], "gone"),
    (["::1"], "unreachable: [::1]:1: cannot assign an own address (EADDRNOTAVAIL)"),
])
def test_machine_without_ipv6_goes_by_the_other_addresses(shim, hosts, addresses, said):
    hosts.write(*addresses)
    before = ["unshare", "-n", "sh", "-c", 'ip link set lo up && ip -6 addr flush dev lo && exec "$0" "$@"', *hosts.before]
    assert verdict(shim("check", "db.test:1#name=n,down", before=before)) == said


@needs_namespaces
def test_name_that_vanishes_is_gone(start, hosts):
    with DnsServer(DNS, records={"db.test": {"A": [FIRST]}}) as dns, Server(address=FIRST) as server:
        run = start("wait", f"db.test:{server.port}#name=db,down", before=hosts.before)
        run.await_line("db: .*still there")
        dns.records.clear()
        assert run.finish().status == 0


@needs_namespaces
@pytest.mark.parametrize("how, certain", [("nxdomain", True), ("nodata", True), ("servfail", False), ("refused", False),
                                          ("drop", False)])
def test_only_a_name_server_that_knows_is_believed(shim, hosts, how, certain):
    with DnsServer(DNS, records={"db.test": {"A": [FIRST]}}) as dns:
        dns.misbehave("db.test", how)
        down, at_any = (verdict(shim("check", f"db.test:1#name=n,{option}", before=hosts.before)) for option in ("down", "down=any"))
    assert at_any == "gone"
    assert (down == "gone") == certain, down


@needs_namespaces
def test_name_server_that_is_dead_is_not_believed(shim, hosts):
    assert verdict(shim("check", "db.test:1#name=n,down", before=hosts.before)).startswith("the name server failed: nobody listens")
    assert verdict(shim("check", "db.test:1#name=n,down=any", before=hosts.before)) == "gone"


def test_server_that_stays_away_is_gone(shim):
    """A restart is no absence."""
    with Server(listening=False) as server:
        result = shim("wait", f"{server.at}#name=old,down,successes=3,interval=5ms")
    assert (result.status, "old: gone after" in result.err) == (0, True)


# all


@needs_namespaces
def test_each_of_three_addresses_is_waited_for(start, hosts):
    hosts.write(FIRST, SECOND, THIRD)
    with Server(http(), FIRST) as first, Server(http("503 Busy"), SECOND, first.port) as second, \
            Server(http(), THIRD, first.port, listening=False) as third:
        run = start("wait", f"http://db.test:{first.port}/#name=db,all", before=hosts.before)
        run.await_line(f"^shim: db: {second.at}: HTTP 503 Busy$")
        second.script = http()
        run.await_line(rf"^shim: db: connection refused \({third.at}\)$")
        third.listen()
        result = run.finish()
    assert result.status == 0
    assert len(third.talks) == 1


@needs_namespaces
def test_without_it_one_address_is_enough(shim, hosts):
    hosts.write(FIRST, SECOND, THIRD)
    with Server(address=THIRD) as server:
        assert shim("check", f"db.test:{server.port}", before=hosts.before).status == 0
        assert shim("check", f"db.test:{server.port}#all", before=hosts.before).status == 1


@needs_namespaces
def test_slow_addresses_are_all_heard(shim, hosts):
    """Two at a time, and none is cut to make room for the next."""
    came = {FIRST: threading.Event(), SECOND: threading.Event(), THIRD: threading.Event()}

    def script(talk):
        talk.hear_request()
        came[talk.socket.getsockname()[0]].set()
        came[SECOND].wait(LIMIT)
        came[THIRD].wait(0.6)  # which has its turn after 250 ms, where one address is enough
        talk.say(b"HTTP/1.1 200 OK\r\n\r\n")
        talk.hear_end()

    hosts.write(FIRST, SECOND, THIRD)
    with Server(script, FIRST) as first, Server(script, SECOND, first.port) as second, Server(script, THIRD, first.port) as third:
        result = shim("check", f"http://db.test:{first.port}/#all,attempt-timeout=20s", before=hosts.before)
        assert (result.status, len(first.talks), len(second.talks), len(third.talks)) == (0, 1, 1, 1)


@needs_namespaces
def test_silent_address_is_named(shim, hosts):
    hosts.write(FIRST, SECOND)
    with Server(http(), FIRST) as first, Server(accept, SECOND, first.port) as second:
        result = shim("check", f"http://db.test:{first.port}/#name=n,all,attempt-timeout=500ms", before=hosts.before)
    assert verdict(result) == f"{second.at}: connected, but no answer in time"


@needs_namespaces
@pytest.mark.parametrize("option", ["all", "down"])
def test_more_addresses_than_can_be_asked_are_never_enough(shim, hosts, option):
    hosts.write(*(f"{NET}.{n}" for n in range(1, 9)))
    listening = option == "all"
    servers = [Server(address=f"{NET}.1", listening=listening)]
    servers += [Server(address=f"{NET}.{n}", port=servers[0].port, listening=listening) for n in range(2, 9)]
    try:
        target = f"db.test:{servers[0].port}#name=n,{option}"
        assert shim("check", target, before=hosts.before).status == 0
        hosts.write(*(f"{NET}.{n}" for n in range(1, 10)))
        assert verdict(shim("check", target, before=hosts.before)) == "the name has more addresses than can be asked"
    finally:
        for server in servers:
            server.close()
