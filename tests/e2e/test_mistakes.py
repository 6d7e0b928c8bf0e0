# SPDX-License-Identifier: MIT
"""Mistakes in what the user says: all at once, before anything is dialled, each with its place and what would be right."""
import json
import re

import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server


def mistakes(result):
    """[(problem, the text, what is marked in it, the hint)], as a reader takes them in."""
    lines = result.err.removesuffix("\n").split("\n")
    assert all(line.startswith("shim: ") for line in lines), result.err
    found = []
    for line in (line.removeprefix("shim: ") for line in lines):
        if not line.startswith("  "):
            found.append([line, None, None, None])
        elif found[-1][1] is None:
            found[-1][1] = line[2:]
        else:
            caret = re.fullmatch(r"  ( *)(\^+)(?: (.*))?", line)
            begin, end = caret.start(2) - 2, caret.end(2) - 2
            found[-1][2:] = [found[-1][1][begin:end], caret[3]]
    return [tuple(mistake) for mistake in found]


def one_mistake(result):
    assert result.status == 125
    [mistake] = mistakes(result)
    return mistake


SCHEMES = ("known are tcp tls http https postgres postgresql postgress mysql mariadb redis rediss grpc grpcs amqp amqps nats"
           " memcached mongodb kafka zookeeper cassandra smtp smtps unix http+unix dns file disk env exec")


@pytest.mark.parametrize("target, problem, marked, hint", [
    ("db", "the port is missing", "db", "write host:port"),
    ("db:", "the port is missing", "db", "write host:port"),
    ("tls://db", "the port is missing", "db", "write host:port"),
    ("db:x", "a port is a number from 1 to 65535", "x", None),
    ("db:0", "a port is a number from 1 to 65535", "0", None),
    ("db:65536", "a port is a number from 1 to 65535", "65536", None),
    ("http://app:pa/ss@db/", "a port is a number from 1 to 65535", "***", "in a password write / ? # @ : as %2F %3F %23 %40 %3A"),
    ("http://[::1/", "the ] of the IPv6 address is missing", "[::1", None),
    ("http://[::1]x/", "behind the ] stands only :port", "x", None),
    ("::1:80", "there is more than one colon", "::1:80", "write [::1]:port for IPv6, and blanks between targets"),
    ("[::g]:80", "this is no IP address", "::g", None),
    ("1.2.3:80", "this is no IP address", "1.2.3", None),
    ("1.2.3.400:80", "this is no IP address", "1.2.3.400", None),
    ("d b:80", "a name is made of letters, digits, - _ and .", "d b", None),
    ("dä:80", "a name is made of letters, digits, - _ and .", "dä", None),
    ("a..b:80", "a host name has 253 characters at most, 1 to 63 between dots", "a..b", None),
    ("a" * 64 + ":80", "a host name has 253 characters at most, 1 to 63 between dots", "a" * 64, None),
    ("http:///x", "the host is missing", "/", None),
    ("db/health", "a target is host:port or scheme://...", "db/health", "is the scheme missing?"),
    ("htps://db", "unknown scheme", "htps", "did you mean http"),
    ("wibble://db", "unknown scheme", "wibble", SCHEMES),
    ("HTTP://db", "unknown scheme", "HTTP", SCHEMES),
    ("gopher://db", "unknown scheme", "gopher", SCHEMES),
    ("tcp://db:80/x", "this scheme has no path", "/x", None),
    ("tcp://app@db:80", "this scheme has no user", "***", None),
    ("http://db/a b", "a path holds no blanks or control characters", "/a b", "write a blank as %20"),
    ("http://db/a\r\nX:1", "a path holds no blanks or control characters", r"/a\x0d\x0aX:1", "write a blank as %20"),
    ("unix://run/s", "the path of a file starts with /", "run/s", "write file:///x or unix:///x, but http+unix://%2Fx/"),
    ("http+unix:///run/s", "the path of a file starts with /", "/", "write file:///x or unix:///x, but http+unix://%2Fx/"),
    ("unix:///" + "x" * 107, "the path of a socket has 107 bytes at most", "/" + "x" * 107, None),
    ("db:80#", "an option is missing here", "", None),
    ("db:80#optional,", "an option is missing here", "", None),
    ("db:80#optinal", "unknown option", "optinal", "did you mean optional"),
    ("db:80#timout=1s", "unknown option", "timout", "did you mean timeout"),
    ("db:80#zzz", "unknown option", "zzz", "in a path write # as %23, in a value , as %2C"),
    ("db:80#name", "a value is missing behind this option", "name", None),
    ("db:80#name=", "a name is made of letters, digits, - _ and .", "", None),
    ("db:80#name=a/b", "a name is made of letters, digits, - _ and .", "a/b", None),
    ("db:80#optional=maybe", "this value is not understood", "maybe", "it is either on (1) or off (0)"),
    ("db:80#timeout=5", "this value is not understood", "5", "write a time like 500ms, 1.5s or 1h30m, or none"),
    ("db:80#timeout=1d", "this value is not understood", "1d", "write a time like 500ms, 1.5s or 1h30m, or none"),
    ("db:80#timeout=-1s", "this value is not understood", "-1s", "write a time like 500ms, 1.5s or 1h30m, or none"),
    ("db:80#interval=0s", "this value is not understood", "0s", "write a time over 0 like 500ms, 1.5s or 1h30m"),
    ("db:80#interval=none", "this value is not understood", "none", "write a time over 0 like 500ms, 1.5s or 1h30m"),
    ("db:80#backoff=0.9", "this value is not understood", "0.9", "write a factor like 1.25 or 2, not below 1"),
    ("db:80#jitter=101", "this value is not understood", "101", "write a whole number from 0 to 100"),
    ("db:80#fail-fast=x", "this value is not understood", "x", "write a whole number, at most 1000000"),
    ("db:80#successes=0", "this value is not understood", "0", "write a whole number from 1 to 1000000"),
    ("db:80#ca=/x", "this option means nothing to this scheme", "ca", None),
    ("db:80#header=A:b", "this option means nothing to this scheme", "header", None),
    ("http://db#insecure", "this option means nothing to this scheme", "insecure", None),
    ("file:///x#host=db", "this option means nothing to this scheme", "host", None),
    ("http://db/#host=a%20b", "a name is made of letters, digits, - _ and .", "a%20b", None),
    ("http://db/#method=get", "a method is one word in capitals", "get", None),
    ("http://db/#header=A", "a header is NAME:VALUE", "***", "write header=NAME:%20VALUE"),
    ("http://db/#header=A%20:b", "a name is made of letters, digits, - _ and .", "***", None),
    ("http://db/#header=A:b%0D%0Ac:d", "a header holds no control characters", "***", None),
    ("http://db/#header=host:b", "shim sends this header itself", "***", "for Host write host=NAME"),
    ("http://db/#header=Content-Length:1", "shim sends this header itself", "***", "for Host write host=NAME"),
    ("http://db/#status=2xx", "this is no list of statuses", "2xx", "write it like 200-299+404"),
    ("http://db/#status=299-200", "this is no list of statuses", "299-200", "write it like 200-299+404"),
    ("http://db/#status=99", "this is no list of statuses", "99", "write it like 200-299+404"),
    ("http://db/#status=200%2C404", "this is no list of statuses", "200%2C404", "write it like 200-299+404"),
    ("http://d%zzb/", "% is not followed by two hexadecimal digits", "%zz", "write %25 for a literal %"),
    ("http://db/#method=%4", "% is not followed by two hexadecimal digits", "%4", "write %25 for a literal %"),
    ("http://d%00b/", "this holds a NUL byte", "d%00b", None),
    ("https://db/#ca=/no/file", "/no/file: no such file or directory (ENOENT)", "https://db/#ca=/no/file", None),
    ("https://db/#ca=/x,insecure", "ca and insecure contradict each other", "https://db/#ca=/x,insecure", None),
    ("http://db/#header=A:" + "x" * 9000, "this makes a request of more than 8 KiB", None, None),
])
def test_mistake_shows_its_place_and_what_would_be_right(shim, target, problem, marked, hint):
    said, text, place, advice = one_mistake(shim("wait", target))
    assert said == f"TARGET: {problem}"
    if marked == "":
        assert (len(text), place) == (len(target), ""), "the caret stands behind the end"
    elif marked is not None:
        assert place == marked
    if hint is not None:
        assert advice == hint


def test_caret_stands_in_its_column_whatever_is_hidden_or_escaped_before_it(shim):
    target = "http://äpp:pä\tss@db/pä?q=ä#optional,header=X:ä,name=\x1b,status=nö"
    _, (_, text, place, _) = mistakes(shim("wait", target))
    assert (text, place) == (r"http://***@db/pä?***#optional,header=***,name=\x1b,status=nö", "nö")


def test_under_a_long_text_the_hint_stands_alone(shim):
    path = "x" * 200
    said, text, hint = shim("wait", f"http://db/{path}#optinal").err.splitlines()
    assert (said, text) == ("shim: TARGET: unknown option", f"shim:   http://db/{path}#optinal")
    assert re.fullmatch("shim: +did you mean optional", hint)


def test_no_mistake_hides_another(shim, tmp_path):
    path = tmp_path / "targets"
    path.write_text("nothing\n")
    result = shim("--timeout", "5", "--wait-for", "h:0#nme=x,status=2", "--wait-for=ok:1", "--wait-file", path, "--log=xml",
                  "--frob", "--", env={"SHIM_TIMOUT": "1s", "SHIM_JITTER": "no", "SHIM_WAIT_FILE": "/no/file"})
    assert result.status == 125
    assert sorted(problem for problem, _, _, _ in mistakes(result)) == sorted([
        "SHIM_TIMOUT: there is no option for this variable; did you mean SHIM_TIMEOUT",
        "SHIM_JITTER: this value is not understood",
        "SHIM_WAIT_FILE: this file cannot be read: no such file or directory (ENOENT)",
        "--timeout: this value is not understood",
        "--log: this value is not understood",
        "--frob: unknown option",
        "there is no command to start; see shim --help",
        "--wait-for: a port is a number from 1 to 65535",
        "--wait-for: unknown option",
        "--wait-for: this option means nothing to this scheme",
        f"{path}:1: the port is missing",
    ])


def test_nothing_is_dialled_and_nothing_started_after_a_mistake(shim, tmp_path):
    with Server() as server:
        result = shim(f"--wait-for={server.at}", "--wait-for=bad", "touch", tmp_path / "started")
        assert result.status == 125
        assert shim("wait", server.at, "--timeout=x").status == 125
        assert shim("check", server.at, "--timeout=x").status == 1
        assert server.talks == []
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize("words, problem", [
    ([], "there is no command to start; see shim --help"),
    (["run"], "there is no command to start; see shim --help"),
    (["--"], "there is no command to start; see shim --help"),
    (["--wait-for=file:///"], "there is no command to start; see shim --help"),
    (["wait"], "there is no target to try; name one, or set SHIM_WAIT_FOR"),
    (["install"], "install needs the path to copy shim to"),
    (["install", "a", "b"], "b: install takes one path"),
    (["wait", "file:///", "--timeout"], "--timeout: a value is missing behind this option"),
    (["wait", "file:///", "--waitfor=x"], "--waitfor: unknown option; did you mean --wait-for"),
    (["wait", "file:///", "--timout=1s"], "--timout: unknown option; did you mean --timeout"),
    (["--frob", "true"], "--frob: unknown option"),
    (["-v", "true"], "-v: unknown option"),
])
def test_words_that_make_no_sense(shim, words, problem):
    assert one_mistake(shim(*words)) == (problem, None, None, None)


def test_words_behind_two_dashes_are_no_flags(shim):
    assert one_mistake(shim("wait", "--", "--timeout"))[:2] == ("TARGET: the port is missing", "--timeout")


@pytest.mark.parametrize("words, status", [(["wait", "bad"], 125), (["--wait-for=bad", "true"], 125), (["install"], 125),
                                           (["check", "bad"], 1), (["check", "--frob"], 1), (["check"], 1)])
def test_status_after_a_mistake(shim, words, status):
    result = shim(*words)
    assert (result.status, result.out) == (status, "")
    assert result.err != ""


def test_two_targets_of_one_name_are_a_mistake(shim):
    assert one_mistake(shim("wait", "file:///#name=a", "file:///tmp#name=a"))[:2] == (
        "TARGET: another target has this name", "file:///tmp#name=a")


@pytest.mark.parametrize("variable, value, problem", [
    ("SHIM_TIMEOUT", "5", "SHIM_TIMEOUT: this value is not understood"),
    ("SHIM_TIMOUT", "5s", "SHIM_TIMOUT: there is no option for this variable; did you mean SHIM_TIMEOUT"),
    ("SHIM_ATTEMPTTIMEOUT", "5s", "SHIM_ATTEMPTTIMEOUT: there is no option for this variable; did you mean SHIM_ATTEMPT_TIMEOUT"),
    ("SHIM_FROBNICATE_ALL_THE_THINGS_THERE_ARE", "1", "SHIM_FROBNICATE_ALL_THE_THINGS_THERE_ARE: there is no option for this variable"),
    ("SHIM_WAIT_FOR", "file:/// bad", "SHIM_WAIT_FOR: the port is missing"),
    ("SHIM_WAIT_FILE", "/no/file", "SHIM_WAIT_FILE: this file cannot be read: no such file or directory (ENOENT)"),
])
def test_mistake_in_the_environment_names_the_variable(shim, variable, value, problem):
    result = shim("true", env={variable: value})
    assert (result.status, mistakes(result)[0][0]) == (125, problem)


# For machines


@pytest.mark.parametrize("words, env", [
    (["--log=json"], {}), (["--log", "json"], {}), ([], {"SHIM_LOG": "json"}), (["--log=json"], {"SHIM_LOG": "text"}),
])
@pytest.mark.parametrize("last", [False, True])
def test_json_holds_for_mistakes_too(shim, words, env, last):
    bad = ["--timeout=5", 'h:0#nme="\\\x01', "--frob"]
    result = shim("wait", *(bad + words if last else words + bad), env=env)
    assert result.status == 125
    lines = [json.loads(line) for line in result.err.splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert set(line) == {"time", "level", "event", "message"}
        assert (line["level"], line["event"]) == ("error", "mistake")
    messages = sorted(line["message"] for line in lines)
    assert messages[0] == "--frob: unknown option"
    assert re.match(r"--timeout: this value is not understood.*\b5; write a time like", messages[1])
    assert all(message.startswith("TARGET: ") and "h:0#nme=***" in message for message in messages[2:])


def test_what_cannot_be_printed_is_escaped(shim):
    assert mistakes(shim("--\x1b[31mfrob\x07", "true"))[0][0] == r"--\x1b[31mfrob\x07: unknown option"
    assert mistakes(shim("wait", "\x1b]0;x\x07\u009b"))[0][1] == r"\x1b]0;x\x07\xc2\x9b"
    assert one_mistake(shim("wait", "--timeout=\x1b[2J", "file:///"))[1] == r"\x1b[2J"


def test_declarations_that_do_not_fit_into_memory_are_a_sentence(shim, tmp_path):
    many = tmp_path / "many"
    many.write_text("".join(f"file:///{n}\n" for n in range(70000)))
    result = shim("wait", *["--wait-file", many] * 4)
    assert (result.status, result.err) == (125, "shim: the declarations need more than 8 MiB\n")
