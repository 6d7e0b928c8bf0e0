# SPDX-License-Identifier: MIT
"""The resolver against name servers on loopback, each run with its own resolv.conf and hosts file.

Needs root: port 53, and a mount namespace for the two files.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import threading

import pytest

from dnsserver import DnsServer
from program import needs_namespaces

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
LIMIT = 10000  # ms; no test here comes near it
NOT_NEEDED = {"target", "target_options", "target_words", "parse", "policy", "redact", "mistake", "expand"}

pytestmark = needs_namespaces

# Addresses of this run's own, so that two runs do not meet.
FIRST, SECOND, DEAD = (f"127.53.{os.getpid() % 250 + 1}.{n}" for n in (1, 2, 3))


@pytest.fixture(scope="module")
def lookup_binary(tmp_path_factory):
    binary = tmp_path_factory.mktemp("lookup") / "lookup"
    sources = sorted((ROOT / "shim/net").glob("resolver*.c")) + [ROOT / "shim/net/address.c"]
    sources += [s for s in sorted((ROOT / "shim/base").glob("*.c")) if s.stem not in NOT_NEEDED]
    compiler = ["musl-gcc", "-static"] if shutil.which("musl-gcc") else ["cc"]
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-Os", f"-I{ROOT / 'shim'}"]
    subprocess.run([*compiler, *flags, "-o", binary, HERE / "lookup.c", *sources], check=True)
    return binary


class Machine:
    """Runs a lookup on a machine that has these two files."""

    def __init__(self, binary, folder):
        self.binary, self.conf, self.hosts = binary, folder / "resolv.conf", folder / "hosts"
        self.resolv_conf(f"nameserver {FIRST}")
        self.hosts.write_text("")

    def resolv_conf(self, *lines):
        self.conf.write_text("".join(line + "\n" for line in lines))

    def start(self, host, limit=LIMIT):
        script = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && exec "$3" "$4" "$5"'
        command = ["unshare", "-m", "sh", "-c", script, "sh", self.conf, self.hosts, self.binary, host, str(limit)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def lookup(self, host, limit=LIMIT):
        return self.result(self.start(host, limit))

    @staticmethod
    def result(process):
        """The addresses, or the sentence that says why there are none."""
        out, _ = process.communicate(timeout=30)
        return sorted(out.split()) if process.returncode == 0 else out.strip()


@pytest.fixture
def machine(lookup_binary, tmp_path):
    return Machine(lookup_binary, tmp_path)


@pytest.fixture
def dns():
    with DnsServer(FIRST) as server:
        yield server


@pytest.fixture
def second():
    with DnsServer(SECOND) as server:
        yield server


def test_both_families_are_asked_at_once_from_one_fresh_port(machine, dns):
    dns.add("db.test", "A", "10.0.0.3", "10.0.0.4")
    dns.add("db.test", "AAAA", "2001:db8::3")
    expected = ["10.0.0.3:80", "10.0.0.4:80", "[2001:db8::3]:80"]
    assert machine.lookup("db.test") == expected
    assert machine.lookup("db.test") == expected
    assert [q.name for q in dns.queries] == ["db.test"] * 4
    assert len({q.port for q in dns.queries[:2]}) == 1
    assert len({q.port for q in dns.queries}) == 2


@pytest.mark.parametrize("host", ["10.0.0.3", "localhost", "LOCALHOST.", "db.localhost", "inhosts", "Alias."])
def test_what_is_known_here_is_never_asked(machine, dns, host):
    machine.hosts.write_text("10.9.9.9 other # inhosts\n10.0.0.5 inhosts alias\nfd00::5\tINHOSTS\n")
    assert isinstance(machine.lookup(host), list)
    assert dns.count() == 0


def test_the_hosts_file_gives_every_line_of_both_families(machine, dns):
    machine.hosts.write_text("10.0.0.5 a inhosts\n10.0.0.5 inhosts\nfd00::5\tINHOSTS\nbad inhosts\n")
    assert machine.lookup("inhosts") == ["10.0.0.5:80", "[fd00::5]:80"]


def test_localhost_needs_no_hosts_file(machine):
    assert machine.lookup("localhost") == ["127.0.0.1:80", "[::1]:80"]


def test_cname_chain_is_followed(machine, dns):
    dns.add("db.test", "CNAME", "a.test")
    dns.add("a.test", "CNAME", "b.test")
    dns.add("b.test", "A", "10.0.0.7")
    assert machine.lookup("db.test") == ["10.0.0.7:80"]


def test_name_that_does_not_exist(machine, dns):
    assert machine.lookup("db.test") == "no such name"


def test_name_without_an_address(machine, dns):
    dns.add("db.test", "A")
    assert machine.lookup("db.test") == "the name has no address"


def test_cname_loop_has_no_address(machine, dns):
    dns.add("db.test", "CNAME", "db.test")
    assert machine.lookup("db.test") == "the name has no address"


@pytest.mark.parametrize("how", ["nxdomain", "nodata", "servfail"])
def test_one_family_is_enough_whatever_the_other_says(machine, dns, how):
    dns.add("db.test", "A", "10.0.0.3")
    release = threading.Event()
    dns.misbehave("db.test", how, qtype="AAAA")
    dns.misbehave("db.test", release, qtype="A")
    process = machine.start("db.test")
    assert dns.wait_for_query("db.test", "AAAA")
    release.set()
    assert machine.result(process) == ["10.0.0.3:80"]


def test_silence_about_one_family_does_not_hold_up_the_other(machine, dns):
    dns.add("db.test", "A", "10.0.0.3")
    dns.misbehave("db.test", "drop", qtype="AAAA")
    assert machine.lookup("db.test") == ["10.0.0.3:80"]
    assert dns.count("db.test") == 2


def test_silence_about_one_family_proves_nothing(machine, dns):
    dns.misbehave("db.test", "drop", qtype="AAAA")
    assert machine.lookup("db.test") == f"no answer from the name server ({FIRST}:53)"


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"])
def test_failure_of_the_only_server_is_named(machine, dns, rcode):
    dns.add("db.test", "A", "10.0.0.3")
    dns.misbehave("db.test", rcode.lower())
    assert machine.lookup("db.test") == f"the name server failed: {rcode} from {FIRST}:53"
    assert dns.count("db.test", "A") == 2  # attempts


@pytest.mark.parametrize("how", ["servfail", "refused", "drop", "malformed"])
def test_next_server_is_asked_when_the_first_fails(machine, dns, second, how):
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {SECOND}")
    for server in dns, second:
        server.add("db.test", "A", "10.0.0.3")
    dns.misbehave("db.test", how)
    assert machine.lookup("db.test") == ["10.0.0.3:80"]
    assert second.count("db.test", "A") == 1


def test_next_server_is_not_asked_when_the_first_knows_no_such_name(machine, dns, second):
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {SECOND}")
    second.add("db.test", "A", "10.0.0.3")
    assert machine.lookup("db.test") == "no such name"
    assert second.count() == 0


@pytest.mark.parametrize("how", ["servfail", "drop"])
def test_server_that_knows_makes_up_for_one_that_failed(machine, dns, second, how):
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {DEAD}", f"nameserver {SECOND}", "search a.test")
    for name in "db.a.test", "db":
        dns.misbehave(name, how)
    assert machine.lookup("db") == "no such name"
    assert (dns.count("db.a.test", "A"), dns.count("db", "A")) == (1, 0)  # who answers is asked first from then on


def test_server_that_refuses_is_passed_over_at_once(machine, second):
    machine.resolv_conf(f"nameserver {DEAD}", f"nameserver {SECOND}", "options timeout:30 attempts:1")
    second.add("db.test", "A", "10.0.0.3")
    assert machine.lookup("db.test", limit=1000000) == ["10.0.0.3:80"]


def test_nobody_listens(machine):
    machine.resolv_conf(f"nameserver {DEAD}")
    assert machine.lookup("db.test") == f"the name server failed: nobody listens at {DEAD}:53"


def test_what_a_server_says_beats_silence(machine, dns, second):
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {SECOND}", f"nameserver {DEAD}", "options attempts:1")
    dns.misbehave("db.test", "servfail")
    second.misbehave("db.test", "drop")
    assert machine.lookup("db.test") == f"the name server failed: SERVFAIL from {FIRST}:53"


@pytest.mark.parametrize("how", ["wrong-id", "wrong-question", "query", "malformed"])
def test_what_is_no_answer_is_ignored(machine, dns, how):
    dns.add("db.test", "A", "10.0.0.3")

    def first_the_other(query, right):
        return dns._packets(query, "udp", how) + [right]

    dns.misbehave("db.test", first_the_other)
    assert machine.lookup("db.test") == ["10.0.0.3:80"]
    dns.misbehave("db.test", how)
    assert machine.lookup("db.test") == f"no answer from the name server ({FIRST}:53)"


def test_case_of_the_question_does_not_matter(machine, dns):
    dns.add("db.test", "A", "10.0.0.3")
    dns.misbehave("db.test", "upper")
    assert machine.lookup("dB.test") == ["10.0.0.3:80"]


def test_duplicates_do_no_harm(machine, dns):
    dns.add("db.test", "A", "10.0.0.3", "10.0.0.3")
    dns.misbehave("db.test", "twice")
    assert machine.lookup("db.test") == ["10.0.0.3:80"]


def test_flood_of_garbage_neither_helps_nor_stops_it(machine, dns):
    """As much of it as surely fits into a socket that nobody reads meanwhile: what does not, the kernel drops."""
    dns.add("db.test", "A", "10.0.0.3")
    dns.misbehave("db.test", lambda query, right: [b"", b"x", right[:-1], bytes(4000)] * 8 + [right])
    assert machine.lookup("db.test") == ["10.0.0.3:80"]


# Over TCP


def test_truncated_answers_are_asked_for_again_over_tcp(machine, dns):
    dns.add("db.test", "A", *(f"10.0.{n // 250}.{n % 250}" for n in range(2000)))  # 60 KB
    dns.add("db.test", "AAAA", *(f"2001:db8::{n:x}" for n in range(100)))
    found = machine.lookup("db.test")
    assert len(found) == 16
    assert len([a for a in found if a.startswith("[")]) == 8
    assert dns.count(transport="tcp") == 2


def test_only_the_truncated_question_goes_over_tcp(machine, dns):
    dns.add("db.test", "A", "10.0.0.3")
    dns.add("db.test", "AAAA", "2001:db8::3")
    release = threading.Event()
    dns.misbehave("db.test", release, qtype="A", transport="udp")
    dns.misbehave("db.test", "truncated", qtype="AAAA", transport="udp")
    process = machine.start("db.test")
    assert dns.wait_for_query("db.test", "AAAA", "tcp")
    release.set()
    assert machine.result(process) == ["10.0.0.3:80", "[2001:db8::3]:80"]


@pytest.mark.parametrize("how", ["close", "half", "drop", "wrong-id", "malformed", "truncated"])
def test_tcp_that_fails_is_a_server_without_an_answer(machine, dns, second, how):
    dns.misbehave("db.test", "truncated", transport="udp")
    dns.misbehave("db.test", how, transport="tcp")
    assert machine.lookup("db.test") == f"no answer from the name server ({FIRST}:53)"
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {SECOND}")
    second.add("db.test", "A", "10.0.0.3")
    assert machine.lookup("db.test") == ["10.0.0.3:80"]


def test_tcp_where_nobody_listens(machine):
    with DnsServer(FIRST, tcp=False) as dns:
        dns.misbehave("db.test", "truncated")
        assert machine.lookup("db.test") == f"the name server failed: nobody listens on TCP at {FIRST}:53"


# The search list


def test_domains_are_searched_in_order(machine, dns):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test b.test", "options ndots:2")
    dns.add("db.x.b.test", "A", "10.0.0.3")
    assert machine.lookup("db.x") == ["10.0.0.3:80"]
    assert [q.name for q in dns.queries if q.qtype == "A"] == ["db.x.a.test", "db.x.b.test"]


@pytest.mark.parametrize(
    "host, asked",
    [
        ("db", ["db.a.test", "db"]),
        ("db.x", ["db.x", "db.x.a.test"]),
        ("db.", ["db"]),
    ],
)
def test_names_are_asked_for_in_the_order_of_libc(machine, dns, host, asked):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test")
    assert machine.lookup(host) == "no such name"
    assert [q.name for q in dns.queries if q.qtype == "A"] == asked


def test_no_data_anywhere_in_the_list_is_no_address(machine, dns):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test")
    dns.add("db.a.test", "A")
    assert machine.lookup("db") == "the name has no address"


def test_failure_of_one_domain_is_not_forgotten_when_the_rest_knows_no_such_name(machine, dns):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test b.test")
    dns.misbehave("db.a.test", "servfail")
    assert machine.lookup("db") == f"the name server failed: SERVFAIL from {FIRST}:53"
    assert dns.count("db.b.test") > 0


def test_failure_of_one_domain_outlasts_a_server_that_fails_for_the_next(machine, dns, second):
    machine.resolv_conf(f"nameserver {FIRST}", f"nameserver {SECOND}", "search a.test b.test")
    for server in dns, second:
        server.misbehave("db.a.test", "servfail")
    dns.misbehave("db.b.test", "refused", times=2)
    assert machine.lookup("db").startswith("the name server failed: ")


def test_failure_of_one_domain_does_not_hide_the_next(machine, dns):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test b.test")
    dns.misbehave("db.a.test", "servfail")
    dns.add("db.b.test", "A", "10.0.0.3")
    assert machine.lookup("db") == ["10.0.0.3:80"]


def test_silence_ends_the_search(machine, dns):
    machine.resolv_conf(f"nameserver {FIRST}", "search a.test b.test")
    dns.misbehave("db.a.test", "drop")
    assert machine.lookup("db") == f"no answer from the name server ({FIRST}:53)"
    assert dns.count("db.b.test") == 0


# The rest


def test_deadline_says_who_was_asked(machine, dns):
    dns.misbehave("db.test", "drop")
    machine.resolv_conf(f"nameserver {FIRST}", "options timeout:30 attempts:1")
    sentence = f"timed out while looking up the name (name server {FIRST}:53)"
    assert machine.lookup("db.test", limit=50) == sentence


def test_ipv6_name_server(machine):
    try:
        server = DnsServer("::1", records={"db.test": {"A": ["10.0.0.3"]}})
        server.__enter__()
    except OSError:
        pytest.skip("port 53 of ::1 is taken, or there is no IPv6")
    with_scope = "fe80::1%" + socket.if_nameindex()[0][1]
    machine.resolv_conf(f"nameserver {with_scope}", "nameserver ::1")
    try:
        assert machine.lookup("db.test") == ["10.0.0.3:80"]
    finally:
        server.__exit__()


def test_scope_without_an_interface_is_not_asked(machine, dns):
    assert machine.lookup("fe80::1%nope").startswith("unreachable")
    assert dns.count() == 0
