# SPDX-License-Identifier: MIT
"""A Docker engine, and containers that go away with the tests; also for the tests of the folder beside this one."""
import os
import pathlib
import shutil
import subprocess
import time
import uuid

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHIM = ROOT / "build" / "shim"
SKIP = "SKIP: no Docker engine answers, so no image was tested"


def run(*command, check=True, **options):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if check and done.returncode != 0:
        pytest.fail(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}", pytrace=False)
    return done


class Engine:
    """The docker command, for one engine. Everything that it makes has `prefix` in its name."""

    def __init__(self, host=None):
        self.environment = dict(os.environ, **({"DOCKER_HOST": host} if host else {}))
        self.prefix = f"shim-test-{uuid.uuid4().hex[:8]}"
        self.containers = []

    def __call__(self, *arguments, check=True, **options):
        return run("docker", *arguments, check=check, env=self.environment, **options)

    def create(self, name, image, *command, options=(), files=()):
        """A container that is not started yet, with `files`: (path here, path there)."""
        container = f"{self.prefix}-{name}"
        self.containers.append(container)
        self("create", "--name", container, "--hostname", name, *options, image, *command)
        for here, there in files:
            self("cp", here, f"{container}:{there}")
        return container

    def wait(self, container):
        """The exit status of a container, when it has ended."""
        return int(self("wait", container, timeout=60).stdout)

    def run_guest(self, name, image, *command, options=(), files=()):
        """Runs a container to its end: its status, and what it printed."""
        container = self.create(name, image, *command, options=options, files=files)
        self("start", container)
        return self.wait(container), self("logs", container).stdout

    def get(self, container, field):
        return self("inspect", "--format", "{{" + field + "}}", container).stdout.strip()

    def remove_containers(self):
        if self.containers:
            self("rm", "--force", "--volumes", *self.containers, check=False)


def until(condition, seconds=60):
    """Waits for something that docker has no event for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.05)


def engine_answers():
    return shutil.which("docker") and run("docker", "version", check=False).returncode == 0


def pytest_collection_modifyitems(config, items):
    """Whoever names an engine wants the tests: then a silent one is a failure."""
    config.has_engine = "DOCKER_HOST" in os.environ or engine_answers()
    if not config.has_engine:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=SKIP))


def pytest_terminal_summary(terminalreporter, config):
    if not config.has_engine:
        terminalreporter.section(SKIP, yellow=True)


def compose_command():
    """docker compose, or docker-compose where Debian has only that."""
    if run("docker", "compose", "version", check=False).returncode == 0:
        return ("docker", "compose")
    if not shutil.which("docker-compose"):
        pytest.skip("SKIP: neither docker compose nor docker-compose is here")
    return ("docker-compose",)
