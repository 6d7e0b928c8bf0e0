# SPDX-License-Identifier: MIT
"""${...} where no shell expands anything: in exec form, and in a HEALTHCHECK of an image without a shell."""
import base64
import os

import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, http

ENVIRONMENT = {"WORD": "word", "EMPTY": "", "ODD": "a/b?c#d@e:f,g=h%41${WORD}$", "BLANK": "a b", "LINES": "a\r\nX-B: b", "_2": "two"}


def asked_for(shim, path, env=None):
    """The path that the server hears."""
    with Server(http()) as server:
        result = shim("check", f"http://{server.at}{path}", env={**ENVIRONMENT, **(env or {})})
        assert result.status == 0, result
        return server.talks[0].heard.split()[1].decode()


@pytest.mark.parametrize("written, heard", [
    ("/${WORD}", "/word"),
    ("/${WORD}${WORD}x${WORD}", "/wordwordxword"),
    ("/${_2}", "/two"),
    ("/${EMPTY}x", "/x"),
    ("/${WORD:-other}", "/word"),
    ("/${EMPTY:-other}", "/other"),
    ("/${UNSET:-other}", "/other"),
    ("/${UNSET:-}x", "/x"),
    ("/${UNSET:-a/b?c#d,e}", "/a/b?c#d,e"),
    ("/${UNSET:-%41${WORD}", "/%41${WORD"),
    ("/${WORD:?must be set}", "/word"),
    ("/$${WORD}", "/${WORD}"),
    ("/$$${WORD}", "/$${WORD}"),
    ("/$WORD", "/$WORD"),
    ("/$", "/$"),
    ("/$$", "/$$"),
    ("/${ODD}", "/a/b?c#d@e:f,g=h%41${WORD}$"),
    ("/x?${ODD}", "/x?a/b?c#d@e:f,g=h%41${WORD}$"),
    ("/%41", "/%41"),
])
def test_what_is_written_and_what_is_asked_for(shim, written, heard):
    assert asked_for(shim, written) == heard


@pytest.mark.parametrize("content, value", [
    ("token", "token"), ("token\n", "token"), ("token\r", "token\r"), ("to\nken\n\n", "to\nken\n"), ("", ""),
    ("%41", "%41"), ("${WORD}", "${WORD}"),
])
def test_content_of_a_file_loses_its_last_newline_and_nothing_else(shim, tmp_path, content, value):
    (tmp_path / "token").write_text(content, newline="")
    with Server(http()) as server:
        result = shim("check", f"http://u:${{<{tmp_path}/token}}@{server.at}/", env=ENVIRONMENT)
        assert result.status == 0
        _, credentials = server.talks[0].heard.decode().split("Basic ")
    assert base64.b64decode(credentials.split()[0]).decode() == "u:" + value


@pytest.mark.parametrize("part", ["host", "port", "path", "header", "status", "timeout", "file", "socket"])
def test_any_part_may_come_from_a_variable(shim, tmp_path, part):
    (tmp_path / "flag").touch()
    with Server(http("404 No")) as server, Server(path=tmp_path / "s"):
        env = {"HOST": server.address, "PORT": str(server.port), "STATUS": "404", "TIME": "3s",
               "FLAG": f"{tmp_path}/flag", "SOCKET": f"{tmp_path}/s"}
        target = {
            "host": f"http://${{HOST}}:{server.port}/#status=404",
            "port": f"http://{server.address}:${{PORT}}/#status=404",
            "path": f"http://{server.at}/${{STATUS}}#status=404",
            "header": f"http://{server.at}/#status=404,header=X:${{TIME}}",
            "status": f"http://{server.at}/#status=${{STATUS}}",
            "timeout": f"http://{server.at}/#status=404,timeout=${{TIME}}",
            "file": "file://${FLAG}",
            "socket": "unix://${SOCKET}",
        }[part]
        assert shim("check", target, env=env).status == 0


@pytest.mark.parametrize("how", ["flag", "argument", "variable", "file"])
def test_it_works_wherever_a_target_is_declared(shim, tmp_path, how):
    target = "file://${FLAG}#name=a"
    (tmp_path / "targets").write_text(target + "\n")
    words, env = {"flag": (["--wait-for", target, "true"], {}), "argument": (["wait", target], {}),
                  "variable": (["wait"], {"SHIM_WAIT_FOR": target}), "file": (["wait", "--wait-file", tmp_path / "targets"], {})}[how]
    result = shim(*words, env={**env, "FLAG": str(tmp_path)})
    assert (result.status, "a: ready" in result.err) == (0, True)


@pytest.mark.parametrize("written, problem", [
    ("${UNSET}", "this variable is not set"),
    ("${UNSET:?tell me the token}", "tell me the token"),
    ("${EMPTY:?tell me the token}", "tell me the token"),
    ("${WORD", "this ${ is never closed"),
    ("${}", "this is not understood"),
    ("${2X}", "this is not understood"),
    ("${A B}", "this is not understood"),
    ("${WORD:+x}", "this is not understood"),
    ("${WORD-x}", "this is not understood"),
    ("${WORD=x}", "this is not understood"),
    ("${<}", "this file cannot be read: no such file or directory (ENOENT)"),
    ("${</no/file}", "this file cannot be read: no such file or directory (ENOENT)"),
    ("${</}", "this file cannot be read: is a directory (EISDIR)"),
    ("${</dev/zero}", "this file cannot be read: file too large (EFBIG)"),
    ("${<" + "x" * 600 + "}", "this file cannot be read: file name too long (ENAMETOOLONG)"),
    ("${BLANK}", "a path holds no blanks or control characters"),
    ("${LINES}", "a path holds no blanks or control characters"),
])
def test_what_cannot_be_expanded_is_a_mistake(shim, written, problem):
    with Server() as server:
        result = shim("wait", f"http://{server.at}/{written}", env=ENVIRONMENT)
        assert (result.status, server.talks) == (125, [])
    assert f"shim: TARGET: {problem}\n" in result.err


@pytest.mark.parametrize("place", ["http://{}/#header=X:${{LINES}}", "http://{}/#method=${{LINES}}", "http://{}/#host=${{LINES}}"])
def test_no_value_smuggles_a_line_into_the_request(shim, place):
    with Server(http()) as server:
        assert shim("wait", place.format(server.at), env=ENVIRONMENT).status == 125
        assert server.talks == []


def test_file_that_nobody_writes_to_does_not_hold_it_up(shim, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert shim("wait", f"file:///${{<{tmp_path}/fifo}}", "--timeout=1ms").status in (0, 124, 125)


def test_variables_that_a_target_used_stay_with_the_command(shim):
    result = shim("--wait-for", "file:///${EMPTY}", "/usr/bin/env", env={"EMPTY": "", "OTHER": "x"})
    assert result.out.endswith("EMPTY=\nOTHER=x\n")
