# SPDX-License-Identifier: MIT
"""layers.yaml: each service waits for the one below."""
import pytest

from conftest import moment

# From the bottom up: the service, and what it says when it can be used.
LAYERS = [("db", "database system is ready to accept connections"), ("cache", "Ready to accept connections"),
          ("vectors", "serving at port 6333"), ("backend", "serving at port 8000"), ("frontend", "serving at port 8080")]


@pytest.fixture(scope="module")
def layers(stack):
    layers = stack("layers")
    layers("up", "--detach")
    layers.await_line("frontend", "serving at port 8080")
    return layers


def when(layers, service, text):
    return next(moment for moment, line in layers.moments(service) if text in line)


def test_each_starts_when_the_one_below_can_be_used(layers):
    for (below, usable), (above, _) in zip(LAYERS, LAYERS[1:]):
        assert when(layers, below, usable) <= when(layers, above, ", starting "), above


def test_every_health_check_is_shims_and_says_healthy(layers):
    for service, _ in LAYERS:
        layers.await_health(service, "healthy")
        assert layers.get(service, "index .Config.Healthcheck.Test 1") == "/shim"
        assert ": ready" in layers.get(service, "json .State.Health.Log")


def test_the_vector_store_answers_as_qdrant_does(layers):
    assert layers.check("backend", "http://vectors:6333/readyz")[0] == 0
    assert "connected to vectors:6333" in layers.log("backend")


def test_the_whole_is_up_a_few_seconds_after_the_slowest(layers):
    """Five containers begin on two processors, and then the layers wait for each other: that is what may be added."""
    began = {service: moment(layers.get(service, ".State.StartedAt")) for service, _ in LAYERS}
    begins = dict({service: when(layers, service, ", starting ") for service, _ in LAYERS[1:]}, db=began["db"])
    own = {service: when(layers, service, usable) - begins[service] for service, usable in LAYERS}
    whole = when(layers, *LAYERS[-1]) - min(began.values())
    print(f"slowest {max(own.values()):.1f} s, the whole {whole:.1f} s")
    assert whole <= max(own.values()) + max(began.values()) - min(began.values()) + 10, (own, began)
