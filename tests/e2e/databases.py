# SPDX-License-Identifier: MIT
"""Databases of other people: PostgreSQL, MariaDB and Redis, each in a folder of its own that goes with it.

    with Redis("--requirepass", "secret") as server:
        ... server.start().await_ready().port ...

They run as the user that Debian made for them where the tests run as root, and end with the block.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

import pytest

from pid1 import eventually

LIMIT = 30  # seconds; only what hangs comes near it
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")
PATH = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
ADDRESS = "192.0.2.1"  # of a namespace: not a loopback one (RFC 5737)


def as_user(user):
    """Words to put before a command."""
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.getuid() == 0 else []


class Daemon:
    """A server and its folder. Its port is its own before it listens: until then connections are refused."""

    user = None

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"shim-{self.user}-"))
        self.log_file = self.folder / "log"
        self.log_file.touch()
        self.process = None
        self._port = socket.socket()
        self._port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, so theirs comes beside it
        self._port.bind(("127.0.0.1", 0))
        self.port = self._port.getsockname()[1]
        self.at = f"127.0.0.1:{self.port}"
        self.own(self.folder)

    def own(self, path):
        if os.getuid() == 0:
            shutil.chown(path, self.user, self.user)
        return path

    def lend(self, path):
        """A copy that the server may read."""
        copy = pathlib.Path(shutil.copy(path, self.folder))
        copy.chmod(0o600)
        return self.own(copy)

    def run(self, *command, before=()):
        """The server's process, which must not fork away."""
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(
                [*before, "setpriv", "--pdeathsig", "TERM", *as_user(self.user)[1:], *map(str, command)], env=PATH,
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def log(self):
        return self.log_file.read_text(errors="replace")

    def await_log(self, words):
        def is_said():
            assert self.process.poll() is None, self.log
            return words in self.log

        eventually(is_said)

    def open(self):
        sock = socket.create_connection(("127.0.0.1", self.port), LIMIT)
        sock.settimeout(LIMIT)
        return sock

    def send(self, number):
        self.process.send_signal(number)

    def close(self, by=signal.SIGQUIT):
        if self.process and self.process.poll() is None:
            self.send(by)
            try:
                self.process.wait(LIMIT)
            finally:
                self.process.kill()
                self.process.wait()
        self._port.close()
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Postgres(Daemon):
    """PostgreSQL 15. `template` is that of the fixture."""

    user = "postgres"
    make_data = [f"{POSTGRES}/initdb", "--pgdata={}", "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C"]
    settings = {"listen_addresses": "127.0.0.1", "fsync": "off", "autovacuum": "off", "superuser_reserved_connections": 1,
                "shared_buffers": "1MB", "dynamic_shared_memory_type": "mmap", "logging_collector": "off"}
    hba = ("local all all trust\n"
           "host all trusted,nobody,postgres 127.0.0.1/32 trust\n"
           "host all hashed 127.0.0.1/32 md5\n"
           "hostssl all secured 127.0.0.1/32 scram-sha-256\n"
           "host all asked 127.0.0.1/32 scram-sha-256\n")

    def __init__(self, template, signal_file=None, **settings):
        super().__init__()
        self.data = self.folder / "data"
        subprocess.run([*as_user(self.user), "cp", "-r", template, self.data], check=True)
        (self.data / "pg_hba.conf").write_text(self.hba)
        if signal_file:
            (self.data / signal_file).touch()
            self.own(self.data / signal_file)
        self.configure(unix_socket_directories=self.folder, port=self.port, **{**self.settings, **settings})

    def configure(self, **settings):
        """Before it starts; of two values the last one counts."""
        with open(self.data / "postgresql.conf", "a", encoding="ascii") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self):
        self.run(POSTGRES / "postgres", "-D", self.data)
        return self

    def await_ready(self):
        self.await_log("database system is ready to accept")
        return self

    def sql(self, text):
        command = ["psql", "-h", self.folder, "-p", str(self.port), "-U", "postgres", "-qAt", "-c", text]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=PATH, cwd="/").stdout.strip()

    def log_in(self, user="postgres"):
        """A connection that is held: what comes after the login, and it."""
        sock = self.open()
        words = f"user\0{user}\0database\0postgres\0\0".encode()
        sock.sendall((8 + len(words)).to_bytes(4, "big") + b"\0\3\0\0" + words)
        heard = b""
        while not heard.endswith(b"Z\0\0\0\5I"):
            piece = sock.recv(4096)
            assert piece, heard
            heard += piece
        return sock


class Mariadb(Daemon):
    """MariaDB 10.11. `template` is that of the fixture."""

    user = "mysql"
    make_data = ["mariadb-install-db", "--no-defaults", "--datadir={}", "--skip-test-db", "--skip-log-bin",
                 "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M"]

    def __init__(self, template, *options):
        super().__init__()
        self.data, self.socket, self.options = self.folder / "data", self.folder / "socket", options
        subprocess.run([*as_user(self.user), "cp", "-r", template, self.data], check=True)

    def start(self, before=(), address="127.0.0.1"):
        self.run("mariadbd", "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}", f"--port={self.port}",
                 f"--bind-address={address}", f"--pid-file={self.folder}/pid", "--innodb-log-file-size=4M",
                 "--innodb-buffer-pool-size=8M", "--innodb-fast-shutdown=2", *self.options, before=before)
        return self

    def await_ready(self):
        self.await_log("ready for connections")
        return self

    def sql(self, text):
        command = ["mariadb", "--no-defaults", "-S", self.socket, "-u", "root", "-N", "-B", "-e", text]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=PATH).stdout.strip()

    def status(self, name):
        return int(self.sql(f"show global status like '{name}'").split()[1])

    def close(self, by=signal.SIGTERM):
        super().close(by)


class Redis(Daemon):
    """Redis 7."""

    user = "redis"

    def __init__(self, *options):
        super().__init__()
        self.options = options

    def start(self, *more):
        self.run("redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
                 "--enable-debug-command", "yes", *self.options, *more)
        return self

    def await_ready(self):
        self.await_log("Ready to accept connections")
        return self

    def restart(self, *more):
        self.process.kill()
        self.process.wait(LIMIT)
        return self.start(*more)

    @contextlib.contextmanager
    def log_in(self, password=""):
        """A connection, as a function that gives the first line of the answer to a command."""
        with self.open() as sock, sock.makefile("rwb") as stream:
            def ask(*words):
                for word in [f"*{len(words)}", *(part for word in words for part in (f"${len(word)}", word))]:
                    stream.write(f"{word}\r\n".encode())
                stream.flush()
                return stream.readline().decode().strip()

            if password:
                assert ask("AUTH", password) == "+OK"
            yield ask

    def close(self, by=signal.SIGKILL):
        super().close(by)


def template_of(kind):
    """What a server of that kind finds when it starts for the first time: made once, copied for each."""
    with tempfile.TemporaryDirectory(prefix="shim-template-") as folder:
        os.chmod(folder, 0o755)
        template = pathlib.Path(folder) / "data"
        template.mkdir()
        if os.getuid() == 0:
            shutil.chown(template, kind.user, kind.user)
        command = [word.format(template) for word in kind.make_data]
        subprocess.run([*as_user(kind.user), *command], check=True, capture_output=True, env=PATH, cwd="/")
        yield template


@pytest.fixture(scope="session")
def postgres_template():
    yield from template_of(Postgres)


@pytest.fixture(scope="session")
def mariadb_template():
    yield from template_of(Mariadb)
