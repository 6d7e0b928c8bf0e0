# SPDX-License-Identifier: MIT
"""The wait: when it goes on, when it ends, and how it treats the servers that it asks."""
import json
import os
import pathlib
import re
import select
import signal
import socket

import pytest

from dnsserver import DnsServer
from processes import children, status_of
from program import needs_ipv6, needs_namespaces, private_files, shim, start  # noqa: F401 (fixtures)
from servers import Full, Server, accept, endless, greet, http, in_turn

# Addresses of this run's own, so that two runs do not meet.
FIRST, SECOND, DEAD = (f"127.54.{os.getpid() % 250 + 1}.{n}" for n in (1, 2, 3))


@pytest.fixture
def hosts(tmp_path):
    """A machine that knows db.test from its hosts file, and whose name server is dead."""
    class Hosts:
        path = tmp_path / "hosts"
        resolv_conf = tmp_path / "resolv.conf"

        def write(self, *addresses):
            self.path.write_text("".join(f"{address} db.test\n" for address in addresses))

    h = Hosts()
    h.resolv_conf.write_text(f"nameserver {DEAD}\n")
    h.before = private_files({"/etc/hosts": h.path, "/etc/resolv.conf": h.resolv_conf})
    return h


# Servers that come up


def test_targets_are_tried_side_by_side(start, tmp_path):
    with Server() as quick, Server(accept) as silent, Server(listening=False) as late:
        silent.script = accept
        run = start("wait", f"{quick.at}#name=quick", f"http://{silent.at}/#name=silent,attempt-timeout=1h", f"{late.at}#name=late",
                    f"file://{tmp_path}/flag#name=flag")
        run.await_line("quick: ready")
        run.await_line("late: connection refused")
        late.listen()
        run.await_line("late: ready")
        (tmp_path / "flag").touch()
        run.await_line("flag: ready")
        assert "silent" not in run.err
        silent.await_talks(1)
        silent.talks[0].say(b"HTTP/1.1 200 OK\r\n\r\n")
        assert run.finish().status == 0


@pytest.mark.parametrize("scheme", ["tcp", "http"])
def test_server_that_comes_late_is_found(start, scheme):
    with Server(http(), listening=False) as server:
        run = start("wait", f"{scheme}://{server.at}")
        run.await_line(f"connection refused \\({server.at}\\)$")
        server.listen()
        assert run.finish().status == 0


def test_server_that_is_not_ready_yet_is_asked_again(start):
    with Server(in_turn(http("503 Busy"), http("500 Oh"), http("200 OK"))) as server:
        result = start("wait", f"http://{server.at}").finish()
        assert (result.status, len(server.talks)) == (0, 3)


def test_command_is_started_only_when_all_is_ready(start, tmp_path):
    with Server(listening=False) as server:
        run = start("--wait-for", server.at, "--wait-for", f"file://{tmp_path}", "--", "touch", tmp_path / "started")
        run.await_line("connection refused")
        assert not (tmp_path / "started").exists()
        server.listen()
        assert run.finish().status == 0
        assert (tmp_path / "started").exists()


def test_file_that_appears_late_is_found(start, tmp_path):
    run = start("wait", f"file://{tmp_path}/flag")
    run.await_line("does not exist")
    (tmp_path / "flag").touch()
    assert run.finish().status == 0


@pytest.mark.parametrize("form", ["unix://{}", "http+unix://{}"])
def test_unix_socket_that_appears_late_is_found(start, tmp_path, form):
    path = str(tmp_path / "s")
    run = start("wait", form.format(path if form.startswith("unix") else path.replace("/", "%2F") + "/health"))
    run.await_line("does not exist")
    with Server(http(), path=path):
        assert run.finish().status == 0


def test_unix_socket_that_nobody_listens_on_is_refused_until_somebody_does(start, tmp_path):
    with Server(path=tmp_path / "s", listening=False) as server:
        run = start("wait", f"unix://{tmp_path}/s")
        run.await_line(r"connection refused \(nobody listens on that socket\)$")
        server.listen()
        assert run.finish().status == 0


def test_path_that_is_no_stream_socket_is_not_ready(shim, tmp_path):
    (tmp_path / "file").touch()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(str(tmp_path / "datagrams"))
        result = shim("check", f"unix://{tmp_path}/file#name=file", f"unix://{tmp_path}/datagrams#name=datagrams")
    assert result.status == 1
    assert "file: not ready: connection refused" in result.out
    assert "datagrams: not ready: unreachable: not a stream socket" in result.out


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to own a folder as somebody else")
@pytest.mark.parametrize("form", ["unix://{}/s", "file://{}/s"])
def test_path_that_only_others_may_see_is_denied_even_to_root(shim, tmp_path, form):
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o700)
    with Server(path=folder / "s"):
        os.chown(folder, 65534, 65534)
        result = shim("check", form.format(folder))
    assert result.status == 1
    assert "permission denied (the wait runs without capabilities)" in result.out


def test_two_hundred_targets_at_once(start):
    servers = [Server(listening=False) for _ in range(200)]
    try:
        run = start("wait", *(server.at for server in servers))
        run.await_line("connection refused", times=200)
        for server in servers:
            server.socket.listen(1)  # the kernel lets in who comes
        result = run.finish()
        assert (result.status, result.err.count(": ready after")) == (0, 200)
    finally:
        for server in servers:
            server.close()


@pytest.mark.parametrize("limit", [5, 16])
def test_few_descriptors_make_it_slow_and_no_more(start, limit):
    with Server(http()) as server:
        run = start("wait", *(f"http://{server.at}/{n}" for n in range(60)), before=["prlimit", f"--nofile={limit}:{limit}"])
        result = run.finish()
        assert (result.status, result.err.count(": ready after")) == (0, 60)
        assert "cannot open a socket: too many open files (EMFILE)" in result.err


def test_it_raises_its_own_limit_of_descriptors_but_not_that_of_the_command(shim):
    with Server() as server:
        result = shim(*(f"--wait-for={server.at}#name=n{n}" for n in range(60)), "sh", "-c", "ulimit -n",
                      before=["prlimit", "--nofile=16:1000"])
        assert (result.status, result.out) == (0, "16\n")
        assert "cannot open a socket" not in result.err


# Names and addresses


@needs_namespaces
def test_each_attempt_looks_the_name_up_again(start, hosts):
    hosts.write(FIRST)
    with Server(address=FIRST, listening=False) as old, Server(address=SECOND, port=old.port) as new:
        run = start("wait", f"db.test:{old.port}", before=hosts.before)
        run.await_line(f"connection refused \\({FIRST}:{old.port}\\)")
        hosts.write(SECOND)
        assert run.finish().status == 0
        assert len(new.talks) == 1


@needs_namespaces
def test_name_that_comes_late_is_found(start, hosts):
    hosts.write()
    with Server(address=FIRST) as server:
        run = start("wait", f"db.test:{server.port}", before=hosts.before)
        run.await_line(f"the name server failed: nobody listens at {DEAD}:53")
        hosts.write(FIRST)
        assert run.finish().status == 0


@needs_namespaces
@pytest.mark.parametrize("good", [0, 1, 2])
def test_every_address_of_a_name_is_tried_in_one_attempt(shim, hosts, good):
    addresses = [FIRST, SECOND, DEAD]
    hosts.write(*addresses)
    with Server(http(), address=addresses[good]) as server:
        assert shim("check", f"http://db.test:{server.port}/", before=hosts.before).status == 0


@needs_namespaces
def test_address_that_answers_badly_does_not_hide_the_one_that_answers_well(shim, hosts):
    hosts.write(FIRST, SECOND)
    with Server(http("503 Busy"), address=FIRST) as bad, Server(http(), address=SECOND, port=bad.port) as good:
        assert shim("check", f"http://db.test:{bad.port}/", before=hosts.before).status == 0
        assert (len(bad.talks), len(good.talks)) == (1, 1)


@needs_namespaces
def test_silent_address_does_not_hold_up_the_next(shim, hosts):
    hosts.write(FIRST, SECOND)
    with Full(address=FIRST) as silent, Server(address=SECOND, port=silent.port) as server:
        result = shim("check", f"db.test:{server.port}", "--attempt-timeout", "1h", before=hosts.before)
        assert (result.status, len(server.talks)) == (0, 1)


def is_being_dialled(port):
    with open("/proc/net/tcp", encoding="ascii") as connections:
        return any(f":{port:04X} 02 " in line for line in connections)  # SYN_SENT


@needs_namespaces
def test_words_of_a_name_server_are_not_taken_for_a_handshake(start, hosts):
    """A look-up borrows the memory in which TLS will be. Here it says what looks like a record to be sent."""
    hosts.write()
    tail = b"".join(b"\2" + bytes([n % 251]) + b"\2\2\2\2\0\0" for n in range(7000))
    with DnsServer(DEAD, records={"db.test": {"A": [FIRST]}}) as dns, Full(address=FIRST) as full:
        dns.misbehave("db.test", lambda _, right: [right + bytes(-len(right) % 8) + tail])
        run = start("check", f"tls://db.test:{full.port}#insecure", "--attempt-timeout", "20s", before=hosts.before)
        while not is_being_dialled(full.port):
            assert run.process.poll() is None
        full.__exit__()  # what the kernel dropped is sent again, and refused
        result = run.finish()
    assert (result.status, "connection refused" in result.out) == (1, True)


@needs_namespaces
def test_of_several_addresses_the_one_that_got_furthest_gives_the_reason(shim, hosts):
    hosts.write(FIRST, SECOND)
    with Server(address=FIRST, listening=False) as first, Server(http("503 Busy"), SECOND, first.port):
        result = shim("check", f"http://db.test:{first.port}/", before=hosts.before)
    assert "not ready: HTTP 503 Busy (" in result.out


@needs_ipv6
def test_ipv6_is_spoken(shim):
    with Server(http(), address="::1") as server, Server(address="::1", listening=False) as nobody:
        assert shim("check", server.at, f"http://{server.at}/").status == 0
        assert f"connection refused ({nobody.at})" in shim("check", nobody.at).out


# Deadlines


@pytest.mark.parametrize("script, reason", [
    (accept, "connected, but no answer in time"),
    (endless(b"HTTP/1.1 ", b"2", pause=0.02), "connected, but the answer did not end in time"),
    (endless(b"HTTP/1.1 100 Go\r\n", b"x", pause=0.02), "connected, but the answer did not end in time"),
])
def test_attempt_ends_at_its_deadline_whatever_drips_in(shim, script, reason):
    with Server(script) as server:
        result = shim("check", f"http://{server.at}/", "--attempt-timeout", "200ms")
        assert result.status == 1
        assert reason in result.out


def test_connect_that_gets_no_answer_ends_at_the_deadline(shim):
    with Full() as silent:
        result = shim("check", silent.at, "--attempt-timeout", "100ms")
    assert result.status == 1
    assert f"timed out while connecting ({silent.at})" in result.out


def test_wait_ends_at_its_limit(shim, tmp_path):
    with Server(listening=False) as server:
        result = shim("--wait-for", server.at, "--timeout", "200ms", "touch", tmp_path / "started")
    assert result.status == 124
    assert not (tmp_path / "started").exists()


def test_limit_ends_an_attempt_that_would_take_longer(shim):
    with Server(accept) as server:
        assert shim("wait", f"http://{server.at}", "--timeout", "200ms", "--attempt-timeout", "1h").status == 124


def test_last_attempt_is_made_at_the_limit(shim):
    with Server(in_turn(http("503 Busy"), http("200 OK"))) as server:
        result = shim("wait", f"http://{server.at}", "--timeout=300ms", "--interval=1h", "--max-interval=1h")
        assert (result.status, len(server.talks)) == (0, 2)


def test_nothing_is_tried_after_the_last_attempt(shim):
    with Server(http("503 Busy")) as server:
        result = shim("wait", f"http://{server.at}", "--timeout=300ms", "--interval=1h", "--max-interval=1h")
        assert (result.status, len(server.talks)) == (124, 2)


def test_no_limit_is_none(start):
    with Server(listening=False) as server:
        run = start("wait", server.at, "--timeout", "none")
        run.await_line("^shim: waiting for 1 target$")
        run.await_line("connection refused")
        server.listen()
        assert run.finish().status == 0


def test_required_target_ends_the_wait_at_its_own_limit(shim):
    with Server(listening=False) as server:
        result = shim("wait", f"{server.at}#name=mine,timeout=200ms", "file:///nowhere#name=other", "--timeout=none")
    assert result.status == 124
    assert re.search(r"^shim:   mine +\d+ +\d+ms +connection refused", result.err, re.MULTILINE)
    assert "2 of 2 targets not ready" in result.err


def test_own_limit_may_be_longer_than_that_of_all(start):
    with Server(listening=False) as server:
        run = start("wait", f"{server.at}#name=mine,timeout=1h", "file:///nowhere#optional,name=other",
                    "--timeout", "100ms")
        run.await_line("other: given up")
        server.listen()
        assert run.finish().status == 0


# Without what is missing


def test_optional_target_is_waited_for_and_then_done_without(shim):
    with Server(listening=False) as missing, Server() as server:
        result = shim("--wait-for", f"{missing.at}#optional,name=search,timeout=200ms", "--wait-for", server.at,
                      "--timeout=none", "/usr/bin/env")
    assert (result.status, result.out) == (0, "PATH=/usr/local/bin:/usr/bin:/bin\nSHIM_DEGRADED=search\n")
    assert re.search(r"^shim: search: given up after \d+ms \(\d+ attempts\), it is optional: connection refused",
                     result.err, re.MULTILINE)
    assert re.search(r"^shim: 1 of 2 targets not ready after \d+ms, starting /usr/bin/env$", result.err, re.MULTILINE)


def test_command_is_told_what_is_missing_however_long_its_request_is(shim):
    with Server(listening=False) as missing:
        result = shim("--wait-for", f"http://{missing.at}/{'x' * 2000}#optional,name=search,timeout=1ms", "/usr/bin/env")
    assert (result.status, result.out) == (0, "PATH=/usr/local/bin:/usr/bin:/bin\nSHIM_DEGRADED=search\n")


def test_optional_target_that_comes_up_in_time_counts(start):
    with Server(listening=False) as server:
        run = start("--wait-for", f"{server.at}#optional,timeout=1h", "/usr/bin/env")
        run.await_line("connection refused")
        server.listen()
        result = run.finish()
    assert (result.status, result.out) == (0, "PATH=/usr/local/bin:/usr/bin:/bin\n")


def test_command_is_started_at_the_limit_if_that_is_wanted(shim):
    with Server(listening=False) as first, Server(listening=False) as second, Server() as server:
        result = shim("--on-timeout", "start", "--timeout", "200ms", "--wait-for", f"{first.at}#name=first",
                      "--wait-for", server.at, "--wait-for", second.at, "/usr/bin/env")
    assert result.status == 0
    assert f"SHIM_DEGRADED=first,tcp://{second.at}\n" in result.out
    assert "2 of 3 targets not ready" in result.err
    assert "first: not ready after" in result.err


def test_wait_goes_on_for_the_others_when_one_gave_up_and_the_command_starts_anyway(start):
    with Server(listening=False) as server:
        run = start("--on-timeout=start", "--wait-for=file:///nowhere#name=a,timeout=50ms",
                    "--wait-for", f"{server.at}#name=b", "/usr/bin/env")
        run.await_line("a: not ready after")
        run.await_line("b: connection refused")
        assert run.out == ""
        server.listen()
        result = run.finish()
    assert (result.status, "SHIM_DEGRADED=a\n" in result.out) == (0, True)


def test_word_of_an_outer_shim_does_not_reach_the_command(shim):
    result = shim("/usr/bin/env", env={"SHIM_DEGRADED": "outer", "OTHER": "stays"})
    assert (result.status, result.out) == (0, "PATH=/usr/local/bin:/usr/bin:/bin\nOTHER=stays\n")


# Giving up early


def test_it_gives_up_after_failures_in_a_row_that_waiting_does_not_mend(shim):
    with Server(http("404 Not Found")) as server:
        result = shim("wait", f"http://{server.at}", "--fail-fast", "3", "--timeout=none")
        assert (result.status, len(server.talks)) == (124, 3)


def test_failure_that_mends_itself_begins_the_count_again(shim):
    with Server(in_turn(http("404 No"), http("404 No"), http("503 Busy"), http("404 No"))) as server:
        result = shim("wait", f"http://{server.at}", "--fail-fast", "3", "--timeout=none")
        assert (result.status, len(server.talks)) == (124, 6)


def test_failures_that_mend_themselves_are_never_too_many(start):
    with Server(listening=False) as server:
        run = start("wait", server.at, "--fail-fast=1", "--interval=5ms", "--verbose")
        run.await_line("connection refused", times=10)
        server.listen()
        assert run.finish().status == 0


def test_fail_fast_of_an_optional_target_ends_only_the_wait_for_it(start):
    with Server(http("404 Not Found")) as missing, Server(listening=False) as server:
        run = start("wait", f"http://{missing.at}#optional,fail-fast=2,timeout=1h", server.at)
        run.await_line("given up after .* it is optional: HTTP 404 Not Found")
        server.listen()
        assert (run.finish().status, len(missing.talks)) == (0, 2)


# Pace


def attempts(result):
    """When each attempt ended, in milliseconds of shim's own clock."""
    lines = [json.loads(line) for line in result.err.splitlines()]
    return [round(line["seconds"] * 1000) for line in lines if line["event"] in ("attempt", "not-ready", "ready")]


def gaps(result):
    ended = attempts(result)
    return [later - earlier for earlier, later in zip(ended, ended[1:])]


@pytest.mark.parametrize("options, least", [
    (["--interval=40ms", "--backoff=1", "--jitter=0"], [40, 40, 40, 40]),
    (["--interval=10ms", "--backoff=2", "--jitter=0"], [10, 20, 40, 80]),
    (["--interval=10ms", "--backoff=4", "--max-interval=50ms", "--jitter=0"], [10, 40, 50, 50]),
    (["--interval=40ms", "--backoff=1.5", "--jitter=10"], [36, 54, 81, 121]),
    ([], [45, 47, 49, 52]),
])
def test_delays_are_never_shorter_than_the_policy_says(shim, options, least):
    with Server(in_turn(*[http("503 Busy")] * 4, http())) as server:
        result = shim("wait", f"http://{server.at}", "--verbose", "--log=json", *options)
    assert result.status == 0
    assert all(gap >= wanted - 1 for gap, wanted in zip(gaps(result), least, strict=True)), gaps(result)


def test_longest_delay_bounds_even_the_steepest_backoff(shim):
    with Server(in_turn(*[http("503 Busy")] * 9, http())) as server:
        result = shim("wait", f"http://{server.at}", "--backoff=1000", "--max-interval=10ms", "--timeout=none")
        assert (result.status, len(server.talks)) == (0, 10)


def test_each_target_keeps_its_own_pace(start):
    with Server(http("503 Busy")) as quick, Server(http("503 Busy")) as slow:
        run = start("wait", f"http://{quick.at}#interval=5ms,max-interval=5ms", f"http://{slow.at}#interval=1h,max-interval=1h")
        quick.await_talks(20)
        assert len(slow.talks) == 1
        run.signal(signal.SIGTERM)


# Good-byes


def test_server_that_answers_sees_a_clean_end(shim):
    with Server(http(body="x" * 20000)) as server:
        assert shim("check", f"http://{server.at}").status == 0
        server.await_ended()
        talk = server.talks[0]
        assert (talk.ending, talk.pending_error) == (b"", 0)


def test_server_that_says_no_sees_a_clean_end_too(shim):
    with Server(http("503 Busy", body="x" * 20000)) as server:
        assert shim("check", f"http://{server.at}").status == 1
        server.await_ended()
        talk = server.talks[0]
        assert (talk.ending, talk.pending_error) == (b"", 0)


def test_server_that_speaks_first_sees_a_clean_end(start, tmp_path):
    """The greeting is there before shim has a chance to close: it is stopped until then."""
    with Full() as server:
        run = start("wait", server.at, "--attempt-timeout", "1m", f"file://{tmp_path}/end")
        run.await_line("does not exist")  # and the connection was begun before
        run.signal(signal.SIGSTOP)
        with server.accept_next() as sock:
            sock.sendall(b"220 mail.test ESMTP\r\n")
            run.signal(signal.SIGCONT)
            assert sock.recv(100) == b""
            (tmp_path / "end").touch()
            assert run.finish().status == 0
            assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
            assert sock.recv(100) == b""


def test_connection_that_is_reset_at_once_is_told_as_such(start):
    """Between the kernel's accept and shim's next look: it is stopped until then."""
    with Full() as server:
        run = start("wait", f"http://{server.at}", "file:///nowhere", "--attempt-timeout", "1m")
        run.await_line("does not exist")
        run.signal(signal.SIGSTOP)
        with server.accept_next() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        run.signal(signal.SIGCONT)
        run.await_line(f"http://{server.at}: .*\n")
        assert f"http://{server.at}: connection reset" in run.err


def test_unix_server_that_speaks_first_sees_a_clean_end(start, tmp_path):
    with Server(greet(b"hello\n"), path=tmp_path / "s") as server:
        for _ in range(5):
            start("wait", f"unix://{tmp_path}/s").finish()
        server.await_ended(5)
        assert [talk.heard for talk in server.talks] == [b""] * 5


def test_nothing_is_said_to_a_tcp_target(shim):
    with Server() as server:
        assert shim("check", server.at).status == 0
        server.await_ended()
        assert (server.talks[0].heard, server.talks[0].ending) == (b"", b"")


# The process that waits


@pytest.mark.parametrize("verb", ["run", "wait"])
def test_the_process_that_waits_has_no_capabilities_and_cannot_get_any(start, verb):
    run = start(verb, "--wait-for=file:///nowhere" if verb == "run" else "file:///nowhere", *["true"] * (verb == "run"))
    run.await_line("does not exist")
    [pid] = children(run.pid) if verb == "run" else [run.pid]
    status = status_of(pid)
    assert {status[key] for key in ("CapInh", "CapPrm", "CapEff")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits)


def test_command_keeps_the_rights_and_limits_that_shim_was_given(shim):
    words = ["grep", "-E", "^(Cap(Inh|Prm|Eff|Bnd)|NoNewPrivs)", "/proc/self/status"]
    with Server() as server:
        plain, waited = shim(*words), shim("--wait-for", server.at, *words)
    assert plain.out.count("\n") == 5
    assert waited.out == plain.out
    assert f"CapEff:\t{status_of('self')['CapEff']}\n" in waited.out


def test_nothing_of_the_wait_is_left_open_for_the_command(shim):
    with Server() as server:
        result = shim("--wait-for", server.at, "ls", "/proc/self/fd")
    assert result.out.split() == ["0", "1", "2", "3"]  # 3: of ls


def test_the_process_that_waits_ends_when_init_does(start):
    run = start("--wait-for=file:///nowhere", "true")
    run.await_line("does not exist")
    [pid] = children(run.pid)
    watch = os.pidfd_open(pid)
    run.signal(signal.SIGKILL)
    assert select.select([watch], [], [], 60)[0], "it still waits"
    os.close(watch)


def test_closed_standard_descriptors_do_no_harm(start, tmp_path):
    with Server(http()) as server:
        run = start("--verbose", f"--wait-for=http://{server.at}/", "touch", tmp_path / "started",
                    before=["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-'])
        assert run.finish().status == 0
        server.await_ended()
        assert (tmp_path / "started").exists()
        assert b"shim:" not in server.talks[0].heard, "the log went into the connection"
        assert server.talks[0].heard.endswith(b"\r\n\r\n")
