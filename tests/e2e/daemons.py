# SPDX-License-Identifier: MIT
"""Servers of Debian's packages, each in a folder of its own that goes with it.

    with Nats("max_connections: 1\n") as nats:
        ... nats.at, nats.log() ...

They listen on loopback alone, at a port that was free. None runs as root where it can do without.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from servers import LIMIT

PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
AS_NOBODY = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] if os.getuid() == 0 else []


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return sock.getsockname()[1]


class Daemon:
    """Started with `start`, or as the block begins; its processes are ended together."""
    account = AS_NOBODY

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="shim-"))
        self.folder.chmod(0o777)
        self.port = free_port()
        self.at = f"127.0.0.1:{self.port}"
        self.process = None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def start(self):
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.account, *self.command()],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            env={"PATH": PATH, **self.environment()}, start_new_session=True)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def await_log(self, text):
        """Until it stands in the log; then the whole."""
        tries = threading.Event()
        for _ in range(LIMIT * 50):
            if text in self.log():
                return self.log()
            tries.wait(0.02)
        raise AssertionError(f"never logged {text!r}, but:\n{self.log()}")

    def file(self, name, text):
        """One that the server may read."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o644)
        return path

    def copy(self, path):
        return self.file(pathlib.Path(path).name, pathlib.Path(path).read_text())

    def __enter__(self):
        if not self.process:
            self.start()
        return self

    def __exit__(self, *_):
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(LIMIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nats(Daemon):
    def __init__(self, more=""):
        super().__init__()
        self.conf = self.file("nats.conf", f"listen: {self.at}\n{more}\n")

    def command(self):
        return ["nats-server", "-c", self.conf]


class Memcached(Daemon):
    def __init__(self, *options):
        super().__init__()
        self.options = options

    def command(self):
        return ["memcached", "-l", "127.0.0.1", "-p", str(self.port), "-t", "1", *self.options]


class OpenSmtpd(Daemon):
    """It keeps its files in places of the machine's, so it gets others in their place, and wants to be root."""
    account = []

    def __init__(self):
        super().__init__()
        self.conf = self.file("smtpd.conf", f"listen on 127.0.0.1 port {self.port}\n"
                                            'action "relay" relay\nmatch from local for any action "relay"\n')
        self.conf.chmod(0o600)

    def command(self):
        places = "mount -t tmpfs spool /var/spool && mkdir -m 711 /var/spool/smtpd && mount -t tmpfs run /run"
        return ["unshare", "--mount", "sh", "-c", f'{places} && exec smtpd -d -f "$0"', self.conf]


class AioSmtpd(Daemon):
    """Over TLS: Debian 12's OpenSMTPD ends every handshake with an internal error."""

    def __init__(self, row):
        super().__init__()
        self.chain, self.key = self.copy(row.chain), self.copy(row.key_pem)

    def command(self):
        return ["/usr/bin/aiosmtpd", "-n", "-l", self.at, "--smtpscert", self.chain, "--smtpskey", self.key]


class ZooKeeper(Daemon):
    classes = "/etc/zookeeper/conf_example:/usr/share/java/zookeeper.jar"

    def __init__(self, more=""):
        super().__init__()
        (self.folder / "data").mkdir()
        (self.folder / "data").chmod(0o777)
        self.file("data/myid", "1\n")
        self.conf = self.file("zoo.cfg", f"dataDir={self.folder}/data\nclientPort={self.port}\n"
                                         f"clientPortAddress=127.0.0.1\nadmin.enableServer=false\n{more}")

    def command(self):
        return ["java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", self.classes,
                "org.apache.zookeeper.server.quorum.QuorumPeerMain", self.conf]


class ZooKeeperOverTls(ZooKeeper):
    """At its port it wants a client certificate, as it does by default."""

    classes = ZooKeeper.classes + ":/usr/share/java/netty-codec.jar"

    def __init__(self, row):
        super().__init__()
        both = self.file("server.pem", pathlib.Path(row.chain).read_text() + pathlib.Path(row.key_pem).read_text())
        self.conf = self.file("zoo.cfg", f"dataDir={self.folder}/data\nsecureClientPort={self.port}\n"
                              "secureClientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
                              "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\n"
                              f"ssl.keyStore.location={both}\nssl.trustStore.location={self.copy(row.ca)}\n"
                              "ssl.clientHostnameVerification=false\n")


class RabbitMq(Daemon):
    """The port mapper of Erlang is started beside it: left to itself, it would outlive the test."""

    def __init__(self, row=None):
        super().__init__()
        self.tls_port = free_port()
        self.mapper = None
        tls = ""
        if row:
            chain, key = self.copy(row.chain), self.copy(row.key_pem)
            tls = f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}\nssl_options.certfile = {chain}\nssl_options.keyfile = {key}\n"
        self.conf = self.file("rabbitmq.conf", f"listeners.tcp.1 = {self.at}\nlog.console = true\nlog.file = false\n{tls}")
        self.plugins = self.file("plugins", "[].\n")
        self.mapper_port = str(free_port())

    def environment(self):
        return {"HOME": str(self.folder), "RABBITMQ_BASE": str(self.folder), "RABBITMQ_NODENAME": "shim@localhost",
                "RABBITMQ_MNESIA_BASE": f"{self.folder}/mnesia", "RABBITMQ_LOG_BASE": f"{self.folder}/logs",
                "RABBITMQ_CONFIG_FILE": str(self.conf), "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.plugins),
                "RABBITMQ_PID_FILE": f"{self.folder}/pid", "RABBITMQ_DIST_PORT": str(free_port()),
                "ERL_EPMD_PORT": self.mapper_port, "ERL_EPMD_ADDRESS": "127.0.0.1"}

    def command(self):
        return ["/usr/lib/rabbitmq/bin/rabbitmq-server"]

    def start(self):
        self.mapper = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *self.account, "epmd", "-port", self.mapper_port,
                                        "-address", "127.0.0.1"], env={"PATH": PATH}, stderr=subprocess.DEVNULL)
        super().start()

    def __exit__(self, *_):
        super().__exit__()
        if self.mapper:
            self.mapper.terminate()
            self.mapper.wait(LIMIT)
