# SPDX-License-Identifier: MIT
"""gRPC's health service, asked by hand, of a server that Google's library runs."""
import pathlib
import subprocess

import pytest

from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, answer
from tlsservers import Process, pki  # noqa: F401 (fixture)

PROGRAM = pathlib.Path(__file__).with_name("grpcserver.py")


class Grpc(Process):
    def __init__(self, kind, *files):
        super().__init__(["/usr/bin/python3", PROGRAM, kind, *files], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def health():
    with Grpc("health") as server:
        yield server


@pytest.mark.parametrize("service, verdict", [
    ("", "ready"),
    ("/", "ready"),
    ("/up", "ready"),
    ("/down", "not ready: not serving"),
    ("/unknown", "not ready: its health is unknown"),
    ("/other", "not ready: gRPC status 5 (it does not know that service)"),
])
def test_health_of_a_service(shim, health, service, verdict):
    result = shim("check", f"grpc://127.0.0.1:{health.port}{service}")
    assert f": {verdict} (" in result.out
    assert result.status == (verdict != "ready")


def test_server_without_a_health_service(shim):
    with Grpc("none") as server:
        assert "gRPC status 12 (it has no health service)" in shim("check", f"grpc://127.0.0.1:{server.port}").out


def test_grpcs_is_verified(shim, pki):
    row = pki["good"]
    with Grpc("health", row.chain, row.key_pem) as server:
        target = f"grpcs://127.0.0.1:{server.port}/up#host={row.name}"
        assert shim("check", f"{target},ca={row.ca}").status == 0
        assert "certificate is not signed by a CA in" in shim("check", f"{target},ca={pki['p384'].ca}").out


def test_http_1_is_not_grpc(shim):
    with Server(answer(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        assert "the peer does not speak gRPC" in shim("check", f"grpc://{server.at}").out
