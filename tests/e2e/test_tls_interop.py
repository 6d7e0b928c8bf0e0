# SPDX-License-Identifier: MIT
"""TLS with the servers of other people: every suite, key and curve of the profile, and certificates of both sides."""
import os

import pytest

import certificates
from daemons import ZooKeeperOverTls
from databases import Redis
from program import needs_namespaces, shim, start  # noqa: F401 (fixtures)
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import Openssl

ROWS = {"rsa2048": "good", "rsa4096": "rsa4096", "p256": "p256", "p384": "p384", "p521": "p521"}
WANTS = "the server asks for a client certificate"


@pytest.fixture(scope="module")
def client(pki):
    """The paths of a client's certificate and its key."""
    maker = certificates.Maker(os.path.dirname(pki["good"].ca))
    path = maker.path("interop-client.pem")
    maker.issue(path, certificates.Server(key="p384", extensions=("extendedKeyUsage=clientAuth",)), "client")
    return path, maker.key("p384")


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
@pytest.mark.parametrize("cipher", ["AES128-GCM-SHA256", "AES256-GCM-SHA384"])
@pytest.mark.parametrize("key", ROWS)
def test_openssl_with_every_suite_key_and_curve(shim, pki, key, cipher, curve):
    row = pki[ROWS[key]]
    kind = "RSA" if key.startswith("rsa") else "ECDSA"
    # Its own list of curves is also that of the curves its certificate may be on.
    curves = ":".join(dict.fromkeys([curve, "P-256", "P-384", "P-521"]))
    with Openssl(row, "-cipher", f"ECDHE-{kind}-{cipher}", "-curves", curves, "-serverpref") as server:
        result = shim("check", f"https://127.0.0.1:{server.port}/#ca={row.ca},host={row.name}")
    assert result.status == 0, result.out


@pytest.mark.parametrize("options", [
    ["-max_send_frag", "512"],
    ["-max_send_frag", "512", "-split_send_frag", "512"],
    ["-mtu", "1400"],
    ["-no_dhe"],
    ["-legacy_renegotiation"],
    ["-alpn", "h2"],
    ["-status"],
])
def test_openssl_in_other_moods(shim, pki, options):
    row = pki["two-intermediates"]
    with Openssl(row, *options) as server:
        assert shim("check", f"https://localhost:{server.port}/#ca={row.ca}").status == 0


# GnuTLS listens on every address, so it gets a network of its own; it ends with shim, whose shell has started it.


def beside_gnutls(row, *options):
    serve = " ".join(["setpriv --pdeathsig TERM gnutls-serv --quiet --http --port 4433", "--x509certfile", row.chain,
                      "--x509keyfile", row.key_pem, "--x509cafile", row.ca, *options])
    return ["unshare", "--net", "sh", "-c", f'ip link set lo up; {serve} </dev/null >/dev/null 2>&1 & exec "$0" "$@"']


ONLY_12 = "NORMAL:-VERS-ALL:+VERS-TLS1.2"


@needs_namespaces
@pytest.mark.parametrize("key", ROWS)
@pytest.mark.parametrize("options", [
    ["-a", f"--priority={ONLY_12}"],
    ["-a", f"--priority={ONLY_12}:-GROUP-ALL:+GROUP-SECP521R1:+GROUP-SECP256R1"],
    ["-a", f"--priority={ONLY_12}:-CIPHER-ALL:+AES-256-GCM"],
    ["-a", f"--priority={ONLY_12}:%NO_SESSION_HASH"],  # no extended master secret
    ["-a", "--priority=NORMAL", "--recordsize=512"],
], ids=["default", "curve", "aes256", "no-session-hash", "small-records"])
def test_gnutls(shim, pki, key, options):
    row = pki[ROWS[key]]
    result = shim("wait", f"https://127.0.0.1:4433/#ca={row.ca},host={row.name},name=it", "--interval=20ms",
                  "--max-interval=20ms", "--timeout=25s", before=beside_gnutls(row, *options))
    assert result.status == 0, result.err


@needs_namespaces
@pytest.mark.parametrize("shows", [True, False])
def test_gnutls_that_wants_a_client_certificate(shim, pki, client, shows):
    row = pki["good"]
    ours = ",cert={},key={}".format(*client) if shows else ""
    result = shim("wait", f"https://localhost:4433/#ca={row.ca},name=it{ours}", "--interval=20ms", "--max-interval=20ms",
                  "--timeout=25s", "--fail-fast=1",
                  before=beside_gnutls(row, "--require-client-cert", "--verify-client-cert", f"--priority={ONLY_12}"))
    assert result.status == (0 if shows else 124), result.err
    assert shows or WANTS in result.err, result.err


# Java


@pytest.fixture(scope="module")
def zookeeper(pki):
    with ZooKeeperOverTls(pki["good"]) as server:
        yield server


@pytest.mark.parametrize("shows", [True, False])
def test_java_that_wants_a_client_certificate(shim, pki, client, zookeeper, shows):
    ours = ",cert={},key={}".format(*client) if shows else ""
    target = f"tls://localhost:{zookeeper.port}#ca={pki['good'].ca},name=it{ours}"
    assert shim("wait", f"tcp://localhost:{zookeeper.port}", "--timeout=25s").status == 0
    result = shim("wait", target, "--fail-fast=1", "--attempt-timeout=25s", "--timeout=25s")
    assert result.status == (0 if shows else 124), result.err
    assert shows or WANTS in result.err, result.err


# A database


@pytest.mark.parametrize("shows", [True, False])
def test_redis_that_wants_a_client_certificate(shim, pki, client, shows):
    row = pki["good"]
    with Redis("--tls-auth-clients", "yes") as server:
        files = ["--tls-cert-file", server.lend(row.chain), "--tls-key-file", server.lend(row.key_pem),
                 "--tls-ca-cert-file", server.lend(row.ca), "--tls-protocols", "TLSv1.2"]
        server.start("--port", "0", "--tls-port", str(server.port), *files).await_ready()
        ours = ",cert={},key={}".format(*client) if shows else ""
        result = shim("check", f"rediss://127.0.0.1:{server.port}#host={row.name},ca={row.ca},name=cache{ours}")
    assert (result.status, result.err) == (0 if shows else 1, ""), result.out
    assert shows or f"not ready: {WANTS} (" in result.out, result.out
