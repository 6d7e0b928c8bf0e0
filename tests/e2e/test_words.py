# SPDX-License-Identifier: MIT
"""What the user says: verbs, flags, the environment, and files of targets."""
import re

import pytest

import helptext
from program import ROOT, VERSION, shim, start  # noqa: F401 (fixtures)
from servers import Server, accept, http

USAGE = ["shim [run] [OPTION]... [--] COMMAND [ARG]...", "shim wait  [OPTION]... TARGET...",
         "shim check [OPTION]... [TARGET]...", "shim install PATH"]


def names_in(path, table, behind=""):
    """First column of a table in the source, of the rows where this is behind it."""
    text = (ROOT / "shim" / path).read_text()
    rows = re.search(rf"{table}\[\] = \{{\n(.*?)\n\}};", text, re.DOTALL).group(1)
    return re.findall(rf'^\t\{{\s*(?:\.name = )?"([a-z+-]+)\\0{behind}', rows, re.MULTILINE)


# Questions


def test_help_shows_every_verb(shim):
    result = shim("--help")
    assert (result.status, result.err) == (0, "")
    assert [line for line in USAGE if f"\n  {line}" not in result.out] == []


@pytest.mark.parametrize("question", ["--help", "-h"])
@pytest.mark.parametrize("verb", [[], ["run"], ["wait"], ["check"], ["install"]])
def test_every_verb_answers_for_help(shim, verb, question):
    assert shim(*verb, question) == (0, helptext.text, "")


def test_help_lists_every_flag_scheme_and_option_of_a_target():
    assert list(helptext.flags) == names_in("options.c", "option_settings") + names_in("base/policy.c", "policy_settings")
    assert list(helptext.schemes) == names_in("probe/scheme.c", "schemes", behind=":")  # these tell of the others
    assert list(helptext.target_options) == names_in("base/target_options.c", "target_settings")


def test_help_fits_a_terminal():
    assert [line for line in helptext.text.splitlines() if len(line) > 100] == []


def test_version(shim):
    assert shim("--version") == (0, f"shim {VERSION}\n", "")
    assert shim("wait", "--version") == (0, f"shim {VERSION}\n", "")


@pytest.mark.parametrize("question", ["--help", "--version"])
def test_questions_are_answered_whatever_the_image_has_set(shim, question):
    """Whoever asks for help may need it to mend just that."""
    result = shim(question, env={"SHIM_TIMEOUT": "never", "SHIM_NONSENSE": "1", "SHIM_WAIT_FOR": "bad"})
    assert (result.status, result.err) == (0, "")
    assert result.out == shim(question).out


def test_question_behind_the_command_is_the_commands(shim):
    assert shim("echo", "--help", "--version").out == "--help --version\n"


# Verbs


def test_run_is_the_verb_that_need_not_be_said(shim):
    for words in (["echo", "a"], ["--", "echo", "a"], ["run", "echo", "a"], ["run", "--", "echo", "a"]):
        assert shim(*words) == (0, "a\n", "")


@pytest.mark.parametrize("verb", ["run", "wait", "check", "install"])
def test_command_may_be_called_like_a_verb(shim, tmp_path, verb):
    (tmp_path / verb).write_text("#!/bin/sh\necho mine \"$@\"\n")
    (tmp_path / verb).chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert shim("--", verb, "x", env=path) == (0, "mine x\n", "")
    assert shim("run", verb, "x", env=path) == (0, "mine x\n", "")


def test_flags_stand_before_the_verb_and_behind_it(shim):
    for words in (["--quiet", "wait", "file:///"], ["wait", "--quiet", "file:///"], ["wait", "file:///", "--quiet"]):
        assert shim(*words) == (0, "", "")


def test_value_of_a_flag_is_joined_or_follows(shim):
    for words in (["--timeout=1h", "wait", "file:///"], ["--timeout", "1h", "wait", "file:///"]):
        assert "at most 1h\n" in shim(*words).err


def test_flag_that_is_said_twice_means_the_last(shim):
    assert "at most 2h\n" in shim("wait", "--timeout=1h", "file:///", "--timeout=2h").err


def test_arguments_of_the_command_are_left_alone(shim):
    assert shim("echo", "--quiet", "--", "--timeout=x", "check").out == "--quiet -- --timeout=x check\n"


def test_run_waits_for_what_wait_for_names_and_wait_for_its_arguments_too(shim, tmp_path):
    assert shim("--wait-for=file:///", "--wait-for", "file:///tmp", "echo", "ran").out == "ran\n"
    result = shim("wait", "file:///", "--wait-for", "file:///tmp")
    assert result.status == 0
    assert "waiting for 2 targets" in result.err


# Flags and the environment


SAMPLES = {"TARGET": "file:///", "FILE": "/dev/null", "fail|start": "start", "text|json": "json", None: "1",
           "TIME": "7m", "FACTOR": "1.5", "PERCENT": "7", "N": "7", "A=B": "TERM=QUIT", "N=M": "143=0",
           "USER[:GROUP]": "0", "DIR": "/", "NAME=VALUE": "A=1"}


# How the command is looked after: shown in test_init_options.py and test_init_stopping.py.
OF_THE_COMMAND = {"group", "map-signal", "exit-code", "stop-delay", "kill-after", "grace", "session", "die-with-parent",
                  "user", "chdir", "env", "env-file", "exec"}


def variable(flag):
    return "SHIM_" + flag.upper().replace("-", "_")


@pytest.mark.parametrize("flag", helptext.flags)
def test_every_flag_is_understood_also_by_environment(shim, flag):
    sample = SAMPLES[helptext.flags[flag].value]
    assert shim("wait", f"--{flag}={sample}", "file:///").status == 0
    assert shim("wait", "file:///", env={variable(flag): sample}).status == 0


@pytest.mark.parametrize("flag", [flag for flag, row in helptext.flags.items() if row.value != "TARGET"])
def test_bad_value_names_the_flag_or_the_variable_that_holds_it(shim, flag):
    said = shim("wait", "file:///", f"--{flag}=/no/value")
    assert said.status == 125
    assert re.match(rf"shim: --{flag}: ", said.err)
    found = shim("wait", "file:///", env={variable(flag): "/no/value"})
    assert found.status == 125
    assert re.match(rf"shim: {variable(flag)}: ", found.err)


def limit(shim, env, flags):
    return re.search(r"at most (\S+)|$", shim("wait", "file:///", *flags, env=env).err).group(1)


def is_json(shim, env, flags):
    return shim("wait", "file:///", *flags, env=env).err.startswith("{")


def is_silent(shim, env, flags):
    return shim("wait", "file:///", *flags, env=env).err == ""


def tells_of_attempts(shim, env, flags):
    return "attempt 1 after" in shim("wait", "file:///nowhere", "--timeout=50ms", *flags, env=env).err


def status_at_the_limit(shim, env, flags):
    return shim("wait", "file:///nowhere", "--timeout=10ms", *flags, env=env).status


def talks_until_it_gives_up(shim, env, flags):
    with Server(http("404 No")) as server:
        shim("wait", f"http://{server.at}", *flags, env=env)
        return len(server.talks)


def talks_until_it_is_ready(shim, env, flags):
    with Server(http()) as server:
        shim("wait", f"http://{server.at}", "--interval=5ms", *flags, env=env)
        return len(server.talks)


def talks_within(time, *options):
    """True when there are many: the delays between them are short."""
    def observe(shim, env, flags):
        with Server(http("404 No")) as server:
            shim("wait", f"http://{server.at}", f"--timeout={time}", *options, *flags, env=env)
            return len(server.talks) > 4

    return observe


def is_cut(shim, env, flags):
    """Does the attempt end before the server answers, late?"""
    with Server(accept) as server:
        told = shim("wait", f"http://{server.at}", "--timeout=400ms", "--verbose", *flags, env=env).err
        return "no answer in time" in told.partition("gave up")[0]


def waited_for(shim, env, flags):
    return re.findall(r"^shim: (\S+): ready", shim("wait", *flags, env=env).err, re.MULTILINE)


# The flag, two values, and what is seen of each.
EFFECTS = [
    ("timeout", "3h", "4h", limit, ["3h", "4h"]),
    ("on-timeout", "start", "fail", status_at_the_limit, [0, 124]),
    ("log", "json", "text", is_json, [True, False]),
    ("quiet", "true", "0", is_silent, [True, False]),
    ("verbose", "1", "false", tells_of_attempts, [True, False]),
    ("successes", "2", "3", talks_until_it_is_ready, [2, 3]),
    ("fail-fast", "2", "3", talks_until_it_gives_up, [2, 3]),
    ("interval", "1h", "10ms", talks_within("200ms", "--backoff=1", "--max-interval=1h"), [False, True]),
    ("max-interval", "1h", "10ms", talks_within("200ms", "--interval=1h"), [False, True]),
    ("backoff", "1000", "1", talks_within("200ms", "--interval=10ms", "--max-interval=1h"), [False, True]),
    ("attempt-timeout", "50ms", "1h", is_cut, [True, False]),
    ("wait-for", "file:///#name=a", "file:///#name=b", waited_for, [["a"], ["b"]]),
]


@pytest.mark.parametrize("flag, one, other, observe, seen", EFFECTS, ids=[row[0] for row in EFFECTS])
def test_command_line_wins_over_the_environment(shim, flag, one, other, observe, seen):
    assert observe(shim, {variable(flag): one}, []) == seen[0]
    assert observe(shim, {variable(flag): one}, [f"--{flag}={other}"]) == seen[1]
    assert observe(shim, {variable(flag): other}, [f"--{flag}={one}"]) == seen[0]


def test_these_are_all_the_flags():
    """But the one whose effect is chance, and files, which have tests of their own."""
    assert {row[0] for row in EFFECTS} == helptext.flags.keys() - {"jitter", "wait-file"} - OF_THE_COMMAND


MEASURES = [row.name for row in helptext.flags.values() if row.value in ("TIME", "FACTOR", "PERCENT", "N")]


@pytest.mark.parametrize("flag", [flag for flag in MEASURES if flag not in OF_THE_COMMAND])
def test_flag_with_a_measure_is_an_option_of_a_target_too(shim, flag):
    sample = SAMPLES[helptext.flags[flag].value]
    assert shim("wait", f"file:///#{flag}={sample}").status == 0
    result = shim("wait", f"file:///#{flag}=x")
    assert (result.status, "this value is not understood" in result.err) == (125, True)


def test_option_of_a_target_wins_over_the_flag(shim):
    with Server(http("404 No")) as server:
        shim("wait", f"http://{server.at}#fail-fast=2", "--fail-fast=4")
        assert len(server.talks) == 2
    assert "at most 3h\n" in shim("wait", "file:///#timeout=3h", "--timeout=1h", env={"SHIM_TIMEOUT": "2h"}).err


@pytest.mark.parametrize("empty", [variable(flag) for flag in helptext.flags])
def test_empty_variable_is_as_if_it_were_not_set(shim, empty):
    """It is what "${X:-}" in a compose file leaves."""
    result = shim("wait", "file:///#name=a", env={empty: ""})
    assert result.status == 0
    assert re.sub(r"\d+ms", "", result.err) == re.sub(r"\d+ms", "", shim("wait", "file:///#name=a").err)


def test_variables_that_kubernetes_sets_for_a_service_are_no_mistakes(shim):
    of_a_service = {"SHIM_SERVICE_HOST": "10.0.0.1", "SHIM_SERVICE_PORT": "80", "SHIM_SERVICE_PORT_HTTP": "80",
                    "SHIM_PORT": "tcp://10.0.0.1:80", "SHIM_PORT_80_TCP": "tcp://10.0.0.1:80",
                    "SHIM_PORT_80_TCP_ADDR": "10.0.0.1", "SHIM_PORT_80_TCP_PORT": "80"}
    result = shim("/usr/bin/env", env=of_a_service)
    assert (result.status, result.err) == (0, "")
    assert [name for name in of_a_service if f"{name}=" not in result.out] == [], "the command may want them"


def test_own_variables_do_not_reach_the_command(shim):
    result = shim("/usr/bin/env", env={"SHIM_TIMEOUT": "1m", "SHIM_WAIT_FOR": "file:///", "OTHER": "stays"})
    assert result.out == "PATH=/usr/local/bin:/usr/bin:/bin\nOTHER=stays\n"


# Lists and files of targets


def test_variable_holds_targets_between_any_blanks(shim):
    result = shim("wait", env={"SHIM_WAIT_FOR": " file:///#name=a\tfile:///#name=b\n\n  file:///#name=c\r\n"})
    assert re.findall(r"^shim: (\S+): ready", result.err, re.MULTILINE) == ["a", "b", "c"]


def test_blank_inside_an_expansion_does_not_end_a_target(shim):
    assert waited_for(shim, {"SHIM_WAIT_FOR": "file://${X:-/no where}/..#optional,name=a,timeout=1ms file:///#name=b"}, []) == ["b"]


def test_list_of_the_command_line_replaces_that_of_the_environment(shim):
    env = {"SHIM_WAIT_FOR": "file:///#name=a file:///#name=b"}
    assert waited_for(shim, env, ["--wait-for=file:///#name=c", "--wait-for=file:///#name=d"]) == ["c", "d"]
    assert waited_for(shim, env, ["file:///#name=c"]) == ["c"]


@pytest.fixture
def wait_file(tmp_path):
    def write(text):
        path = tmp_path / "targets"
        path.write_bytes(text.encode())
        return path

    return write


def test_file_holds_one_target_a_line_and_comments(shim, wait_file):
    path = wait_file("# what the shop needs\n\nfile:///#name=a\n  file:///#name=b \t# the second\n"
                     "#file:///nowhere\n\t# more\nfile:///${X:-#}/..#name=c,optional,timeout=1ms\nfile:///#name=d")
    assert waited_for(shim, {}, ["--wait-file", path]) == ["a", "b", "d"]


@pytest.mark.parametrize("text", ["file:///#name=a\r\nfile:///#name=b\r\n", "\ufefffile:///#name=a\nfile:///#name=b\n"])
def test_file_of_another_editor_is_understood(shim, wait_file, text):
    assert waited_for(shim, {}, ["--wait-file", wait_file(text)]) == ["a", "b"]


def test_files_add_to_each_other_and_to_what_is_named(shim, wait_file, tmp_path):
    other = tmp_path / "other"
    other.write_text("file:///#name=b\n")
    files = ["--wait-file", wait_file("file:///#name=a"), f"--wait-file={other}"]
    assert sorted(waited_for(shim, {}, [*files, "file:///#name=c"])) == ["a", "b", "c"]


def test_file_of_the_command_line_replaces_that_of_the_environment(shim, wait_file, tmp_path):
    other = tmp_path / "other"
    other.write_text("file:///#name=b\n")
    env = {"SHIM_WAIT_FILE": str(wait_file("file:///#name=a"))}
    assert waited_for(shim, env, []) == ["a"]
    assert waited_for(shim, env, ["--wait-file", other]) == ["b"]


def test_mistake_in_a_file_names_file_and_line(shim, wait_file):
    path = wait_file("# good\nfile:///\n\nfile://// here\nnoport\n")
    result = shim("wait", "--wait-file", path)
    assert result.status == 125
    assert f"shim: {path}:4: one target a line\n" in result.err
    assert f"shim: {path}:5: the port is missing\n" in result.err


@pytest.mark.parametrize("path, words", [("/no/file", "no such file or directory (ENOENT)"), ("/", "is a directory (EISDIR)")])
def test_file_that_cannot_be_read_is_a_mistake(shim, path, words):
    result = shim("wait", "--wait-file", path)
    assert result.status == 125
    assert result.err.startswith(f"shim: --wait-file: this file cannot be read: {words}\nshim:   {path}\n")


def test_list_without_targets_is_a_mistake_for_wait_but_not_for_run(shim, wait_file):
    path = wait_file("# nothing yet\n")
    assert shim("--wait-file", path, "echo", "ran").out == "ran\n"
    result = shim("wait", "--wait-file", path)
    assert (result.status, "there is no target to try" in result.err) == (125, True)


# Same name, many targets


def test_targets_of_one_server_are_told_apart(shim):
    with Server(http()) as server:
        result = shim("wait", f"http://{server.at}/a", f"http://{server.at}/b")
    assert f"http://{server.at}: ready" in result.err
    assert f"http://{server.at}~2: ready" in result.err


def test_request_of_one_target_leaves_nothing_in_the_next(shim):
    """The request is composed once to see whether it fits, in the memory that the next target then gets."""
    with Server(http()) as server:
        targets = [f"http://{server.at}/{'x' * n}#header=A:{n},header=B:{n}" for n in range(40)]
        assert shim("wait", *targets).status == 0
        server.await_ended(40)
        assert all(talk.heard.count(b"\r\nA: ") == talk.heard.count(b"\r\nB: ") == 1 for talk in server.talks)
