# SPDX-License-Identifier: MIT
"""As whom the command runs, where and with which variables; becoming it; resting without one; mistakes in all that."""
import os
import signal
import subprocess

import pytest

from pid1 import (  # noqa: F401 (fixtures)
    NAMESPACE, begin, command_of, enter, eventually, init_of, is_gone, place, state_of, witness)
from processes import children, status_of
from program import needs_namespaces, private_files, start  # noqa: F401 (fixture)

only_as_pid_1 = pytest.mark.parametrize("place", [pytest.param(NAMESPACE, id="pid-1", marks=needs_namespaces)])
only_beside_others = pytest.mark.parametrize("place", [pytest.param([], id="other-pid")])
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")


def both_ways(option, value):
    """One option as a flag and as a variable."""
    return pytest.mark.parametrize("words, variables", [
        pytest.param([f"--{option}={value}"], {}, id="flag"),
        pytest.param([], {"SHIM_" + option.upper().replace("-", "_"): value}, id="variable")])


# As whom

PASSWD = """root:x:0:0::/root:/bin/sh
broken
+nis
app:x:1500:1600:An app,,,:/srv/app:/sbin/nologin
1700:x:1701:1702::/:/bin/sh
plain:x:1800:1800::/:/bin/sh
"""
GROUP = """root:x:0:
web:x:2000:other,app
logs:x:2001:app
almost:x:2002:apple,ap
staff:x:2003:root
"""


@pytest.fixture
def as_user(enter, tmp_path):
    """What the command says of itself: uid:gid:groups."""
    before = private_files({"/etc/passwd": tmp_path / "passwd", "/etc/group": tmp_path / "group"})
    show = "import os; print(*os.getresuid(), *os.getresgid(), sorted(os.getgroups()))"

    def enter_as(*words, group=GROUP, **options):
        (tmp_path / "passwd").write_text(PASSWD)
        (tmp_path / "group").write_text(group)
        return enter(*words, "python3", "-c", show, before=before, **options)

    return enter_as


USERS = {
    "app": (1500, 1600, [2000, 2001]),
    "1500": (1500, 1600, [2000, 2001]),
    "app:staff": (1500, 2003, []),
    "app:5": (1500, 5, []),
    "1500:1600": (1500, 1600, []),
    "0": (0, 0, [2003]),
    "root": (0, 0, [2003]),
    "65532": (65532, 65532, []),
    "65532:web": (65532, 2000, []),
    "65532:65531": (65532, 65531, []),
    "plain": (1800, 1800, []),
}


@needs_root
@needs_namespaces
@pytest.mark.parametrize("user", USERS)
def test_command_runs_as_the_user_with_its_groups(as_user, user):
    uid, gid, groups = USERS[user]
    run = as_user(f"--user={user}")
    assert (run.finish().status, run.out) == (0, f"{uid} {uid} {uid} {gid} {gid} {gid} {groups}\n")


@needs_root
@needs_namespaces
def test_user_can_be_given_by_a_variable(as_user):
    run = as_user(env={"SHIM_USER": "app"})
    assert (run.finish().status, run.out) == (0, "1500 1500 1500 1600 1600 1600 [2000, 2001]\n")


@needs_root
@needs_namespaces
@pytest.mark.parametrize("user", ["ap", "apple", "broken", "+nis", "-1", "4294967295", "4294967296", "1e3", "app:nope",
                                  "app:-1", ":web", "", "1500 "])
def test_unknown_user_is_a_mistake_before_anything_starts(as_user, user):
    run = as_user(f"--user={user}")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: --user: this (user|group) is not in /etc/(passwd|group)(;|$)")


@needs_root
def test_only_the_command_becomes_the_user_and_it_has_no_rights_then(begin):
    run = begin("--user=65532:65531", "sleep", "600")
    command = status_of(command_of(run))
    assert command["Uid"].split() == ["65532"] * 4
    assert {command[key] for key in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert status_of(init_of(run))["Uid"].split() == ["0"] * 4
    os.kill(init_of(run), signal.SIGTERM)
    assert run.finish().status == 143


@needs_root
def test_user_that_init_may_not_become_is_said_and_nothing_runs(enter, tmp_path):
    become = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"]
    tmp_path.chmod(0o777)
    run = enter("--user=1", "touch", tmp_path / "started", before=become)
    assert (run.finish().status, run.out) == (126, "")
    run.await_line(r"^shim: changing the user failed: .*\(EPERM\)$")
    assert not (tmp_path / "started").exists()


@needs_root
@pytest.mark.parametrize("groups, status", [("--clear-groups", 0), ("--groups=65531", 0), ("--groups=1", 126),
                                            ("--groups=1,65531", 126)])
def test_user_that_init_is_already_takes_no_right_unless_groups_are_to_go(enter, groups, status):
    become = ["setpriv", "--reuid=65532", "--regid=65531", groups]
    assert enter("--user=65532:65531", "true", before=become).finish().status == status


@needs_root
@needs_namespaces
@pytest.mark.parametrize("lines, said", [
    ("long:x:1:" + "x," * 600 + "app\nmore:x:2:app\n", "[1, 2]"),
    ("".join(f"g{n}:x:{n}:app\n" for n in range(1, 65)), str(list(range(1, 65)))),
    ("".join(f"g{n}:x:{n}:app\n" for n in range(1, 66)), None),
    ("long:x:1:" + "x," * 40000 + "app\n", None),
    ("long:x:1:" + "x" * (65536 - len("long:x:1:,app")) + ",apple\n", None),
], ids=["600", "64 groups", "65 groups", "40000", "cut name"])
def test_many_groups_and_long_lists_of_members_are_read_or_refused(as_user, tmp_path, lines, said):
    run = as_user("--user=app", group=lines)
    if said:
        assert (run.finish().status, run.out) == (0, f"1500 1500 1500 1600 1600 1600 {said}\n")
    else:
        assert (run.finish().status, run.out) == (125, "")
        run.await_line("^shim: --user: not all of its groups can be told$")


# Where


@both_ways("chdir", "/usr")
def test_command_starts_in_the_directory_and_init_does_not_stay_there(begin, words, variables):
    run = begin(*words, "sh", "-c", "pwd; echo begun; exec sleep 600", env=variables)
    run.await_output("^begun$")
    assert run.out == "/usr\nbegun\n"
    assert os.readlink(f"/proc/{init_of(run)}/cwd") == "/"


def test_command_is_looked_for_from_the_directory(begin, tmp_path):
    (tmp_path / "sub").mkdir()
    tool = tmp_path / "sub" / "tool"
    tool.write_text("#!/bin/sh\npwd\n")
    tool.chmod(0o755)
    run = begin("--chdir=sub", "./tool", cwd=tmp_path)
    assert (run.finish().status, run.out) == (0, f"{tmp_path}/sub\n")


@pytest.mark.parametrize("directory, reason", [("/nowhere", "ENOENT"), ("/etc/passwd", "ENOTDIR"), ("", "ENOENT")])
def test_directory_that_is_none_is_a_mistake_before_anything_starts(enter, directory, reason):
    run = enter(f"--chdir={directory}", "echo", "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line(rf"^shim: --chdir: this directory cannot be entered: .*\({reason}\)$")


@needs_root
def test_directory_that_is_closed_to_init_is_said_before_anything_starts(enter, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o700)
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(0o755)
    become = ["setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"]
    run = enter(f"--chdir={tmp_path}/closed", "--wait-for=file:///", "echo", "started", before=become)
    assert (run.finish().status, run.out) == (126, "")
    run.await_line(r"^shim: changing the directory failed: .*\(EACCES\)$")
    assert "ready" not in run.err


# With which variables


def environment_of(run):
    assert run.finish().status == 0
    return run.out.splitlines()


def test_variables_come_behind_those_of_init_and_the_last_of_a_name_counts(begin, witness):
    words = ["--env=B=2", "--env=A=1", "--env=B=3", "--env=E=", "--env=PATH=/x=y", "--env=SHIM_Z=5"]
    run = begin(*words, witness, "environment", env={"A": "0", "C": "4", "SHIM_QUIET": "1"})
    assert environment_of(run) == ["C=4", "A=1", "B=3", "E=", "PATH=/x=y", "SHIM_Z=5"]


def test_values_are_expanded_like_those_of_targets(begin, witness, tmp_path):
    (tmp_path / "secret").write_text("tops ${A} ecret\n")
    words = ["--env=X=${</%s}" % (tmp_path / "secret"), "--env=Y=a${A}b%41", "--env=Z=${NOPE:-else}", "--env=D=$${A}"]
    run = begin("--quiet", *words, witness, "environment", env={"A": "1"})
    assert environment_of(run)[-4:] == ["X=tops ${A} ecret", "Y=a1b%41", "Z=else", "D=${A}"]


def test_variables_can_be_given_by_a_variable(begin, witness):
    run = begin("--quiet", witness, "environment", env={"A": "1", "SHIM_ENV": "X=1 Y=${A:-a b}  \n Z=${NOPE:-a b}"})
    assert environment_of(run)[-3:] == ["X=1", "Y=1", "Z=a b"]


def test_variables_of_a_file_are_taken_as_they_stand(begin, witness, tmp_path):
    lines = ["# a remark", "", "A=1", "B= ${A} \"x\" 'y' # z ", "C=", "A=2", "D=%41=$"]
    for ending in ["", "\n"]:
        (tmp_path / "file").write_text("\n".join(lines) + ending)
        for options in [{"env": {"SHIM_ENV_FILE": str(tmp_path / "file")}}, {}]:
            words = [] if options else [f"--env-file={tmp_path}/file"]
            run = begin("--quiet", *words, witness, "environment", **options)
            assert environment_of(run)[-4:] == ["B= ${A} \"x\" 'y' # z ", "C=", "A=2", "D=%41=$"]


@pytest.mark.parametrize("line", ["nothing", "=1", "export A=1", " ", "A =1"])
def test_line_that_is_no_variable_is_a_mistake_that_says_which(enter, tmp_path, line):
    (tmp_path / "file").write_text(f"A=1\n\n# x\n{line}\nB=1\n")
    run = enter(f"--env-file={tmp_path}/file", "echo", "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: --env-file: line 4 is no variable$")


@pytest.mark.parametrize("words, said", [
    (["--env=A"], "^shim: --env: this is no variable$"), (["--env==1"], "^shim: --env: this is no variable$"),
    (["--env="], "^shim: --env: this is no variable; write NAME=VALUE$"),
    (["--env=A=${NOPE}"], "^shim: --env: this variable is not set$"),
    (["--env=A=${</nowhere}"], "ENOENT"),
    (["--env-file=/nowhere"], "--env-file: this file cannot be read: .*ENOENT"),
    (["--env-file=/"], "--env-file: this file cannot be read: .*EISDIR"),
])
def test_wrong_variable_is_a_mistake_before_anything_starts(enter, words, said):
    run = enter(*words, "echo", "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line(said)


# All mistakes


WRONG = {"map-signal": "NOPE=1", "exit-code": "256=0", "user": "no-such-user", "chdir": "/nowhere", "env": "A",
         "env-file": "/nowhere", "stop-delay": "soon", "kill-after": "0s", "grace": "-1s", "group": "maybe",
         "die-with-parent": "NOPE", "exec": "no"}


def test_all_mistakes_are_told_at_once_and_nothing_is_dialled(enter):
    run = enter(*(f"--{name}={value}" for name, value in WRONG.items()), "--wait-for=file:///", "echo", "started")
    assert (run.finish().status, run.out) == (125, "")
    assert [name for name in WRONG if f"shim: --{name}: " not in run.err] == []
    assert "ready" not in run.err


def test_all_mistakes_in_the_environment_name_their_variable(enter):
    names = {"SHIM_" + name.upper().replace("-", "_"): value for name, value in WRONG.items()}
    run = enter("--wait-for=file:///", "echo", "started", env=names)
    assert (run.finish().status, run.out) == (125, "")
    assert [name for name in names if f"shim: {name}: " not in run.err] == []


@pytest.mark.parametrize("name", ["group", "die-with-parent", "exec"])
def test_switch_can_be_turned_off_by_the_command_line(enter, name):
    variable = "SHIM_" + name.upper().replace("-", "_")
    run = enter(f"--{name}=0", "sh", "-c", "exec sleep 600", env={variable: "1"})
    init = init_of(run)
    os.kill(command_of(run) and init, signal.SIGTERM)
    assert run.finish().status == 143


# Becoming the command


@pytest.mark.parametrize("waits", [[], ["--wait-for=file:///"]])
@pytest.mark.parametrize("words, variables", [(["--exec"], {}), ([], {"SHIM_EXEC": "1"})], ids=["flag", "variable"])
def test_it_becomes_the_command_and_keeps_its_pid(start, waits, words, variables):
    run = start(*waits, "--quiet", *words, "sh", "-c", "echo $$; exit 7", env=variables)
    assert run.finish() == (7, f"{run.pid}\n", "")


def test_it_becomes_the_command_with_everything_that_was_asked_for(begin, witness, tmp_path):
    run = begin("--quiet", "--exec", "--chdir=/usr", "--env=A=1",
                "sh", "-c", "pwd; echo $A; exec \"$0\" signals", witness,
                before=[witness, "with", "mask=4000", "ignored=200"])
    assert (run.finish().status, run.out) == (0, "/usr\n1\nblocked 0000000000004000 ignored 0000000000000200\n")


def test_it_becomes_the_command_with_the_signals_of_init(begin, witness):
    run = begin("--quiet", "--exec", witness, "signals", before=[witness, "with", "mask=4000", "ignored=10200"])
    assert (run.finish().status, run.out) == (0, "blocked 0000000000004000 ignored 0000000000010200\n")


@only_beside_others
def test_what_it_became_takes_no_orphans_in(begin):
    """Who asked for that is gone."""
    run = begin("--exec", "sh", "-c", "sh -c 'sleep 600 >/dev/null 2>&1 & echo $!'; exec sleep 600")
    run.await_output(r"^\d+$")
    orphan = int(run.out)
    eventually(lambda: status_of(orphan)["PPid"] != str(run.pid))
    os.kill(orphan, signal.SIGKILL)


@pytest.mark.parametrize("command, status, reason", [("/nowhere", 127, "ENOENT"), ("/etc/passwd", 126, "EACCES")])
def test_command_that_it_cannot_become_gives_the_same_status(begin, command, status, reason):
    run = begin("--exec", command)
    assert run.finish().status == status
    run.await_line(f"^shim: cannot execute {command}: .*{reason}")


# Resting


def rests(pid):
    return os.readlink(f"/proc/{pid}/cwd") == "/" and state_of(pid) == "S"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pause_rests_until_it_is_told_to_end(enter, number):
    run = enter("pause")
    init = init_of(run)
    eventually(lambda: rests(init))
    for other in [signal.SIGHUP, signal.SIGUSR1, signal.SIGPIPE, signal.SIGQUIT]:
        os.kill(init, other)
    assert run.process.poll() is None and not children(init)
    os.kill(init, number)
    assert run.finish() == (0, "", "")


@only_as_pid_1
def test_pause_reaps(enter):
    run = enter("pause")
    init = init_of(run)
    eventually(lambda: rests(init))
    entered = ["nsenter", "-t", str(init), "-p", "sh", "-c", "sleep 600 & sleep 600 & exit"]
    subprocess.run(entered, check=True)
    orphans = children(init)
    assert len(orphans) == 2
    for orphan in orphans:
        os.kill(orphan, signal.SIGKILL)
    eventually(lambda: all(is_gone(orphan) for orphan in orphans))


def test_pause_takes_no_command(enter):
    run = enter("pause", "echo", "started")
    assert (run.finish().status, run.out) == (125, "")
    run.await_line("^shim: pause starts no command$")
