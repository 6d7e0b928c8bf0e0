# SPDX-License-Identifier: MIT
"""MariaDB 10.11: its states, and that it never takes a probe for an attack."""
import subprocess

import pytest

from databases import ADDRESS, Mariadb, mariadb_template  # noqa: F401 (fixture)
from program import PATH, SHIM, needs_namespaces, shim, start  # noqa: F401 (fixtures)
from servers import Server, greet

NAMESPACE = ["unshare", "-n", "-m", "sh", "-c", f'ip link set lo up && ip addr add {ADDRESS}/32 dev lo && '
             'mount --bind "$0" /etc/hosts && exec "$@"']


def target(at, user="app"):
    return f"mysql://{user}@{at}#name=db,interval=5ms,max-interval=5ms"


@pytest.fixture(scope="module")
def server(mariadb_template):
    with Mariadb(mariadb_template) as running:
        running.start().await_ready()
        running.sql("create user app")
        running.sql("create user secret identified by 'secret'")
        yield running


def test_account_without_a_password_leaves_no_trace(shim, server):
    log, aborted = server.log, server.status("Aborted_connects")
    for _ in range(20):
        assert shim("check", target(server.at)).status == 0
    assert server.status("Aborted_connects") == aborted
    assert server.log == log


@pytest.mark.parametrize("declaration", ["mysql://secret@{}", "mysql://stranger@{}", "mariadb://{}"])
def test_who_may_not_come_in_learns_that_it_is_up(shim, server, declaration):
    errors = server.status("Aborted_connects")
    assert shim("check", declaration.format(server.at)).status == 0
    assert server.status("Aborted_connects") == errors + 1
    assert server.status("Connection_errors_internal") == 0


def test_strict_wants_the_user_let_in(shim, server):
    assert shim("check", target(server.at) + ",strict").status == 0
    result = shim("wait", target(server.at, "secret") + ",strict,fail-fast=1")
    assert result.status == 124
    assert "Access denied for user 'secret'@'localhost' (using password: NO)" in result.err


def test_starting_is_waited_for(start, mariadb_template):
    with Mariadb(mariadb_template) as server:
        run = start("wait", target(server.at))
        run.await_line("db: connection refused")
        server.start()
        assert run.finish().status == 0


def test_full_is_waited_for(start, mariadb_template):
    with Mariadb(mariadb_template, "--max-connections=10") as server:
        server.start().await_ready()
        holders = []
        while len(holders) < 11:  # one more for an administrator
            holders.append(server.open())
            holders[-1].recv(5)
        run = start("wait", target(server.at))
        run.await_line("db: Too many connections")
        for holder in holders:
            holder.close()
        assert run.finish().status == 0


@pytest.fixture
def far_server(mariadb_template, tmp_path):
    """Whom we reach from an address that is not a loopback one: those are never blocked."""
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{ADDRESS} client.test\n")
    with Mariadb(mariadb_template, "--max-connect-errors=5") as server:
        server.start(before=[*NAMESPACE, hosts], address=ADDRESS).await_ready()
        server.sql("create user app@'client.test'")
        yield server


def there(server, *command):
    """Runs it where the server is."""
    words = ["nsenter", "-t", str(server.process.pid), "-n", *map(str, command)]
    return subprocess.run(words, capture_output=True, text=True, env=PATH)


def check_there(shim, server):
    return shim("check", target(f"{ADDRESS}:{server.port}"), before=["nsenter", "-t", str(server.process.pid), "-n"])


@needs_namespaces
@pytest.mark.parametrize("user", ["app", "stranger"])
def test_200_probes_do_not_get_the_host_blocked(shim, far_server, user):
    one = f"'{SHIM}' check '{target(f'{ADDRESS}:{far_server.port}', user)}'"
    done = there(far_server, "sh", "-c", f"for i in $(seq 200); do {one} || exit 1; done")
    assert done.returncode == 0, done.stdout[-300:]
    assert done.stdout.count("ready") == 200
    assert check_there(shim, far_server).status == 0


@needs_namespaces
def test_blocked_host_is_told_how_to_mend_it(shim, far_server):
    leave = (f"import socket\nfor _ in range(6):\n s = socket.create_connection(('{ADDRESS}', {far_server.port}))\n"
             " s.recv(99)\n s.close()")
    assert there(far_server, "/usr/bin/python3", "-c", leave).returncode == 0
    result = check_there(shim, far_server)
    assert result.status == 1
    assert "is blocked because of many connection errors" in result.out
    run = shim("wait", "--fail-fast=1", target(f"{ADDRESS}:{far_server.port}"),
               before=["nsenter", "-t", str(far_server.process.pid), "-n"])
    assert run.status == 124, "waiting rarely mends this"
    far_server.sql("flush hosts")
    assert check_there(shim, far_server).status == 0


@needs_namespaces
def test_host_that_no_account_allows_is_told_so(shim, far_server):
    far_server.sql("delete from mysql.global_priv where host not in ('localhost'); flush privileges")
    result = check_there(shim, far_server)
    assert result.status == 1
    assert "is not allowed to connect to this MariaDB server" in result.out


def test_other_servers_are_none(shim):
    with Server(greet(b"220 mail.test ESMTP\r\n")) as other:
        result = shim("check", f"mysql://{other.at}")
        assert result.status == 1
        assert 'the peer does not speak MySQL (it says "220 mail.test ESMTP")' in result.out
