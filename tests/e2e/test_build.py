# SPDX-License-Identifier: MIT
"""What build/shim is: static, small, the same wherever it is built, and without the parts of libc that it must not need."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIM = ROOT / "build" / "shim"


def output(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout


def make(*arguments, folder=ROOT):
    """A make of its own, not one that takes part in the make that runs the tests."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return output("make", "-C", str(folder), *arguments, env=environment)


def copy_sources(folder):
    shutil.copy(ROOT / "Makefile", folder)
    for part in ("shim", "tools"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def test_it_is_static():
    assert "INTERP" not in output("readelf", "--wide", "--program-headers", SHIM)
    assert "NEEDED" not in output("readelf", "--wide", "--dynamic", SHIM)


def test_it_has_no_executable_stack():
    stack = re.search(r"GNU_STACK.*", output("readelf", "--wide", "--program-headers", SHIM)).group()
    assert " RW " in stack


def test_it_keeps_to_the_budget():
    assert "budget" in make("size")


def test_a_program_over_the_budget_fails():
    with pytest.raises(subprocess.CalledProcessError):
        make("size", "BUDGET=100")


def test_two_builds_in_two_directories_are_identical(tmp_path):
    other = copy_sources(tmp_path)
    make("build", f"BEARSSL_TARBALL={ROOT / 'build' / 'bearssl.tar.xz'}", folder=other)
    assert (other / "build" / "shim").read_bytes() == SHIM.read_bytes()


def test_another_tarball_than_bearssls_is_refused(tmp_path):
    wrong = tmp_path / "bearssl.tar.xz"
    wrong.write_bytes(b"something else")
    done = subprocess.run([ROOT / "tools" / "bearssl", tmp_path / "build", wrong], capture_output=True, text=True)
    assert (done.returncode, "is not the file that is expected" in done.stderr) == (1, True)


def test_no_path_of_this_machine_is_in_it():
    assert f"{ROOT}/shim".encode() not in SHIM.read_bytes()  # where every file of it lies


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    """Every function of the program, libc's too: the same program once more, but not stripped."""
    program = tmp_path_factory.mktemp("unstripped") / "shim"
    make("build/shim.unstripped")
    shutil.move(ROOT / "build" / "shim.unstripped", program)
    found = {line.split()[-1] for line in output("nm", program).splitlines()}
    assert {"main", "_start"} <= found
    return found


@pytest.mark.parametrize("unwanted", [
    "printf_core", "vfprintf", "fwrite", "getaddrinfo", "gethostbyname", "strerror", "qsort", "malloc", "free",
    "br_ssl_client_init_full", "br_aes_x86ni_ctr_run",
])
def test_it_does_not_contain(unwanted, functions):
    assert unwanted not in functions


def test_help_names_every_scheme():
    schemes = re.findall(r'^\s*\{\s*(?:\.name = )?"([a-z0-9+]+)\\0', (ROOT / "shim" / "probe" / "scheme.c").read_text(),
                         re.MULTILINE)
    assert {"tcp", "tls", "http", "https", "unix", "http+unix", "file"} <= set(schemes)
    text = output(SHIM, "--help")
    assert [scheme for scheme in schemes if not re.search(rf"(^|[\s(]){re.escape(scheme)}\b", text)] == []


def test_the_version_is_the_makefiles():
    version = re.search(r"^VERSION = (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    assert version in output(SHIM, "--version")
