# SPDX-License-Identifier: MIT
"""check, the health check: one line a target, few bytes, and no status but 0 and 1, whatever happens."""
import json
import os
import re
import subprocess
import time

import pytest

from program import PATH, SHIM, needs_namespaces, shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, http

OUTPUT_MAX = 4096  # Docker keeps no more of a health check's output
LINE = re.compile(r"(?P<name>\S+): (?:ready|not ready: (?P<reason>.+)) \((?P<ms>\d+) ms\)")


def lines(result):
    found = [LINE.fullmatch(line) for line in result.out.splitlines()]
    assert all(found), result.out
    return {match["name"]: match["reason"] for match in found}


def test_each_target_has_a_line_with_its_name_and_why_it_is_not_ready(shim):
    with Server(http()) as good, Server(http("503 Busy")) as busy, Server(listening=False) as nobody:
        result = shim("check", f"http://{good.at}/#name=web", f"http://{busy.at}/", nobody.at, "file:///")
    assert (result.status, result.err) == (1, "")
    assert lines(result) == {"web": None, f"http://{busy.at}": "HTTP 503 Busy", "file:///": None,
                             f"tcp://{nobody.at}": f"connection refused ({nobody.at})"}


def test_what_is_not_ready_stands_first(shim):
    result = shim("check", "file:///#name=a", "file:///nowhere#name=b", "file:///#name=c", "file:///nowhere#name=d")
    assert list(lines(result)) == ["b", "d", "a", "c"]


def test_all_ready_is_0_and_anything_else_is_1(shim):
    assert shim("check", "file:///").status == 0
    assert shim("check", "file:///", "file:///nowhere").status == 1
    assert shim("check", "file:///nowhere").status == 1


def test_each_target_is_tried_once(shim):
    with Server(http("503 Busy")) as server:
        shim("check", f"http://{server.at}/", "--interval=1ms", "--timeout=1h")
        assert len(server.talks) == 1


def test_milliseconds_are_those_that_passed(shim):
    with Server(accept) as silent:
        result = shim("check", f"http://{silent.at}/", "--attempt-timeout=120ms")
    assert 120 <= int(LINE.match(result.out)["ms"]) < 5000


def test_shorter_one_of_both_limits_holds(shim):
    with Server(accept) as silent:
        started = time.monotonic()
        assert shim("check", f"http://{silent.at}/", "--attempt-timeout=50ms", "--timeout=1h").status == 1
        assert shim("check", f"http://{silent.at}/", "--attempt-timeout=1h", "--timeout=50ms").status == 1
        assert time.monotonic() - started < 20


def test_optional_target_does_not_make_it_unhealthy_but_is_told_of(shim):
    result = shim("check", "file:///", "file:///nowhere#name=search,optional")
    assert (result.status, lines(result)) == (0, {"search": "does not exist", "file:///": None})


# What it says how


def test_quiet_tells_only_of_what_is_not_ready(shim):
    assert shim("check", "--quiet", "file:///") == (0, "", "")
    result = shim("check", "--quiet", "file:///", "file:///nowhere")
    assert lines(result) == {"file:///nowhere": "does not exist"}


def test_verbose_changes_nothing(shim):
    result = shim("check", "--verbose", "file:///", "file:///nowhere")
    assert (len(lines(result)), result.err) == (2, "")


def test_json_is_one_object_a_line(shim):
    result = shim("check", "--log=json", "file:///#name=a", "file:///nowhere#name=b")
    objects = [json.loads(line) for line in result.out.splitlines()]
    assert [(o["target"], o["event"], o["level"], o["attempts"]) for o in objects] == [
        ("b", "not-ready", "error", 1), ("a", "ready", "info", 1)]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", o["time"]) for o in objects)
    assert objects[0]["message"].startswith("does not exist")


@pytest.mark.parametrize("count", [10, 200, 2000])
@pytest.mark.parametrize("target", ["file:///nowhere", "file:///"])
@pytest.mark.parametrize("log", ["text", "json"])
def test_output_keeps_to_its_bound_however_many_targets(shim, count, target, log):
    result = shim("check", f"--log={log}", *(f"{target}#name=n{n}-{'x' * 40}" for n in range(count)))
    assert result.status == (0 if target == "file:///" else 1)
    assert len(result.out.encode()) <= OUTPUT_MAX
    assert result.out.endswith("\n")
    if log == "json":
        assert all(json.loads(line)["target"] for line in result.out.splitlines())
    elif count > 100:
        *told, last = result.out.splitlines()
        assert len(told) > 20
        assert last == f"and {count - len(told)} more"


def test_of_many_targets_that_which_is_not_ready_is_told(shim):
    result = shim("check", *(f"file:///#name=n{n}" for n in range(200)), "file:///nowhere#name=last")
    assert result.out.startswith("last: not ready: does not exist (")


def test_longest_name_and_reason_fit(shim):
    with Server(http("503 " + "ä\x01" * 200)) as server:
        result = shim("check", *(f"http://{server.at}/{n}#name={'n' * 200}{n}" for n in range(30)))
    assert result.status == 1
    assert len(result.out.encode()) <= OUTPUT_MAX
    assert "HTTP 503 ä\\x01" in result.out


# Where its targets come from


def test_without_targets_it_takes_those_of_the_variables(shim, tmp_path):
    (tmp_path / "targets").write_text("file:///#name=c\n")
    env = {"SHIM_WAIT_FOR": "file:///#name=a file:///nowhere#name=b", "SHIM_WAIT_FILE": str(tmp_path / "targets")}
    result = shim("check", env=env)
    assert (result.status, lines(result)) == (1, {"b": "does not exist", "a": None, "c": None})


def test_targets_that_are_named_replace_those_of_the_variables(shim, tmp_path):
    (tmp_path / "targets").write_text("file:///nowhere\n")
    env = {"SHIM_WAIT_FOR": "file:///nowhere", "SHIM_WAIT_FILE": str(tmp_path / "targets")}
    result = shim("check", "file:///#name=a", env=env)
    assert (result.status, lines(result)) == (0, {"a": None})


def test_settings_of_the_variables_hold_for_it(shim):
    with Server(accept) as silent:
        result = shim("check", f"http://{silent.at}", env={"SHIM_ATTEMPT_TIMEOUT": "50ms", "SHIM_ON_TIMEOUT": "fail"})
    assert "no answer in time" in result.out


# 0 or 1


@pytest.mark.parametrize("words", [
    [], ["bad"], ["--frob"], ["-x"], ["--timeout"], ["--timeout=x", "file:///"], ["--timeout=0s", "file:///nowhere"], ["--wait-file=/no"],
    ["--on-timeout=start", "file:///nowhere"], ["--fail-fast=1", "file:///nowhere"], ["https://127.0.0.1:1/#ca=/no"], [""], ["--"],
    ["--", "--frob"], ["--log=x"], ["--quiet=x"], ["127.0.0.1:1"], ["http://127.0.0.1:1/"], ["unix:///nowhere"], ["[::1]:1"],
])
def test_what_fails_is_1(shim, words):
    assert shim("check", *words).status == 1


@pytest.mark.parametrize("env", [{"SHIM_TIMEOUT": "x"}, {"SHIM_FROB": "1"}, {"SHIM_LOG": "x"}, {"SHIM_WAIT_FOR": "bad"}])
def test_mistake_in_a_variable_is_1(shim, env):
    result = shim("check", env=env)
    assert result.status == 1
    assert list(env)[0] in result.err


@pytest.mark.parametrize("target, status", [("file:///", 0), ("file:///nowhere", 1), ("bad", 1)])
@pytest.mark.parametrize("shell", ["exec >&-", "exec 2>&-", "exec <&- >&- 2>&-", "exec >/dev/full", "exec 2>/dev/full",
                                   "exec >/dev/full 2>&1"])
def test_status_does_not_depend_on_who_reads(shim, target, status, shell):
    assert shim("check", target, before=["sh", "-c", f'{shell}; exec "$0" "$@"']).status == status


@pytest.mark.parametrize("target, status", [("file:///", 0), ("file:///nowhere", 1), ("bad", 1)])
def test_reader_who_went_away_does_not_change_the_status(target, status):
    """Nor does the signal that such a write brings."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([SHIM, "check", target], env=PATH, stdout=writer, stderr=writer, timeout=30)
    os.close(writer)
    assert done.returncode == status


def test_nothing_is_opened_in_place_of_a_closed_stdout(start):
    """Or the report would go to the server."""
    with Server(http()) as server:
        run = start("check", f"http://{server.at}/", before=["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-'])
        assert run.finish().status == 0
        server.await_ended()
        assert server.talks[0].heard.endswith(b"\r\n\r\n")


@needs_namespaces
def test_it_works_without_proc_and_dev(shim):
    with Server(http()) as server:
        hide = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc; mount -t tmpfs none /dev; exec "$0" "$@"']
        assert shim("check", f"http://{server.at}/", "file:///", before=hide).status == 0


@pytest.mark.parametrize("limit", [0, 3, 4])
def test_too_few_descriptors_are_1_or_enough(shim, limit):
    with Server(http()) as server:
        result = shim("check", f"http://{server.at}/", before=["sh", "-c", f'ulimit -n {limit}; exec "$0" "$@"'])
    assert (result.status, result.err) in ((0, ""), (1, ""))
