# SPDX-License-Identifier: MIT
"""dns: targets against name servers on loopback, each run with its own resolv.conf and hosts file."""
import os

import pytest

from dnsserver import DnsServer
from program import needs_namespaces, private_files, shim, start  # noqa: F401 (fixtures)

pytestmark = needs_namespaces

# Of this run's own, so that two runs do not meet.
SERVER = f"127.54.{os.getpid() % 250 + 1}.1"
OFTEN = ("--interval=5ms", "--max-interval=5ms", "--timeout=none", "--attempt-timeout=1m")


@pytest.fixture
def machine(tmp_path):
    """Words to put before a command that asks this server."""
    (tmp_path / "resolv.conf").write_text(f"nameserver {SERVER}\n")
    (tmp_path / "hosts").write_text("10.0.0.5 v4.hosts\nfd00::5 v6.hosts\n")
    return private_files({"/etc/resolv.conf": tmp_path / "resolv.conf", "/etc/hosts": tmp_path / "hosts"})


@pytest.fixture
def dns():
    records = {"both.test": {"A": ["10.0.0.3"], "AAAA": ["fd00::3"]}, "v4.test": {"A": ["10.0.0.3"]},
               "v6.test": {"AAAA": ["fd00::3"]}, "none.test": {}, "alias.test": {"CNAME": ["v6.test"]},
               "v4.hosts": {"AAAA": ["fd00::6"]}}
    with DnsServer(SERVER, records=records) as server:
        yield server


@pytest.fixture
def reason(shim, machine):
    """What check says of a name; None when it is ready."""
    def ask(target):
        result = shim("check", "--attempt-timeout=1m", target, before=machine)
        assert result.status == (0 if ": ready (" in result.out else 1), result
        return None if result.status == 0 else result.out.split(": not ready: ")[1].rsplit(" (", 1)[0]

    return ask


@pytest.mark.parametrize("name, any_type, a, aaaa", [
    ("both.test", None, None, None),
    ("v4.test", None, None, "the name has no AAAA address"),
    ("v6.test", None, "the name has no A address", None),
    ("alias.test", None, "the name has no A address", None),
    ("none.test", "the name has no address", "the name has no A address", "the name has no AAAA address"),
    ("nowhere.test", "no such name", "no such name", "no such name"),
    ("10.0.0.1", None, None, "the name has no AAAA address"),
    ("[::1]", None, "the name has no A address", None),
    ("localhost", None, None, None),
    ("v6.hosts", None, "no such name", None),  # the hosts file has none of the type, so the server is asked
    ("v4.hosts", None, None, None),
])
def test_name_with_and_without_a_type(reason, dns, name, any_type, a, aaaa):
    assert reason(f"dns://{name}") == any_type
    assert reason(f"dns://{name}#type=any") == any_type
    assert reason(f"dns://{name}#type=A") == a
    assert reason(f"dns://{name}#type=AAAA") == aaaa


@pytest.mark.parametrize("wanted, other", [("A", "AAAA"), ("AAAA", "A")])
def test_only_the_wanted_type_is_asked_for(reason, dns, wanted, other):
    dns.misbehave("both.test", "servfail", qtype=other)
    assert reason(f"dns://both.test#type={wanted}") is None
    assert (dns.count(qtype=wanted), dns.count(qtype=other)) == (1, 0)


@pytest.mark.parametrize("wanted", ["A", "AAAA"])
def test_failure_of_the_wanted_type_is_the_servers(reason, dns, wanted):
    dns.misbehave("both.test", "servfail", qtype=wanted)
    assert reason("dns://both.test") is None
    assert reason(f"dns://both.test#type={wanted}") == f"the name server failed: SERVFAIL from {SERVER}:53"


@pytest.mark.parametrize("wanted", ["A", "AAAA"])
def test_answer_that_needs_tcp(reason, dns, wanted):
    dns.misbehave("both.test", "truncated", transport="udp")
    assert reason(f"dns://both.test#type={wanted}") is None
    assert dns.count(transport="tcp") == 1


def test_nobody_is_there(reason):
    assert reason("dns://both.test") == f"the name server failed: nobody listens at {SERVER}:53"


def test_name_that_comes_late_is_looked_up_anew_each_time(start, machine, dns):
    run = start("wait", "dns://late.test#name=it,type=A", *OFTEN, before=machine)
    run.await_line("^shim: it: no such name$")
    dns.add("late.test", "AAAA", "fd00::7")
    run.await_line("^shim: it: the name has no A address$")
    dns.add("late.test", "A", "10.0.0.7")
    assert run.finish().status == 0


def test_label_is_the_name_without_a_port(shim, machine, dns):
    assert shim("check", "dns://both.test", before=machine).out.startswith("dns://both.test: ready (")
    assert shim("check", "dns://both.test:53").status == 1


def test_it_knows_no_server_behind_the_name(shim, machine, dns):
    """The addresses lead nowhere, and nobody tries them."""
    assert shim("wait", "dns://both.test", "--attempt-timeout=1m", before=machine).status == 0
    assert {query.name for query in dns.queries} == {"both.test"}
