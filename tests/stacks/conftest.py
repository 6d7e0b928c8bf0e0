# SPDX-License-Identifier: MIT
"""The images of the stacks, and a stack: the services of one compose file, which go away with the test."""
import datetime
import pathlib
import shutil
import subprocess
import sys
import threading

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "docker"))
from dockerengine import (ROOT, SHIM, Engine, compose_command, pytest_collection_modifyitems,  # noqa: E402,F401
                          pytest_terminal_summary, run)

PATIENCE = 180  # seconds for an event that has to come; the longest delay between two attempts is 30 s


class Stack:
    def __init__(self, engine, name, **variables):
        self.engine, self.project, self.variables = engine, f"{engine.prefix}-{name}", variables
        self.command = [*compose_command(), "--project-name", self.project, "--file", HERE / f"{name}.yaml"]

    def __call__(self, *words, **variables):
        return run(*self.command, *words, env=dict(self.engine.environment, **self.variables, **variables))

    def up(self, *services, **variables):
        """Starts these, and nothing that they might depend on."""
        self("up", "--detach", "--no-deps", *services, **variables)

    def container(self, service):
        """By its labels: docker-compose ps takes a second."""
        label = "label=com.docker.compose"
        return self.engine("ps", "--all", "--quiet", "--filter", f"{label}.project={self.project}",
                           "--filter", f"{label}.service={service}").stdout.strip()

    def get(self, service, field):
        return self.engine.get(self.container(service), field)

    def log(self, service):
        return self.engine("logs", self.container(service)).stdout

    def check(self, service, *targets):
        """What shim's check in there finds: its exit status and its words."""
        done = self.engine("exec", self.container(service), "/shim", "check", *targets, check=False)
        return done.returncode, done.stdout

    def moments(self, service):
        """[(when, line), ...] of the log."""
        lines = self.engine("logs", "--timestamps", self.container(service)).stdout.splitlines()
        return [(moment(when), text) for when, _, text in (line.partition(" ") for line in lines)]

    def read_until(self, command, wanted):
        """The lines that a command of docker prints, to the first that is wanted; a failure when it ends before."""
        with subprocess.Popen(["docker", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", env=self.engine.environment) as process:
            watchdog = threading.Timer(PATIENCE, process.kill)
            watchdog.start()
            try:
                lines = []
                for line in process.stdout:
                    lines.append(line)
                    if wanted(line):
                        return lines
            finally:
                watchdog.cancel()
                process.kill()
        pytest.fail(f"{' '.join(command)} ended, or {PATIENCE} s were over:\n{''.join(lines)}", pytrace=False)

    def await_line(self, service, text):
        """The log of a service, up to this text."""
        return "".join(self.read_until(["logs", "--follow", self.container(service)], lambda line: text in line))

    def await_health(self, service, wanted):
        container = self.container(service)
        begin = self.engine("info", "--format", "{{.SystemTime}}").stdout.strip()

        def is_so(_=None):
            return self.engine.get(container, ".State.Health.Status") == wanted

        if not is_so():  # a change after this look is among the events since before it
            self.read_until(["events", "--since", begin, "--filter", f"container={container}",
                             "--filter", "event=health_status"], is_so)

    def wait(self, service):
        return self.engine.wait(self.container(service))


def moment(text):
    """Seconds since the epoch, of what docker prints; it has nine digits, and Python reads six."""
    return datetime.datetime.fromisoformat(text[:26].rstrip("Z").ljust(26, "0") + "+00:00").timestamp()


@pytest.fixture(scope="session")
def engine():
    here = Engine()
    here("version")
    return here


@pytest.fixture(scope="session")
def images(engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for file in (SHIM, HERE / "start-postgres", HERE / "identity.conf"):
        shutil.copy(file, folder)
    run("musl-gcc", "-static", "-Os", "-s", "-o", folder / "app", HERE / "app.c")
    for name in ("servers", "app"):
        engine("build", "--file", HERE / f"Dockerfile.{name}", "--tag", f"shim-stack-{name}", folder)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    run(ROOT / "tools" / "throwaway-ca", folder, "identity")
    for file in folder.iterdir():  # containers read them as another user
        file.chmod(0o644)
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def stack(engine, images):
    """stack("layers") is the stack of layers.yaml, nothing of it started yet."""
    stacks = []

    def begin(name, **variables):
        stacks.append(Stack(engine, name, **variables))
        return stacks[-1]

    yield begin
    for one in stacks:
        one("down", "--volumes", "--timeout", "1")
