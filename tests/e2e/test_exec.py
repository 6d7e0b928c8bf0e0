# SPDX-License-Identifier: MIT
"""exec: targets: a program says by its status whether something is ready, and nothing of it outlives its attempt.

Where a test must know what runs, the program writes its pid into a file, `$$ >pid`, before it says anything else.
"""
import json
import os
import pathlib
import re
import signal

import pytest

from pid1 import end_with_all, enter, eventually, gate_of, init_of, is_gone, place  # noqa: F401 (fixtures)
from processes import children, status_of
from program import needs_namespaces, shim, start  # noqa: F401 (fixtures)

OFTEN = ("--interval=5ms", "--max-interval=5ms", "--timeout=none")
NO_LIMIT = ("--timeout=none", "--attempt-timeout=1h")


def sh(script, *arguments):
    """A target that runs a script in which ' % # and blanks may stand."""
    quoted = "".join(f"%{byte:02X}" for byte in script.encode())
    return " ".join([f"exec:sh -c '{quoted}'", *map(str, arguments)])


def reason(shim, target, **options):
    """What check says of it; None when it is ready."""
    result = shim("check", "--attempt-timeout=1m", target + ("," if "#" in target else "#") + "name=it", **options)
    assert result.status == (0 if result.out.startswith("it: ready (") else 1), result
    assert result.err == ""
    return None if result.status == 0 else result.out.removeprefix("it: not ready: ").rsplit(" (", 1)[0]


def pid_in(path):
    """Of what wrote it there, as seen from the same PID namespace."""
    return int(eventually(lambda: path.read_text().endswith("\n") and path.read_text()))


# What decides, and what is said


@pytest.mark.parametrize("script, words", [
    ("exit 0", None),
    ("echo no; exit 0", None),
    ("exit 1", "exited with status 1"),
    ("exit 255", "exited with status 255"),
    ("kill -KILL $$", "killed by KILL"),
    ("kill -SEGV $$", "killed by SEGV"),
    ("echo first; echo last; exit 1", "last"),
    ("echo last >&2; exit 1", "last"),
    ("echo out; echo err >&2; exit 1", "err"),
    ("echo last; echo; echo '   '; exit 1", "last"),
    ("printf last; exit 1", "last"),
    ("printf 'first\\nlast\\r\\n\\n'; exit 1", "last"),
    ("printf '\\n\\n  last  '; exit 1", "last"),
    ("echo; echo; exit 3", "exited with status 3"),
    ("printf 'a\\033[2Jb\\0c\\377'; exit 1", "a\\x1b[2Jb\\x00c\\xff"),
    ("printf 'x%.0s' $(seq 200); exit 1", "x" * 160 + "..."),
    ("seq 20000; exit 1", "20000"),
    ("seq 20000; sleep 0.1; echo last; exit 1", "last"),
    ("exec >&- 2>&-; exit 4", "exited with status 4"),
    ("echo early; exec >&- 2>&-; sleep 0.1; exit 4", "early"),
    ("read line; exit $?", "exited with status 1"),  # nothing is there to be read
])
def test_status_decides_and_the_last_line_is_the_reason(shim, script, words):
    assert reason(shim, sh(script)) == words


def test_words_are_those_of_a_shell_without_a_shell(shim, tmp_path):
    target = f"exec:sh -c 'printf \"<%25s>\" \"$@\"; exit 1' x a  'b c' \"d'e\" '' f'g 'h $HOME * ;"
    assert reason(shim, target) == "<a><b c><d'e><><fg h><$HOME><*><;>"


def test_arguments_in_a_variable_and_in_a_file(shim, start, tmp_path):
    env = {"SHIM_WAIT_FOR": f"file:/// exec:test%20-e%20{tmp_path}/flag file://{tmp_path}/flag"}
    run = start("wait", *OFTEN, env=env)
    run.await_line("^shim: exec:test: exited with status 1$")
    (tmp_path / "flag").touch()
    assert run.finish().status == 0
    targets = tmp_path / "targets"
    targets.write_text(f"exec:test -e {tmp_path}/flag#name=a  # a comment\nfile:///#name=b\n"
                       "exec:sh -c 'echo it is; exit 1' x#name=c\r\nexec:true#name=d\n")
    result = shim("check", env={"SHIM_WAIT_FILE": str(targets)})
    assert [line.rsplit(" (", 1)[0] for line in result.out.splitlines()] == [
        "c: not ready: it is", "a: ready", "b: ready", "d: ready"]


@pytest.mark.parametrize("verb", ["run", "wait", "check"])
def test_it_holds_for_each_verb(shim, verb):
    words = {"run": ["--wait-for=exec:true", "true"], "wait": ["wait", "exec:true"], "check": ["check", "exec:true"]}[verb]
    assert shim(*words).status == 0
    words = [word.replace("exec:true", "exec:false#timeout=10ms") for word in words]
    assert shim(*words).status == (1 if verb == "check" else 124)


def test_success_after_some_attempts(shim, tmp_path):
    target = sh("echo x >>$0; test $(wc -l <$0) -ge 7 || { echo not yet; exit 1; }", tmp_path / "count")
    result = shim("--log=json", "--wait-for", f"{target}#name=it", *OFTEN, "true")
    lines = [json.loads(line) for line in result.err.splitlines()]
    assert result.status == 0
    assert [(line["event"], line["message"]) for line in lines if line.get("target") == "it"][0] == ("not-ready", "not yet")
    assert [line["attempts"] for line in lines if line["event"] == "ready"] == [7]


@pytest.mark.parametrize("program, words", [
    ("no-such-program", "no such file or directory (ENOENT)"),
    ("/no/such/program", "no such file or directory (ENOENT)"),
    ("/etc", "permission denied (EACCES)"),
    ("/etc/passwd", "permission denied (EACCES)"),
    ("{}/script", "no such file or directory (ENOENT)"),
    ("{}/text", "not a program for this machine, and no #! line (ENOEXEC)"),
])
def test_program_that_cannot_be_executed(shim, tmp_path, program, words):
    for name, content in {"script": "#!/no/such/shell\n", "text": "x\n"}.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o755)
    target = "exec:" + program.format(tmp_path)
    assert reason(shim, target) == f"cannot be executed: {words}"
    result = shim("wait", f"{target}#name=it", "--fail-fast=2", *OFTEN)
    assert result.status == 124
    assert f"shim: it: cannot be executed: {words} - waiting rarely mends this\n" in result.err


def test_program_is_looked_for_in_path(shim, tmp_path):
    (tmp_path / "probe").write_text("#!/bin/sh\necho found; exit 1\n")
    (tmp_path / "probe").chmod(0o755)
    assert reason(shim, "exec:probe", env={"PATH": f"/nowhere:{tmp_path}:/bin"}) == "found"


def test_secrets_among_the_arguments_are_never_printed(shim):
    env = {"TOKEN": "s3cret"}
    for target in [sh("echo it says $1; exit 1", "x", "${TOKEN}"), sh("exit 1", "--token=s3cret"), "exec:none s3cret",
                   "exec:false ${TOKEN}#timeout=0s", "exec:s 's3cret", "exec:s%20s3cret#nme=x", "exec:${TOKEN}"]:
        for log in ["text", "json"]:
            for words in [["check"], ["wait", "--verbose", "--timeout=10ms"]]:
                result = shim(*words, f"--log={log}", target, env=env)
                assert result.status != 0
                assert "s3cret" not in result.out + result.err, result
    assert reason(shim, sh("echo it says $1; exit 1", "x", "${TOKEN}"), env=env) == "exited with status 1"


# What it runs with


def test_it_runs_as_the_wait_does(shim, tmp_path):
    """No rights, no signal blocked or ignored, nothing open of shim's, in a group of its own, the command's environment."""
    script = "cat /proc/self/status; echo; ls -l /proc/self/fd; echo; env; echo; ps -o pgid= $$; echo $$"
    env = {"SHIM_TIMEOUT": "9s", "OWN": "1", "SHIM_ENV": "MORE=2"}
    before = ["python3", "-c", "import os, signal, sys\n"
              "for n in [1, 2, 13, 17, 34]: signal.signal(n, signal.SIG_IGN)\n"
              "signal.pthread_sigmask(signal.SIG_BLOCK, [10, 14, 40])\n"
              "os.execvp(sys.argv[1], sys.argv[1:])"]
    target = sh(f"({script}) >$0 2>&1", tmp_path / "out")
    for words in (["wait", target], ["check", target], [f"--wait-for={target}", "true"]):
        assert shim(*words, env=env, before=before).status == 0
        status, descriptors, variables, ids = (tmp_path / "out").read_text().split("\n\n")
        status = dict(line.split(":\t", 1) for line in status.splitlines())
        assert {status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapAmb", "SigBlk", "SigIgn")} == {"0" * 16}
        assert status["NoNewPrivs"] == "1"
        names = [line.split()[8:] for line in descriptors.splitlines()[1:]]
        assert [name[0] for name in names if "/proc" not in name[2]] == ["0", "1", "2"]
        assert names[0][2] == "/dev/null"
        assert {"OWN=1", "MORE=2"} <= set(variables.splitlines())
        assert "SHIM_" not in variables
        assert len(set(ids.split())) == 1, "it leads no group"


def test_directory_is_that_of_the_command(shim, tmp_path):
    target = sh("test $(pwd) = $0", tmp_path)
    assert shim(f"--chdir={tmp_path}", "--wait-for", f"{target}#timeout=1s", "true").status == 0


@needs_namespaces
def test_image_without_dev(shim, tmp_path):
    """Then it has no stdin."""
    dev = tmp_path / "dev"
    dev.mkdir()
    hidden = ["unshare", "-m", "sh", "-c", f'mount --bind {dev} /dev && exec "$0" "$@"']
    assert reason(shim, sh("cat; exit 1"), before=hidden).endswith("Bad file descriptor")


# How long it runs


def test_program_that_hangs_is_killed_at_the_end_of_the_attempt(start, tmp_path):
    script = "trap '' TERM HUP INT; sleep 600 & echo $! >$0; echo $$ >$1; echo working; wait"
    target = sh(script, tmp_path / "child", tmp_path / "pid")
    run = start("wait", f"{target}#name=it", "--attempt-timeout=1s", "--timeout=none", "--interval=1ms")
    pid, child = pid_in(tmp_path / "pid"), pid_in(tmp_path / "child")
    run.await_line("^shim: it: did not end in time$")
    eventually(lambda: is_gone(pid) and is_gone(child))
    run.signal(signal.SIGTERM)
    run.finish()


def test_the_next_attempt_begins_anew(start, tmp_path):
    target = sh("test -e $0 && exit; echo $$ >$1; touch $0; exec sleep 600", tmp_path / "flag", tmp_path / "pid")
    run = start("wait", f"{target}#name=it,attempt-timeout=1s", *OFTEN)
    pid = pid_in(tmp_path / "pid")
    result = run.finish()
    assert result.status == 0
    assert "shim: it: did not end in time\n" in result.err
    eventually(lambda: is_gone(pid))


@pytest.mark.parametrize("status, words", [(0, None), (5, "exited with status 5")])
def test_what_it_leaves_in_its_group_is_killed(shim, tmp_path, status, words):
    """Its end counts, and not that of the pipe, which a child may hold open."""
    target = sh(f"(sleep 600 & echo $! >$0; exec sleep 600) & until test -s $0; do :; done; exit {status}", tmp_path / "pid")
    assert reason(shim, f"{target}#attempt-timeout=1h") == words
    pid = pid_in(tmp_path / "pid")
    eventually(lambda: is_gone(pid))


def test_endless_output_holds_nobody_up(shim):
    result = shim("check", "exec:yes#name=a", "exec:cat /dev/zero#name=b", "file:///#name=c", sh("exit 3") + "#name=d,attempt-timeout=1m",
                  "--attempt-timeout=500ms")
    assert [line.rsplit(" (", 1)[0] for line in result.out.splitlines()] == [
        "a: not ready: did not end in time", "b: not ready: did not end in time",
        "d: not ready: exited with status 3", "c: ready"]


def test_a_hundred_side_by_side(start, tmp_path):
    """None can end before all have begun."""
    os.mkfifo(tmp_path / "go")
    go = os.open(tmp_path / "go", os.O_RDWR)
    run = start("wait", *(sh("touch $0/$1; read line <$0/go", tmp_path, n) for n in range(100)), *NO_LIMIT)
    eventually(lambda: len(os.listdir(tmp_path)) == 101)
    os.write(go, b"\n" * 100)
    result = run.finish()
    os.close(go)
    assert result.status == 0
    assert "shim: all ready after " in result.err


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_limit_on_processes_is_a_reason(shim):
    """Of a user that has no other process."""
    user = 61000 + os.getpid() % 4000
    before = ["prlimit", "--nproc=1:1", "setpriv", f"--reuid={user}", "--regid=65532", "--clear-groups"]
    words = "cannot be started: the limit on processes is reached (EAGAIN)"
    assert reason(shim, "exec:true", before=before) == words


def test_limit_on_descriptors_is_a_reason(shim):
    """Four are too few for a pipe: three are the standard ones, and one hears signals."""
    words = "cannot be started: too many open files (EMFILE)"
    assert reason(shim, "exec:true", before=["prlimit", "--nofile=4:4"]) == words


# How it ends with the wait


@pytest.fixture
def hanging(enter, tmp_path):
    """A wait for a program that never ends, and has a child; in both places."""
    def begin(*words):
        target = sh("sleep 600 & echo $! >$0; echo $$ >$1; wait", tmp_path / "child", tmp_path / "pid")
        run = enter(*[word.format(target) for word in words])
        pid_in(tmp_path / "pid")
        run.parts = programs_of(run)
        return run

    return begin


def descendants(pid):
    found = [pid]
    for child in children(pid):
        found += descendants(child)
    return found


def programs_of(run):
    """Handles of the shell and its child."""
    names = {"sh", "sleep"}
    pids = [pid for pid in descendants(init_of(run)) if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() in names]
    assert len(pids) == 2
    return pids


RUN = ["--timeout=none", "--attempt-timeout=1h", "--wait-for={}", "touch", "/nowhere"]
WAIT = ["wait", "--timeout=none", "--attempt-timeout=1h", "{}"]


@pytest.mark.parametrize("words", [RUN, WAIT], ids=["run", "wait"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_request_to_end_ends_it_too(hanging, words, number):
    run = hanging(*words)
    os.kill(init_of(run), number)
    assert run.finish().status in (128 + number, -number)
    eventually(lambda: all(map(is_gone, run.parts)))
    if words is RUN:
        run.await_line(f"^shim: {number.name[3:]} while waiting; nothing was started$")
        assert run.err.count("while waiting") == 1


def test_process_that_waits_takes_it_along_when_it_is_killed(hanging):
    run = hanging(*RUN)
    program = next(pid for pid in run.parts if pathlib.Path(f"/proc/{pid}/comm").read_text() == "sh\n")
    os.kill(gate_of(run), signal.SIGKILL)
    assert run.finish().status == 125
    eventually(lambda: is_gone(program))
    for pid in run.parts:
        end_with_all(pid)


def test_init_takes_it_along_when_it_is_killed(hanging):
    run = hanging(*RUN)
    program = next(pid for pid in run.parts if pathlib.Path(f"/proc/{pid}/comm").read_text() == "sh\n")
    os.kill(init_of(run), signal.SIGKILL)
    run.finish()
    eventually(lambda: is_gone(program))
    for pid in run.parts:
        end_with_all(pid)


def test_it_ends_when_the_gate_opens_without_it(enter, tmp_path):
    target = sh("echo $$ >$0; exec sleep 600", tmp_path / "pid")
    run = enter(f"--wait-for={target}#optional,timeout=200ms,attempt-timeout=1h", "sleep", "600")
    run.await_line("^shim: 1 of 1 targets not ready after ")
    init = init_of(run)
    eventually(lambda: [pathlib.Path(f"/proc/{pid}/comm").read_text() for pid in descendants(init)] == ["shim\n", "sleep\n"])
    os.kill(init, signal.SIGTERM)
    assert run.finish().status == 143


@pytest.mark.parametrize("words", [RUN, WAIT], ids=["run", "wait"])
def test_zombies_are_reaped_while_waiting(enter, tmp_path, words):
    """Those that it leaves to init, too: as PID 1 nobody else would."""
    target = sh("(sleep 0 &) ; (sleep 0 &) ; echo x >>$0; exit 1", tmp_path / "count")
    run = enter(*[word.format(f"{target}#interval=5ms,max-interval=5ms") for word in words])
    eventually(lambda: (tmp_path / "count").read_text().count("x") > 20)
    init = init_of(run)

    def zombies():
        return [pid for pid in descendants(init) if status_of(pid)["State"].startswith("Z")]

    eventually(lambda: len(zombies()) < 3)
    os.kill(init, signal.SIGTERM)
    run.finish()


def test_it_starts_though_children_are_ignored(shim):
    """SIGCHLD that was ignored would let its status vanish."""
    before = ["python3", "-c", "import os, signal, sys; signal.signal(17, signal.SIG_IGN); os.execvp(sys.argv[1], sys.argv[1:])"]
    for words in (["check", "exec:true"], ["wait", "exec:true"], ["--wait-for=exec:true", "true"]):
        assert shim(*words, before=before).status == 0
