# SPDX-License-Identifier: MIT
"""The images, and what is in them. Images stay, for the next time."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from dockerengine import (HERE, ROOT, SHIM, Engine, pytest_collection_modifyitems, pytest_terminal_summary,  # noqa: F401
                          run)


@pytest.fixture(scope="session")
def engine():
    here = Engine()
    here("version")
    yield here
    here.remove_containers()


@pytest.fixture(scope="session")
def network(engine):
    engine("network", "create", engine.prefix)
    yield engine.prefix
    engine.remove_containers()
    engine("network", "rm", engine.prefix)


@pytest.fixture(scope="session")
def example(engine):
    """The image of Dockerfile.example, built from this repository."""
    engine("build", "--file", ROOT / "Dockerfile.example", "--tag", "shim-test-example", ROOT)
    return "shim-test-example"


@pytest.fixture(scope="session")
def servers(engine):
    engine("build", "--file", HERE / "Dockerfile.servers", "--tag", "shim-test-servers", HERE)
    return "shim-test-servers"


@pytest.fixture(scope="session")
def guest(tmp_path_factory):
    """A static program for images without a shell: see guest.c."""
    program = tmp_path_factory.mktemp("guest") / "guest"
    run("musl-gcc", "-static", "-Os", "-o", program, HERE / "guest.c")
    return program


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    run(ROOT / "tools" / "throwaway-ca", folder, "shop")
    for file in folder.iterdir():  # the wait runs without the right to read other users' files
        file.chmod(0o644)
    return folder


@pytest.fixture
def init_engine(engine):
    """A second engine, whose containers get shim for --init."""
    if os.geteuid() != 0 or not shutil.which("dockerd", path=os.environ["PATH"] + ":/usr/sbin"):
        pytest.skip("SKIP: an engine with --init-path needs root and dockerd")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shim-"))  # short: a socket's name has 107 bytes at most
    with subprocess.Popen([HERE / "engine", folder, "--init-path", SHIM], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield Engine(f"unix://{folder}/socket")
        process.stdin.close()  # the end of it
    assert not folder.exists()
