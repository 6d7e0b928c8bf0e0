# SPDX-License-Identifier: MIT
"""Secrets: user info, query, header values and whatever came out of ${...} are never printed, whatever happens."""
import itertools
import os
import re
import signal

import pytest

from program import private_files, needs_namespaces, shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, answer, answer_and_close, http, reset

# No part of it is a word that shim might say.
SECRET = "Qx7Zq9Kw"
LISTED = {"TOKEN": SECRET}


@pytest.fixture
def no_names(tmp_path):
    """A machine whose name server is dead."""
    resolv_conf = tmp_path / "resolv.conf"
    resolv_conf.write_text(f"nameserver 127.55.{os.getpid() % 250 + 1}.1\n")
    return private_files({"/etc/resolv.conf": resolv_conf})


BRIEFLY = ("--timeout=10ms", "--attempt-timeout=50ms")


def outputs(shim, target, before=()):
    """Everything that is said about a target: each verb, format and verbosity, and each way to declare it."""
    env, options = LISTED, BRIEFLY
    for verbosity, log in itertools.product([[], ["--verbose"], ["--quiet"]], ["text", "json"]):
        flags = [*verbosity, f"--log={log}", *options]
        yield shim("check", *flags, target, env=env, before=before)
        yield shim("wait", *flags, target, env=env, before=before)
        yield shim("--wait-for", target, *flags, "true", env=env, before=before)
    yield shim("wait", *options, env={**env, "SHIM_WAIT_FOR": target}, before=before)
    yield shim("--wait-for", target, "--on-timeout=start", *options, "sh", "-c", "echo $SHIM_DEGRADED", env=env, before=before)


def assert_secret_is_kept(results):
    count = 0
    for result in results:
        count += 1
        assert result.status >= 0, f"it crashed: {result}"
        assert SECRET.lower() not in (result.out + result.err).lower(), result
    return count


# Each holds the secret in another place; {} is where the server is.
PLACES = [
    f"http://{SECRET}@{{}}/",
    f"http://app:{SECRET}@{{}}/",
    f"http://app:a@b:{SECRET}@{{}}/",
    f"http://{{}}/?token={SECRET}",
    f"http://{{}}?{SECRET}",
    f"http://{{}}/#header=Authorization:Bearer%20{SECRET}",
    f"http://{{}}/#header=X-A:1,header=X-B:{SECRET},header=X-C:2,optional",
    "http://${{TOKEN}}:${{TOKEN}}@{}/${{TOKEN}}?${{TOKEN}}#header=X:${{TOKEN}}",
    "http://{}/${{TOKEN:?must be set}}",
    f"http://{{}}/${{{{UNSET:-{SECRET}}}}}",
    f"http://{{}}/#name=web,header=X:${{{{UNSET:-{SECRET}}}}}",
    "http://{}/#host=${{TOKEN}}.test",
]


SERVERS = {
    "ready": http(),
    "not ready": http("503 Busy"),
    "denied": http("401 Unauthorized"),
    "foreign": answer(b"220 hello\r\n"),
    "silent": accept,
    "closing": answer_and_close(b""),
    "resetting": reset,
}


@pytest.mark.parametrize("script", SERVERS.values(), ids=SERVERS)
def test_no_server_makes_it_tell(shim, script):
    with Server(script) as server:
        targets = [place.format(server.at) for place in PLACES]
        for log in ("text", "json"):
            lists = [f"--log={log}", *BRIEFLY, "--verbose"]
            results = [shim("check", *lists, *targets, env=LISTED), shim("wait", *lists, *targets, env=LISTED),
                       shim(*(f"--wait-for={target}" for target in targets), *lists, "--on-timeout=start",
                            "sh", "-c", "echo $SHIM_DEGRADED", env=LISTED)]
            assert assert_secret_is_kept(results) == 3
            assert any(SECRET.encode() in talk.heard for talk in server.talks) or script is reset, "nobody was asked with it"


@pytest.mark.parametrize("place", PLACES)
def test_it_is_not_told_by_any_verb_format_or_verbosity(shim, place):
    with Server(listening=False) as nobody:
        assert assert_secret_is_kept(outputs(shim, place.format(nobody.at))) == 20


@pytest.mark.parametrize("place", PLACES)
def test_it_is_not_told_when_somebody_asks_how_far_the_wait_is(start, place):
    with Server(listening=False) as nobody:
        run = start("wait", place.format(nobody.at), env=LISTED)
        run.await_line("connection refused")
        run.signal(signal.SIGUSR1)
        run.await_line("connection refused.* after ")
        assert SECRET not in run.err


@pytest.mark.parametrize("target", [
    "http://${TOKEN}/", "http://${TOKEN}:1/", "${TOKEN}:1", "tls://${TOKEN}.test:1#insecure", "unix:///${TOKEN}", "file:///${TOKEN}",
    "http+unix://%2F${TOKEN}/", f"file:///${{UNSET:-{SECRET}}}", "file:///a${TOKEN}b",
])
@needs_namespaces
def test_host_and_path_that_came_out_of_a_variable_are_shown_as_they_were_written(shim, target, no_names):
    results = list(outputs(shim, target, before=no_names))
    assert_secret_is_kept(results)
    assert any("${" in result.err + result.out for result in results)


def test_content_of_a_file_is_not_told(shim, tmp_path):
    token = tmp_path / "token"
    token.write_text(SECRET + "\n")
    with Server(http("503 Busy")) as server:
        target = f"http://${{<{token}}}:x@{server.at}/${{<{token}}}#header=X:${{<{token}}}"
        assert_secret_is_kept(outputs(shim, target))
        assert SECRET.encode() in server.talks[0].heard


@pytest.mark.parametrize("value", ["${TOKEN}", "${<token}", "/no/${TOKEN}", f"${{UNSET:-/no/{SECRET}}}"])
def test_path_of_the_ca_is_not_told(shim, tmp_path, value):
    (tmp_path / "token").write_text(SECRET)
    result = shim("check", f"https://h.test/#ca={value}", env=LISTED, cwd=tmp_path)
    assert_secret_is_kept([result])
    assert (result.status, "}: no such file or directory" in result.err) == (1, True)


# A mistake anywhere in the declaration, also such that the secret is no longer where a parser would look for it.
BROKEN = [
    "{}:x/", "{}:0", "{}:1:2", "{}:1/a b", "{}:1/\x01", "{}:1#", "{}:1#,", "{}:1#frob", "{}:1#optinal", "{}:1#frob=1", "{}:1#ca=/no/file",
    "{}:1#timeout=5", "{}:1#name=/", "{}:1#status=x", "{}:1#method=x", "{}:1#header=X", "{}:1#host=a%20b", "{}%zz:1", "{}%00:1", "{}:1/${{",
    "{}:1/${{UNSET_VARIABLE}}", "{}:1/${{-}}", "{}:1/${{X+y}}", "{}:1/${{</no/file}}", "[{}:1", "[{}]x",
]


SCHEMES = ["http://", "htps://", "tcp://", "http:/", "", "http+unix://", "unix://", "file:", "://"]


def broken_targets(scheme, broken):
    head, _, options = broken.format("h.test").partition("#")
    options = options and "#" + options
    header = f"{options},header=X-Token:{SECRET}" if options else f"#header=X-Token:{SECRET}"
    yield f"{scheme}app:{SECRET}@{head}{options}"
    yield f"{scheme}{SECRET}@{head}{options}"
    yield f"{scheme}app:/{SECRET}?{SECRET}#{SECRET}@{head}{options}"
    yield f"{scheme}{head}?token={SECRET}{options}"
    yield f"{scheme}{head}?token=a#{SECRET}{options}"
    yield f"{scheme}{head}{header}"
    yield f"{scheme}{head}{header},{SECRET}"
    yield f"{scheme}{head}{header},x={SECRET}"
    yield f"{scheme}{head}{header},{SECRET}=="
    yield f"{scheme}{head}/${{TOKEN}}{options}"
    yield f"{scheme}{head}/${{UNSET:-{SECRET}}}{options}"
    yield f"{scheme}{head}{options or '#optional'},status=${{TOKEN}},method=${{TOKEN}},timeout=${{TOKEN}},host=${{TOKEN}}!"


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("log", ["text", "json"])
def test_no_mistake_makes_it_tell(start, tmp_path, broken, log):
    targets = [target for scheme in SCHEMES for target in broken_targets(scheme, broken)]
    with open(tmp_path / "err", "w+", encoding="utf-8") as err:  # a file, since a full pipe drops lines
        result = start("wait", f"--log={log}", *targets, env=LISTED, stderr=err).finish()
        err.seek(0)
        said = err.read()
    assert result.status == 125
    assert said.count("TARGET: ") >= len(targets) / 2
    assert SECRET.lower() not in said.lower()


@pytest.mark.parametrize("slip", [
    f"http://127.0.0.1:1/#header:X-Token:{SECRET}",
    f"http://127.0.0.1:1/#heder=X-Token:{SECRET}",
    f"http://127.0.0.1:1/#Header=X-Token:{SECRET}",
    f"http://127.0.0.1:1/#headers=X-Token:{SECRET}",
    f"http://127.0.0.1:1/#token={SECRET}",
    f"http://127.0.0.1:1/#X-Token:{SECRET}",
    f"http://127.0.0.1:1/#header=X:a,{SECRET}",
    f"http://127.0.0.1:1/#header=X:a,{SECRET}=",
    f"http://127.0.0.1:1/?a=b#{SECRET}",
    f"http://127.0.0.1:1/?a=b#{SECRET}=",
    f"http://127.0.0.1:1/${{UNSET:+{SECRET}}}",
    f"http://127.0.0.1:1/${{UNSET-{SECRET}}}",
    f"http://127.0.0.1:1/${{UNSET={SECRET}}}",
    f"http://127.0.0.1:1/${{UNSET:={SECRET}}}",
    f"http://127.0.0.1:1/${{UNSET:-{SECRET}",
    f"app:{SECRET}@db",
])
def test_slip_of_the_pen_does_not_make_it_tell(shim, slip):
    for log in ("text", "json"):
        result = shim("wait", f"--log={log}", slip, env=LISTED)
        assert result.status == 125
        assert_secret_is_kept([result])


@pytest.mark.parametrize("words", [
    ["{}"], ["--", "{}"], ["run", "{}"], ["install", "{}"], ["install", "a", "{}"], ["wait", "-{}"], ["wait", "--{}"],
    ["wait", "--timeout", "{}", "file:///"], ["wait", "--wait-file", "{}"], ["wait", "--log", "{}"], ["check", "--fail-fast", "{}"],
    ["--quiet={}", "true"], ["--wait-for=file:///", "{}"],
])
def test_target_in_a_wrong_place_does_not_make_it_tell(shim, words):
    """The verb, or a value before it, was forgotten."""
    for log in ("text", "json"):
        result = shim(*(word.format(f"http://app:{SECRET}@db/?{SECRET}") for word in words), env={"SHIM_LOG": log})
        assert result.status not in (0, 124)
        assert_secret_is_kept([result])


def test_variable_that_holds_a_target_by_mistake_does_not_tell(shim):
    for name in ("SHIM_TIMEOUT", "SHIM_WAIT_FILE", "SHIM_FROB", "SHIM_LOG"):
        result = shim("true", env={name: f"http://app:{SECRET}@db/"})
        assert result.status == 125
        assert_secret_is_kept([result])


def test_what_is_no_secret_is_shown(shim):
    """Or the tests above would pass for a program that says nothing."""
    result = shim("wait", "http://app:x@h.test:1/path?q#optinal,timeout=3s,name=web,header=X:y")
    assert re.search(r"^shim:   http://\*\*\*@h\.test:1/path\?\*\*\*#.*timeout=3s,name=web,header=\*\*\*$", result.err, re.MULTILINE)
