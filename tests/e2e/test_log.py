# SPDX-License-Identifier: MIT
"""What the user reads while waiting and in the end, as text and as JSON."""
import json
import os
import pathlib
import re
import signal

import pytest

from program import needs_namespaces, shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, http, in_turn

TIME = r"(?:\d+ms|\d+(?:\.\d\d)?s)"


def assert_lines(text, patterns):
    """Each line is what its pattern says, and there is no other line."""
    lines = text.splitlines()
    for line, pattern in zip(lines, patterns):
        assert re.fullmatch(pattern.replace("TIME", TIME), line), f"{line!r} is not {pattern!r}"
    assert len(lines) == len(patterns), text


def objects(text):
    return [json.loads(line) for line in text.splitlines()]


# The course of a wait


def test_wait_is_told_by_what_changes(start, tmp_path):
    with Server(in_turn(*[http("503 Busy")] * 3, http("500 Oh"), http()), listening=False) as server:
        run = start("--wait-for", f"http://{server.at}/#name=web", "--wait-for=file:///", "--interval=5ms", "--backoff=1",
                    "--", "/bin/echo", "started")
        run.await_line("refused")
        server.listen()
        result = run.finish()
    assert (result.status, result.out) == (0, "started\n")
    assert_lines(result.err, [
        "shim: waiting for 2 targets, at most 5m",
        "shim: file:///: ready after TIME",
        rf"shim: web: connection refused \({re.escape(server.at)}\)",
        "shim: web: HTTP 503 Busy",
        "shim: web: HTTP 500 Oh",
        r"shim: web: ready after TIME \(\d+ attempts\)",
        "shim: all ready after TIME, starting /bin/echo",
    ])


def test_run_without_targets_says_nothing(shim):
    assert shim("echo", "hello") == (0, "hello\n", "")
    assert shim("--verbose", "true").out == ""


def test_only_the_command_writes_to_stdout(shim):
    for flags in ([], ["--verbose"], ["--log=json"]):
        assert shim(*flags, "--wait-for=file:///", "echo", "x").out == "x\n"
        assert shim("wait", *flags, "file:///").out == ""
        assert shim("wait", *flags, "file:///nowhere", "--timeout=10ms").out == ""


def test_table_at_the_end_names_each_that_is_not_ready(shim):
    with Server(http("503 Busy")) as busy, Server(listening=False) as nobody:
        result = shim("wait", f"http://{busy.at}/#name=search-and-more", nobody.at, "file:///", "file:///nowhere#name=flag",
                      "--timeout=150ms")
    assert result.status == 124
    table = result.err[result.err.index("shim: gave up"):]
    assert_lines(table, [
        "shim: gave up after TIME: 3 of 4 targets not ready",
        "shim:   TARGET +ATTEMPTS  [T]IME +LAST REASON",
        r"shim:   search-and-more +\d+ +TIME +HTTP 503 Busy",
        rf"shim:   tcp://{re.escape(nobody.at)} +\d+ +TIME +connection refused \({re.escape(nobody.at)}\)",
        r"shim:   flag +\d+ +TIME +does not exist",
    ])
    columns = {re.search(r"(LAST REASON|HTTP 503|connection refused|does not exist)", line).start() for line in table.splitlines()[1:]}
    assert len(columns) == 1, "the columns stand under each other"


def test_long_name_does_not_push_the_table_away(shim):
    result = shim("wait", f"file:///nowhere#name={'n' * 100}", "file:///nowhere#name=short", "--timeout=10ms")
    assert re.search(rf"^shim:   {'n' * 100} .*does not exist$", result.err, re.MULTILINE)
    assert re.search(r"^shim:   short .*does not exist$", result.err, re.MULTILINE)
    assert len(re.search(r"^shim:   short.*$", result.err, re.MULTILINE).group()) < 100


@pytest.mark.parametrize("limit, shown", [
    ("90s", "1m30s"), ("1500ms", "1.50s"), ("2h", "2h"), ("61m", "1h1m"), ("1h30m", "1h30m"), ("250ms", "250ms"),
    ("0.5s", "500ms"), ("5m", "5m"),
])
def test_limit_is_told_in_units_that_a_person_reads(shim, limit, shown):
    assert f"waiting for 1 target, at most {shown}\n" in shim("wait", "file:///", "--timeout", limit).err


def test_longest_limit_is_the_one_that_is_told(shim):
    assert "at most 7m\n" in shim("wait", "file:///#timeout=7m", "file:///#timeout=1m,name=b", "--timeout=2m").err


def test_what_waiting_rarely_mends_is_said_at_once_and_loudly(start):
    with Server(http("401 Unauthorized")) as server:
        run = start("wait", f"http://{server.at}/#name=web", "--log=json")
        run.await_line("HTTP 401")
        [line] = [o for o in objects(run.err) if o["event"] == "not-ready"]
        assert (line["level"], line["attempts"]) == ("warning", 1)
        assert line["message"] == "HTTP 401 Unauthorized - waiting rarely mends this"


def test_what_may_mend_itself_is_no_warning(start):
    with Server(http("503 Busy")) as server:
        run = start("wait", f"http://{server.at}/#name=web", "--log=json")
        run.await_line("HTTP 503")
        assert [o["level"] for o in objects(run.err)] == ["info", "info"]


def test_certificate_that_is_not_verified_is_told_every_time(shim):
    for target in ("https://127.0.0.1:1/#insecure,name=web", "tls://127.0.0.1:1#insecure,name=web"):
        assert "shim: web: its certificate is not verified (insecure)\n" in shim("wait", target, "--timeout=1ms").err


@pytest.mark.parametrize("target", ["file:///" + 3000 * "n", "localhost:1#name=" + 250 * "n"], ids=["path", "name"])
def test_long_name_leaves_each_line_whole(shim, target):
    result = shim("wait", target, "--timeout=10ms", "--log=json")
    assert [o["event"] for o in objects(result.err)] == ["waiting", "not-ready", "failed", "failed"]
    for line in shim("wait", target, "--timeout=10ms").err.splitlines():
        assert re.match("shim: (waiting|gave up|  TARGET|.*nnn.* (does not exist|file name too long|connection refused))", line)


def test_name_that_is_too_long_is_a_mistake(shim):
    result = shim("wait", "db:1#name=" + 251 * "n")
    assert (result.status, "a name has 250 characters at most" in result.err) == (125, True)


def test_early_end_is_told_with_its_reason(shim):
    with Server(http("404 Not Found")) as server:
        result = shim("wait", f"http://{server.at}/#name=web", "--fail-fast=2", "--timeout=none")
    assert result.status == 124
    assert re.search(r"^shim: gave up after \S+: 1 of 1 targets not ready$", result.err, re.MULTILINE)
    assert re.search(r"^shim:   web +2 .*HTTP 404 Not Found$", result.err, re.MULTILINE)


# How much


def test_quiet_says_nothing_when_all_goes_well(shim):
    with Server(in_turn(http("404 No"), http("503 Busy"), http())) as server:
        assert shim("--quiet", "--wait-for", f"http://{server.at}/", "echo", "x") == (0, "x\n", "")


def test_quiet_still_says_what_went_wrong_in_the_end(shim):
    result = shim("wait", "--quiet", "file:///nowhere", "--timeout=10ms")
    assert_lines(result.err, ["shim: gave up after TIME: .*", "shim:   TARGET .*", "shim:   file:///nowhere .*"])
    assert shim("--quiet", "/no/program").err == "shim: cannot execute /no/program: no such file or directory (ENOENT)\n"
    assert shim("--quiet", "wait", "bad").err != ""


def test_verbose_tells_of_every_attempt(shim):
    with Server(in_turn(*[http("503 Busy")] * 4, http())) as server:
        result = shim("wait", f"http://{server.at}/#name=web", "--verbose", "--interval=5ms")
    assert_lines(result.err, [
        "shim: waiting for 1 target, at most 5m",
        *[rf"shim: web: attempt {n} after TIME: HTTP 503 Busy" for n in (1, 2, 3, 4)],
        r"shim: web: ready after TIME \(5 attempts\)",
        "shim: all ready after TIME",
    ])


# For machines


LEVELS = {"info", "warning", "error"}


def test_each_line_of_json_is_an_object_of_the_same_shape(shim):
    with Server(in_turn(http("503 \"Busy\\\u00e4\x01"), http("404 No"))) as server:
        result = shim("--log=json", "--verbose", "--wait-for", f"http://{server.at}/#name=web",
                      "--wait-for=file:///nowhere#optional,timeout=1ms", "--wait-for=file:///", "--wait-for=https://127.0.0.1:1/#insecure,name=tls", "--timeout=120ms", "true")
    assert result.status == 124
    for line in objects(result.err):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["level"] in LEVELS
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", line["event"])
        assert line["message"]
        about_one = line["event"] in ("attempt", "ready", "gave-up", "not-ready", "insecure", "state") or \
            (line["event"] == "failed" and "attempts" in line)
        assert ("target" in line) == about_one, line
        assert set(line) <= {"time", "level", "event", "message", "target", "attempts", "seconds"}
    events = {line["event"] for line in objects(result.err)}
    assert {"waiting", "insecure", "attempt", "ready", "gave-up", "failed"} <= events


def test_json_tells_the_same_as_text(shim):
    def tell(log):
        with Server(in_turn(http("503 Busy"), http())) as server:
            return shim("--log", log, "--wait-for", f"http://{server.at}/#name=web", "true").err

    sentences = [f"shim: {o['target'] + ': ' if 'target' in o else ''}{o['message']}" for o in objects(tell("json"))]
    assert [re.sub(TIME, "TIME", s) for s in sentences] == [re.sub(TIME, "TIME", s) for s in tell("text").splitlines()]


def test_json_measures_are_numbers(shim):
    with Server(in_turn(http("503 Busy"), http())) as server:
        [ready] = [o for o in objects(shim("wait", "--log=json", f"http://{server.at}/").err) if o["event"] == "ready"]
    assert ready["attempts"] == 2
    assert 0.045 <= ready["seconds"] < 30


@pytest.mark.parametrize("words", [
    ["/no/program"], ["--wait-for=file:///", "/no/program"], ["--wait-for=file:///nowhere", "--timeout=10ms", "true"],
    ["install", "/no/file"], ["--frob"], ["wait"], [],
])
def test_json_holds_for_every_end(shim, words):
    result = shim(*words, env={"SHIM_LOG": "json"})
    assert result.status in (124, 125, 127)
    assert objects(result.err)[-1]["level"] == "error"


# Asked for, and unasked


def test_every_ten_seconds_it_says_what_it_still_waits_for(start):
    """Ten seconds once, for all ways to say it."""
    many = [f"file:///nowhere#name=n{n}" for n in range(9)]
    text, quiet, machine = (start("wait", *flags, "file:///", *many) for flags in ([], ["--quiet"], ["--log=json"]))
    one = start("wait", "file:///nowhere#name=only", "file:///")
    text.await_line(r"^shim: still waiting after 1\S+s for n0, n1, n2, n3, n4, n5 and 3 more$")
    machine.await_line(r'"event":"still-waiting","message":"still waiting after 1.*\n')
    one.await_line(r"^shim: still waiting after 1\S+s for only$")
    assert objects(machine.err)[-1]["level"] == "info"
    assert quiet.err == ""


@pytest.mark.parametrize("verb", ["run", "wait"])
def test_usr1_prints_the_state_of_every_target(start, verb):
    with Server(accept) as silent, Server(listening=False) as nobody:
        targets = [f"http://{silent.at}/#name=silent,attempt-timeout=1h", f"{nobody.at}#name=nobody", "file:///#name=there",
                   "file:///nowhere#name=given-up,optional,timeout=1ms"]
        run = start(*([f"--wait-for={target}" for target in targets] + ["true"] if verb == "run" else ["wait", *targets]))
        run.await_line("nobody: connection refused")
        run.await_line("given-up: given up")
        silent.await_talks(1)
        for times in (1, 2):
            run.signal(signal.SIGUSR1)
            run.await_line(r"^shim: nobody: connection refused \(.*\) after \S+( \(\d+ attempts\))?$", times)
            run.await_line(r"^shim: there: ready after \S+$", times + 1)
            run.await_line(r"^shim: given-up: does not exist after \S+", times)
            run.await_line(r"^shim: silent: the first attempt is under way$", times)
        nobody.listen()
        silent.talks[0].say(b"HTTP/1.1 200 OK\r\n\r\n")
        assert run.finish().status == 0


def test_signal_that_ends_the_wait_is_told(start):
    run = start("--wait-for=file:///nowhere", "true")
    run.await_line("does not exist")
    run.signal(signal.SIGTERM)
    result = run.finish()
    assert result.status == 143
    assert result.err.endswith("shim: TERM while waiting; nothing was started\n")


@needs_namespaces
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP])
def test_wait_as_pid_1_ends_on_a_request(start, number):
    """An init container that only waits: the kernel drops what PID 1 has no handler for."""
    run = start("wait", "file:///nowhere", before=["unshare", "--pid", "--fork", "--kill-child"])
    run.await_line("does not exist")
    [inner] = pathlib.Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    os.kill(int(inner), number)
    assert run.finish().status == 128 + number


def test_wait_elsewhere_ends_by_the_signal_itself(start):
    run = start("wait", "file:///nowhere")
    run.await_line("does not exist")
    run.signal(signal.SIGTERM)
    assert run.finish().status == -signal.SIGTERM
