# SPDX-License-Identifier: MIT
"""The image of Dockerfile.example in a Docker engine."""
import pytest

from dockerengine import HERE, SHIM, compose_command, run, until

QUICK_HEALTH = ("--health-interval", "1s", "--health-retries", "60")


@pytest.fixture(scope="module")
def app(engine, network, example, certificates):
    """The example, waiting for two servers that do not exist yet."""
    targets = "http://web/#name=web https://shop:8443/#name=shop,ca=/ca.pem"
    container = engine.create("app", example, options=["--network", network, "--env", f"SHIM_WAIT_FOR={targets}",
                                                       *QUICK_HEALTH], files=[(certificates / "ca.pem", "/ca.pem")])
    engine("start", container)
    return container


@pytest.fixture(scope="module")
def web(engine, network, servers):
    container = engine.create("web", servers, options=["--network", network, "--network-alias", "web"])
    engine("start", container)
    return container


@pytest.fixture(scope="module")
def shop(engine, network, servers, certificates):
    files = [(certificates / name, f"/{name}") for name in ("shop.pem", "shop.key")]
    container = engine.create("shop", servers, "nginx", "-c", "/shop.conf", files=files,
                              options=["--network", network, "--network-alias", "shop"])
    engine("start", container)
    return container


@pytest.fixture(scope="module")
def serving_app(app, web, shop, engine):
    until(lambda: engine.get(app, ".State.Health.Status") == "healthy")
    return app


def log(engine, container):
    return engine("logs", container).stdout


def checks(engine, container):
    """What the last health checks of the image printed."""
    return engine.get(container, "json .State.Health.Log")


def is_serving(engine, container):
    return engine("exec", container, "/shim", "check", "http://localhost:8080/", check=False).returncode == 0


def test_it_starts_its_command_when_http_and_https_servers_answer_by_name(app, engine, request):
    until(lambda: "waiting" in log(engine, app))
    until(lambda: "refused" in checks(engine, app))
    assert engine.get(app, ".State.Health.Status") != "healthy"
    request.getfixturevalue("web")
    until(lambda: "web: ready" in log(engine, app))
    assert "shop: ready" not in log(engine, app)
    assert not is_serving(engine, app)
    request.getfixturevalue("shop")
    until(lambda: is_serving(engine, app))
    assert "shop: ready" in log(engine, app)


def test_it_becomes_healthy_through_its_own_check(serving_app, engine):
    assert "localhost:8080: ready" in checks(engine, serving_app)


def test_a_check_of_a_closed_port_exits_1(serving_app, engine):
    assert engine("exec", serving_app, "/shim", "check", "tcp://localhost:1", check=False).returncode == 1


def test_a_certificate_of_a_ca_that_is_not_in_the_bundle_of_the_image_is_refused(shop, network, example, engine):
    status, output = engine.run_guest("check", example, "check", "https://shop:8443/", options=["--network", network])
    assert status == 1
    assert "/etc/ssl/certs/ca-certificates.crt" in output


def test_docker_stop_ends_it_within_a_second(serving_app, engine):
    begin = engine("info", "--format", "{{.SystemTime}}").stdout.strip()
    engine("stop", "--time", "10", serving_app)
    assert engine.wait(serving_app) == 143
    assert milliseconds_to_die(engine, serving_app, begin) < 1000


def test_docker_stop_ends_the_wait_within_a_second_and_starts_nothing(example, engine):
    begin = engine("info", "--format", "{{.SystemTime}}").stdout.strip()
    container = engine.create("waiting", example, options=["--env", "SHIM_WAIT_FOR=nowhere.invalid:1"])
    engine("start", container)
    until(lambda: "waiting" in log(engine, container))
    engine("stop", "--time", "10", container)
    assert engine.wait(container) == 143
    assert milliseconds_to_die(engine, container, begin) < 1000
    assert "starting" not in log(engine, container)


def milliseconds_to_die(engine, container, begin):
    """From the first signal that the engine sent to the end of the container, as the engine's events say."""
    end = engine("info", "--format", "{{.SystemTime}}").stdout.strip()
    events = engine("events", "--since", begin, "--until", end, "--filter", f"container={container}",
                    "--format", "{{.Action}} {{.TimeNano}}").stdout
    moments = {}
    for line in events.splitlines():
        action, moment = line.rsplit(" ", 1)
        moments.setdefault(action, int(moment))
    return (moments["die"] - moments["kill"]) / 1e6


@pytest.mark.parametrize("status", [0, 1, 7, 255])
def test_the_exit_status_is_the_commands(status, example, guest, engine):
    assert engine.run_guest(f"exit-{status}", example, "/guest", "exit", str(status),
                            files=[(guest, "/guest")])[0] == status


def test_a_command_that_is_not_there_exits_127(example, engine):
    assert engine.run_guest("missing", example, "/missing")[0] == 127


def test_orphans_are_reaped(example, guest, engine):
    assert engine.run_guest("orphans", example, "/guest", "orphans", "200",
                            files=[(guest, "/guest")]) == (0, "200 orphans, 0 zombies\n")


def test_it_needs_no_capability_and_no_writable_file_system(example, engine, network, web):
    status, output = engine.run_guest("bare", example, "wait", "http://web/", options=[
        "--network", network, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"])
    assert (status, "ready" in output) == (0, True)


@pytest.fixture
def compose(engine, example, servers):
    command = [*compose_command(), "--project-name", f"{engine.prefix}-c", "--file", HERE / "compose.yaml"]
    yield lambda *words, **options: run(*command, *words, **options)
    run(*command, "down", "--volumes", "--timeout", "1")


def test_compose_starts_a_service_when_another_is_healthy(compose, engine):
    compose("up", "--detach", timeout=120)
    last = compose("ps", "--all", "--quiet", "last").stdout.split()[-1]
    assert engine.wait(last) == 0, log(engine, last)


def test_docker_run_init_works_with_shim_as_the_engines_init(init_engine, guest, tmp_path):
    archive = tmp_path / "guest.tar"
    run("tar", "--create", "--file", archive, "--directory", guest.parent, "guest")
    init_engine("import", archive, "guest")
    bare = ("run", "--rm", "--init", "--network", "none", "guest", "/guest")
    assert init_engine(*bare, "size", "/sbin/docker-init").stdout.split()[-1] == str(SHIM.stat().st_size)
    assert init_engine(*bare, "exit", "7", check=False).returncode == 7
    assert init_engine(*bare, "orphans", "50").stdout.endswith("50 orphans, 0 zombies\n")
