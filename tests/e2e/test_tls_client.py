# SPDX-License-Identifier: MIT
"""Client certificates: that they are shown to whoever asks, in every form that keys come in, and what is a mistake."""
import os
import subprocess

import pytest

import certificates
from program import shim, start  # noqa: F401 (fixtures)
from servers import Server, http
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import Nginx, Openssl, over_tls

KEYS = ["rsa1024", "rsa2048", "rsa4096", "p256", "p384", "p521"]
WANTS = "the server asks for a client certificate"
REFUSED = "the server refused our client certificate"


@pytest.fixture(scope="module")
def maker(pki):
    return certificates.Maker(os.path.dirname(pki["good"].ca))


@pytest.fixture(scope="module")
def client(maker):
    """client(kind): the path of a certificate for such a key, and that of the key, as PKCS#8."""
    def make(kind):
        path = maker.path(f"client-{kind}.pem")
        if not os.path.exists(path):
            maker.issue(path, certificates.Server(key=kind, extensions=("extendedKeyUsage=clientAuth",)), "client")
        return path, maker.key(kind)

    return make


@pytest.fixture(scope="module")
def nginx(pki):
    ca = pki["good"].ca
    with Nginx({"good": pki["good"]}, f"ssl_verify_client on; ssl_verify_depth 3; ssl_client_certificate {ca};") as it:
        yield it


def verifying(pki, *options):
    """Asks for a certificate that its CA has signed, and ends the handshake without one."""
    return Openssl(pki["good"], "-Verify", "3", "-verify_return_error", "-CAfile", pki["good"].ca, *options)


def target_at(port, pki, cert, key=None, scheme="https"):
    return f"{scheme}://localhost:{port}#ca={pki['good'].ca},cert={cert}" + (f",key={key}" if key else "")


def other_form(key, path, *command):
    subprocess.run(["openssl", *command, "-in", key, "-out", path], check=True, capture_output=True)
    return path


# Who is let in


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("options", [
    [],
    ["-sigalgs", "RSA+SHA384:ECDSA+SHA384", "-client_sigalgs", "RSA+SHA384:ECDSA+SHA384"],
    ["-sigalgs", "RSA+SHA512:ECDSA+SHA512", "-client_sigalgs", "RSA+SHA512:ECDSA+SHA512"],
    ["-cipher", "ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0"],
], ids=["default", "sha384", "sha512", "aes256"])
def test_openssl_lets_in_who_has_a_certificate(shim, pki, client, kind, options):
    cert, key = client(kind)
    with verifying(pki, *options) as server:
        result = shim("check", target_at(server.port, pki, cert, key))
    assert (result.status, result.err) == (0, ""), result.out


@pytest.mark.parametrize("kind", KEYS[1:])  # it takes none that is smaller
def test_nginx_lets_in_who_has_a_certificate(shim, pki, client, nginx, kind):
    cert, key = client(kind)
    assert shim("check", target_at(nginx.ports["good"], pki, cert, key)).status == 0


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p521"])
def test_key_may_come_in_each_of_its_forms(shim, pki, client, nginx, tmp_path, kind):
    cert, key = client(kind)
    family = "rsa" if kind.startswith("rsa") else "ec"
    traditional = other_form(key, tmp_path / "old.pem", family, *(["-traditional"] if family == "rsa" else []))
    assert f"BEGIN {family.upper()} PRIVATE KEY" in certificates.read(traditional)
    crlf = tmp_path / "crlf.pem"
    crlf.write_bytes(certificates.read(key).replace("\n", "\r\n").encode())
    for form in (key, traditional, crlf):
        assert shim("check", target_at(nginx.ports["good"], pki, cert, form)).status == 0, form


def test_key_with_parameters_before_it_or_without_its_public_half(shim, pki, client, nginx, tmp_path):
    cert, key = client("p256")
    bare = other_form(key, tmp_path / "bare.pem", "ec", "-no_public")
    both = tmp_path / "both.pem"
    parameters = certificates.openssl("ecparam", "-name", "prime256v1").decode()
    both.write_text("some words of somebody\n" + parameters + certificates.read(bare))
    assert shim("check", target_at(nginx.ports["good"], pki, cert, both)).status == 0


@pytest.mark.parametrize("order", ["key last", "key first"])
def test_one_file_may_hold_certificate_and_key(shim, pki, client, nginx, tmp_path, order):
    texts = [certificates.read(path) for path in client("rsa2048")]
    path = tmp_path / "both.pem"
    path.write_text("".join(texts if order == "key last" else reversed(texts)))
    assert shim("check", target_at(nginx.ports["good"], pki, path)).status == 0


@pytest.mark.parametrize("order", ["key last", "key first", "key amid"])
def test_intermediates_are_sent_too(shim, pki, maker, nginx, tmp_path, order):
    maker.issue(maker.path("client-deep.pem"), certificates.Server(issuer="second", key="p256"), "client")
    leaf, key = (certificates.read(path) for path in (maker.path("client-deep.pem"), maker.key("p256")))
    behind = certificates.read(maker.authority("second")) + certificates.read(maker.authority("intermediate"))
    path = tmp_path / "all.pem"
    path.write_text({"key last": leaf + behind + key, "key first": key + leaf + behind, "key amid": leaf + key + behind}[order])
    assert shim("check", target_at(nginx.ports["good"], pki, path)).status == 0


def test_command_is_started_behind_a_server_that_asks(shim, pki, client, nginx):
    cert, key = client("p384")
    assert shim("--wait-for", target_at(nginx.ports["good"], pki, cert, key), "true").status == 0


def test_each_target_has_its_own(shim, pki, client, nginx):
    targets = [target_at(nginx.ports["good"], pki, *client(kind)) for kind in ("rsa2048", "p256", "p521")]
    assert shim("wait", *targets).status == 0


def test_insecure_does_not_keep_the_certificate_back(shim, pki, client, nginx):
    cert, key = client("p256")
    target = f"https://localhost:{nginx.ports['good']}#insecure,cert={cert},key={key}"
    assert shim("check", target).status == 0


def test_nobody_is_shown_a_certificate_who_does_not_ask(shim, pki, client):
    with Server(over_tls(pki["good"], http())) as server:
        assert shim("check", target_at(server.port, pki, *client("p256"))).status == 0
        assert server.talks[0].tls._engine.getpeercert(True) is None


def test_certificate_is_never_shown_to_a_server_that_is_not_trusted(shim, pki, client):
    with verifying(pki) as server:
        target = f"https://localhost:{server.port}#ca={pki['p384'].ca},cert={{}},key={{}}".format(*client("p256"))
        result = shim("check", target)
    assert (result.status, "not signed by a CA in" in result.out) == (1, True)


# Who is not


def test_server_that_asks_in_vain_is_told_so(shim, pki):
    with verifying(pki) as server:
        result = shim("check", f"https://localhost:{server.port}#ca={pki['good'].ca}")
    assert (result.status, f"not ready: {WANTS} (" in result.out) == (1, True), result.out


@pytest.mark.parametrize("options", [{"issuer": "unknown"}, {"dates": certificates.PAST}], ids=["unknown", "expired"])
def test_server_that_refuses_the_certificate_is_told_so(shim, pki, maker, tmp_path, options):
    path = str(tmp_path / "refused.pem")
    maker.issue(path, certificates.Server(key="p256", **options), "client")
    with verifying(pki) as server:
        result = shim("check", target_at(server.port, pki, path, maker.key("p256")))
    assert (result.status, f"not ready: {REFUSED} (" in result.out) == (1, True), result.out


def test_server_that_takes_no_such_signature_is_shown_none(shim, pki, client):
    with verifying(pki, "-client_sigalgs", "RSA+SHA256") as server:
        result = shim("check", target_at(server.port, pki, *client("p256")))
    assert (result.status, f"not ready: {REFUSED} (" in result.out) == (1, True), result.out


# Mistakes, which are said before anything is dialled


def is_a_mistake(shim, server, target, words):
    result = shim("check", target)
    assert (result.status, server.talks) == (1, [])
    assert result.err == "" or words in result.err
    assert words in result.err + result.out, result
    result = shim("--wait-for", target, "true")
    assert (result.status, server.talks) == (125, [])
    assert words in result.err, result


@pytest.fixture
def server(pki):
    with Server(over_tls(pki["good"], http())) as it:
        yield it


def test_file_that_is_missing_is_named(shim, pki, client, server, tmp_path):
    cert, key = client("p256")
    is_a_mistake(shim, server, target_at(server.port, pki, tmp_path / "no.pem", key), f"{tmp_path}/no.pem: no such file")
    is_a_mistake(shim, server, target_at(server.port, pki, cert, tmp_path / "no.pem"), f"{tmp_path}/no.pem: no such file")


def test_key_of_another_certificate_is_refused(shim, pki, client, server):
    others = {"p256": "p384", "rsa2048": "rsa4096", "rsa1024": "p256"}
    for kind, other in list(others.items()) + [(b, a) for a, b in others.items()]:
        is_a_mistake(shim, server, target_at(server.port, pki, client(kind)[0], client(other)[1]),
                     f"{client(other)[1]}: the private key is not that of the certificate")


@pytest.mark.parametrize("command", [
    ["pkcs8", "-topk8", "-passout", "pass:secret"],
    ["rsa", "-traditional", "-aes128", "-passout", "pass:secret"],
])
def test_key_that_is_encrypted_is_told_as_such(shim, pki, client, server, tmp_path, command):
    cert, key = client("rsa2048")
    path = other_form(key, tmp_path / "locked.pem", *command)
    is_a_mistake(shim, server, target_at(server.port, pki, cert, path), f"{path}: the key is encrypted")


def test_key_is_missing(shim, pki, client, server):
    cert, _ = client("p256")
    is_a_mistake(shim, server, target_at(server.port, pki, cert), f"{cert}: holds no private key")


def test_certificate_is_missing(shim, pki, client, server):
    _, key = client("p256")
    is_a_mistake(shim, server, target_at(server.port, pki, key), f"{key}: holds no certificate (is it PEM?)")


def test_key_without_a_certificate_is_a_mistake(shim, pki, server):
    target = f"https://localhost:{server.port}#ca={pki['good'].ca},key=/key.pem"
    is_a_mistake(shim, server, target, "key is that of cert, which is missing")


def test_options_mean_nothing_without_tls(shim, server):
    for option in ("cert", "key"):
        is_a_mistake(shim, server, f"http://localhost:{server.port}#{option}=/x.pem",
                     "this option means nothing to this scheme")


@pytest.mark.parametrize("kind", ["rsa8192", "ed25519", "secp256k1"])
def test_kinds_of_keys_that_are_not_known_are_refused(shim, pki, client, server, kind):
    cert, key = client(kind)
    is_a_mistake(shim, server, target_at(server.port, pki, cert, key), f"{cert}: a key of this kind is not supported")


def test_key_that_is_too_large_is_not_read(shim, pki, client, server):
    is_a_mistake(shim, server, target_at(server.port, pki, client("rsa4096")[0], client("rsa8192")[1]),
                 f"{client('rsa8192')[1]}: the key has more than 4096 bits")


def test_too_many_certificates_are_refused(shim, pki, client, server, tmp_path):
    cert, key = client("rsa4096")
    path = tmp_path / "many.pem"
    path.write_text(certificates.read(cert) * 20)
    is_a_mistake(shim, server, target_at(server.port, pki, path, key), f"{path}: holds more than 12 KB of certificates")


@pytest.mark.parametrize("damage", [
    lambda text: text[:-40],
    lambda text: text.replace("A", "!", 1),
    lambda text: text.replace("END", "FIN"),
])
def test_damaged_key_is_refused(shim, pki, client, server, tmp_path, damage):
    cert, key = client("p256")
    path = tmp_path / "damaged.pem"
    path.write_text(damage(certificates.read(key)))
    is_a_mistake(shim, server, target_at(server.port, pki, cert, path), f"{path}: ")


def test_path_that_a_variable_put_in_is_not_shown(shim, pki, client, server):
    target = target_at(server.port, pki, "${SECRET}", client("p256")[1])
    result = shim("check", target, env={"SECRET": "/hidden/place.pem"})
    assert result.status == 1
    assert "hidden" not in result.out + result.err
    assert "${SECRET}: no such file" in result.out + result.err


def test_key_is_never_shown(shim, pki, client, server):
    _, key = client("p256")
    text = certificates.read(key).splitlines()[1]
    result = shim("check", target_at(server.port, pki, "${</dev/null}", "${K}"), env={"K": text})
    assert text not in result.out + result.err
