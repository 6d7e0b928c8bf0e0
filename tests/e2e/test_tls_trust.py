# SPDX-License-Identifier: MIT
"""Whom a user trusts: the file of `ca`, the system's bundle, and what is said at start when there is nobody."""
import os
import pathlib
import re
import shutil

import pytest

import certificates
from program import SHIM, needs_namespaces, private_files, shim, start  # noqa: F401 (fixtures)
from servers import Server, http
from tlsservers import pki  # noqa: F401 (fixture)
from tlsservers import over_tls

BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
           "/etc/ssl/cert.pem"]


@pytest.fixture
def server(pki):
    """With a certificate of the throw-away CA for localhost."""
    with Server(over_tls(pki["good"], http())) as running:
        yield running


@pytest.fixture
def root(pki):
    """The CA's certificate as PEM."""
    return pathlib.Path(pki["good"].ca).read_text(encoding="ascii")


@pytest.fixture
def other(pki):
    return pathlib.Path(pki["p384"].ca).read_text(encoding="ascii")


def https(server, option=""):
    return f"https://localhost:{server.port}/{option}"


def body_of(pem):
    return "".join(line for line in pem.splitlines() if not line.startswith("-----"))


def with_label(pem, label):
    return pem.replace("CERTIFICATE", label)


def der_of(pem):
    return certificates.openssl("x509", "-outform", "DER", input=pem.encode())


def with_text(pem):
    return certificates.openssl("x509", "-text", input=pem.encode()).decode()


def trusted(pem, *options):
    return certificates.openssl("x509", "-trustout", *options, input=pem.encode()).decode()


# What a file of anchors may look like


FORMS = {
    "as openssl writes it": lambda root, other: root,
    "with CR and LF": lambda root, other: root.replace("\n", "\r\n"),
    "without a last line end": lambda root, other: root.rstrip("\n"),
    "with CR and LF, without a last line end": lambda root, other: root.replace("\n", "\r\n").rstrip("\r\n"),
    "with a byte order mark": lambda root, other: "\ufeff" + root,
    "with a byte order mark, CR and LF": lambda root, other: "\ufeff" + root.replace("\n", "\r\n"),
    "with all base64 in one line": lambda root, other:
        f"-----BEGIN CERTIFICATE-----\n{body_of(root)}\n-----END CERTIFICATE-----\n",
    "in one line altogether": lambda root, other:
        f"-----BEGIN CERTIFICATE-----{body_of(root)}-----END CERTIFICATE-----",
    "with blanks": lambda root, other: "\n\n" + root.replace("\n", " \t\n  "),
    "with empty lines": lambda root, other: root.replace("\n", "\n\n"),
    "behind another": lambda root, other: other + root,
    "before another": lambda root, other: root + other,
    "twice": lambda root, other: root + root,
    "after text": lambda root, other: with_text(root),
    "after a comment with dashes": lambda root, other: "# --- the CA -----\n" + root,
    "behind a hundred others": lambda root, other: other * 100 + root,
    "as TRUSTED CERTIFICATE": lambda root, other: trusted(root, "-addtrust", "serverAuth"),
    "as TRUSTED CERTIFICATE without more": lambda root, other: trusted(root),
    "as X509 CERTIFICATE": lambda root, other: with_label(root, "X509 CERTIFICATE"),
    "beside a key": lambda root, other: with_label(other, "PRIVATE KEY") + root,
}


@pytest.mark.parametrize("form", FORMS)
def test_anchor_is_found_whatever_its_file_looks_like(shim, server, root, other, tmp_path, form):
    (tmp_path / "ca.pem").write_text(FORMS[form](root, other), encoding="utf-8", newline="")
    result = shim("check", https(server, f"#ca={tmp_path}/ca.pem"))
    assert (result.status, result.err) == (0, "")


def test_path_of_the_file_may_have_any_character(shim, server, root, tmp_path):
    (tmp_path / "my, own #1 {ä}.pem").write_text(root)
    path = f"{tmp_path}/my%2C%20own%20%231%20%7B%C3%A4%7D.pem"
    assert shim("check", https(server, f"#ca={path}")).status == 0
    assert shim("check", https(server, f"#ca=${{DIR}}/my%2C%20own%20%231%20{{ä}}.pem"),
                env={"DIR": str(tmp_path)}).status == 0


def test_relative_path_is_that_of_the_working_directory(shim, server, root, tmp_path):
    (tmp_path / "ca.pem").write_text(root)
    assert shim("--wait-for", https(server, "#ca=ca.pem"), "true", cwd=tmp_path).status == 0


def test_each_target_trusts_its_own_file_and_no_other(shim, pki, server, tmp_path):
    other = pki["p384"]
    with Server(over_tls(other, http())) as second:
        of_first, of_second = https(server, "#ca="), https(second, "#ca=")
        result = shim("check", f"{of_first}{pki['good'].ca},name=a", f"{of_second}{other.ca},name=b",
                      f"{of_first}{other.ca},name=c", f"{of_second}{pki['good'].ca},name=d")
    untrusted = "not ready: certificate is not signed by a CA in"
    said = dict(re.findall(f"^(.): (ready|{untrusted})", result.out, re.MULTILINE))
    assert said == {"a": "ready", "b": "ready", "c": untrusted, "d": untrusted}


# What is a mistake, before anything is dialled


NONE = "holds no certificate that is trusted for servers (is it PEM?)"


def cut_in_the_middle(pem):
    lines = pem.splitlines(keepends=True)
    return "".join(lines[:5] + lines[-1:])


MISTAKES = {
    "empty": ("", NONE),
    "garbage": ("\0\xff garbage -----" * 100, NONE),
    "only text": ("hello\n", NONE),
    "only a key": (lambda root, other: with_label(root, "PRIVATE KEY"), NONE),
    "begun and not ended": (lambda root, other: root[:400], "PEM object 1 is damaged"),
    "only begun": ("-----BEGIN CERTIFICATE-----", "PEM object 1 is damaged"),
    "cut in the middle": (lambda root, other: cut_in_the_middle(root), "PEM object 1 is damaged"),
    "no base64": (lambda root, other: root.replace("MII", "M*I"), "PEM object 1 is damaged"),
    "two labels": (lambda root, other: root.replace("END CERT", "END X509 CERT"), "PEM object 1 is damaged"),
    "an empty certificate": ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "PEM object 1 is damaged"),
    "the second is damaged": (lambda root, other: other + cut_in_the_middle(root), "PEM object 2 is damaged"),
    "the first is damaged": (lambda root, other: cut_in_the_middle(other) + root, "PEM object 1 is damaged"),
    "more behind the certificate": (lambda root, other: with_label(trusted(root, "-addtrust", "serverAuth").replace(
        "TRUSTED ", ""), "CERTIFICATE"), "PEM object 1 is damaged"),
    "rejected for servers": (lambda root, other: trusted(root, "-addreject", "serverAuth"), NONE),
    "trusted for mail": (lambda root, other: trusted(root, "-addtrust", "emailProtection"), NONE),
}


def is_a_mistake(shim, server, declaration, words, **options):
    """For each verb: said at start, with no connection, no attempt and no command."""
    for verb, status in (("wait", 125), ("check", 1), ("run", 125)):
        arguments = [f"--wait-for={declaration}", "echo", "started"] if verb == "run" else [declaration]
        result = shim(verb, *arguments, **options)
        assert (result.status, result.out) == (status, ""), result
        assert words in result.err, result.err
        assert "waiting for" not in result.err
    assert server.talks == []


@pytest.mark.parametrize("case", MISTAKES)
def test_file_without_anchors_or_with_damage_is_a_mistake(shim, server, root, other, tmp_path, case):
    content, words = MISTAKES[case]
    path = tmp_path / "ca.pem"
    path.write_bytes((content if isinstance(content, str) else content(root, other)).encode("latin-1"))
    is_a_mistake(shim, server, https(server, f"#ca={path}"), f"{path}: {words}")


def test_der_is_a_mistake_that_asks_for_pem(shim, server, root, tmp_path):
    path = tmp_path / "ca.der"
    path.write_bytes(der_of(root))
    is_a_mistake(shim, server, https(server, f"#ca={path}"), f"{path}: {NONE}")


@pytest.mark.parametrize("path, words", [
    ("{}/missing", "no such file or directory (ENOENT)"),
    ("{}", "is a directory (EISDIR)"),  # what Docker makes where the file to mount is missing
    ("{}/file/ca.pem", "a part of the path is not a directory (ENOTDIR)"),
    ("/dev/zero", ""),
    ("/dev/null", NONE),
])
def test_path_that_is_no_file_is_a_mistake(shim, server, tmp_path, path, words):
    (tmp_path / "file").touch()
    path = path.format(tmp_path)
    is_a_mistake(shim, server, https(server, f"#ca={path}"), f"{path}: {words}")


def test_pipe_that_nobody_writes_to_is_a_mistake_and_no_wait_without_end(shim, server, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    is_a_mistake(shim, server, https(server, f"#ca={tmp_path}/pipe"), f"{tmp_path}/pipe: ")


def test_all_mistakes_are_said_at_once(shim, server, tmp_path):
    (tmp_path / "empty").touch()
    targets = [https(server, f"#ca={tmp_path}/{name}") for name in ("missing", "empty")]
    result = shim("wait", *targets)
    assert result.status == 125
    assert f"{tmp_path}/missing: no such file" in result.err
    assert f"{tmp_path}/empty: {NONE}" in result.err


def test_ca_and_insecure_contradict_each_other(shim, server, pki):
    is_a_mistake(shim, server, https(server, f"#ca={pki['good'].ca},insecure"),
                 "ca and insecure contradict each other")


def test_ca_without_a_file_is_a_mistake(shim, server):
    is_a_mistake(shim, server, https(server, "#ca="), "the name of the file is missing")


# The system's bundle


@pytest.mark.parametrize("scheme", ["tls", "https"])
def test_variable_names_the_bundle(shim, server, pki, scheme):
    variables = {"SSL_CERT_FILE": pki["good"].ca}
    assert shim("check", f"{scheme}://localhost:{server.port}", env=variables).status == 0


def test_variable_does_not_count_beside_ca(shim, server, pki):
    result = shim("check", https(server, f"#ca={pki['p384'].ca}"), env={"SSL_CERT_FILE": pki["good"].ca})
    assert (result.status, f"not signed by a CA in {pki['p384'].ca[:50]}" in result.out) == (1, True)


def test_ca_out_of_a_variable_is_called_as_it_was_written(shim, server, pki):
    result = shim("check", https(server, "#ca=${CA}"), env={"CA": pki["p384"].ca})
    assert (result.status, "not signed by a CA in ${CA} (issuer" in result.out) == (1, True)


def test_variable_reaches_the_command(shim, server, pki):
    variables = {"SSL_CERT_FILE": pki["good"].ca}
    result = shim("--wait-for", https(server), "printenv", "SSL_CERT_FILE", env=variables)
    assert (result.status, result.out) == (0, pki["good"].ca + "\n")


@pytest.mark.parametrize("content, words", [(None, "no such file or directory (ENOENT)"), ("", NONE), ("hello", NONE)])
def test_variable_that_names_no_bundle_is_a_mistake(shim, server, tmp_path, content, words):
    """And never a reason to look elsewhere."""
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    is_a_mistake(shim, server, https(server), f"SSL_CERT_FILE: {path}: {words}", env={"SSL_CERT_FILE": str(path)})


def test_what_is_damaged_in_a_bundle_does_not_hide_the_rest(shim, server, root, other, tmp_path):
    (tmp_path / "bundle.pem").write_text(cut_in_the_middle(other) + root + other[:200])
    variables = {"SSL_CERT_FILE": f"{tmp_path}/bundle.pem"}
    assert shim("check", https(server), env=variables).status == 0


def bare_etc(bundles):
    """Words to put before a command that sees an /etc with these files in it and nothing else: {path there: here}."""
    copies = "".join(f'mkdir -p "{os.path.dirname(there)}" && cat "{here}" >"{there}" && '
                     for there, here in bundles.items())
    return ["unshare", "-m", "sh", "-c", f'mount -t tmpfs none /etc && {copies} exec "$0" "$@"']


@needs_namespaces
@pytest.mark.parametrize("path", BUNDLES)
@pytest.mark.parametrize("variables", [{}, {"SSL_CERT_FILE": ""}])
def test_bundle_is_found_where_distributions_have_it(shim, server, pki, path, variables):
    before = bare_etc({path: pki["good"].ca})
    assert shim("check", f"https://127.0.0.1:{server.port}/", before=before, env=variables).status == 0


@needs_namespaces
def test_bundle_that_is_empty_gives_way_to_the_next(shim, server, pki):
    before = bare_etc({BUNDLES[0]: "/dev/null", BUNDLES[2]: pki["good"].ca, BUNDLES[3]: pki["p384"].ca})
    assert shim("check", f"https://127.0.0.1:{server.port}/", before=before).status == 0


@needs_namespaces
def test_bundles_are_not_added_up(shim, server, pki):
    before = bare_etc({BUNDLES[0]: pki["p384"].ca, BUNDLES[1]: pki["good"].ca})
    result = shim("check", f"https://127.0.0.1:{server.port}/", before=before)
    assert result.status == 1
    assert f"not signed by a CA in {BUNDLES[0]} (issuer: O=shim tests, CN=root)" in result.out


@needs_namespaces
def test_no_bundle_at_all_is_a_mistake_that_names_the_files(shim, server):
    is_a_mistake(shim, server, f"https://127.0.0.1:{server.port}/",
                 "no trusted certificates: SSL_CERT_FILE is not set, and there are none in " + ", ".join(BUNDLES),
                 before=bare_etc({}))


@needs_namespaces
def test_bundle_is_not_missed_where_nothing_needs_it(shim, server, pki):
    with Server(http()) as clear:
        targets = [f"https://127.0.0.1:{server.port}/#insecure,name=a", f"http://{clear.at}/",
                   f"https://127.0.0.1:{server.port}/#ca={pki['good'].ca},name=b"]
        assert shim("check", *targets, before=bare_etc({})).status == 0


def test_bundle_of_this_machine_is_read_and_does_not_know_a_throw_away_ca(shim, server):
    if not os.path.exists(BUNDLES[0]):
        pytest.skip(f"{BUNDLES[0]} is not there")
    result = shim("check", https(server))
    assert result.status == 1
    assert f"certificate is not signed by a CA in {BUNDLES[0]} (issuer: O=shim tests, CN=root)" in result.out


# An image with nothing else in it


@pytest.fixture
def bare(tmp_path, pki):
    """A root with shim and a CA, and nothing else: no /dev, no /proc, no /etc."""
    folder = tmp_path / "root"
    folder.mkdir()
    shutil.copy(SHIM, folder / "shim")
    shutil.copy(pki["good"].ca, folder / "ca.pem")
    return folder


@needs_namespaces
@pytest.mark.parametrize("user", ["0:0", "65532:65532"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_tls_works_in_a_bare_root(shim, server, bare, user, host):
    """Its randomness is the kernel's, without a /dev/urandom."""
    result = shim("check", f"https://{host}:{server.port}/#ca=/ca.pem", program="/shim",
                  before=["/usr/sbin/chroot", f"--userspec={user}", bare])
    assert (result.status, result.err) == (0, "")


@needs_namespaces
def test_init_waits_for_tls_in_a_bare_root_and_starts_its_command(shim, server, bare):
    result = shim(f"--wait-for=https://127.0.0.1:{server.port}/#ca=/ca.pem", "/shim", "--version", program="/shim",
                  before=["unshare", "--pid", "--fork", "/usr/sbin/chroot", bare])
    assert (result.status, result.out.startswith("shim ")) == (0, True), result


@needs_namespaces
def test_bare_root_without_anchors_trusts_nobody(shim, server, bare):
    for option, words in (("", "no trusted certificates"), ("#ca=/etc/ca.pem", "/etc/ca.pem: no such file")):
        is_a_mistake(shim, server, https(server, option), words, program="/shim", before=["/usr/sbin/chroot", bare])
