# SPDX-License-Identifier: MIT
"""Probes and parsers against libFuzzer: FUZZ_SECONDS each, as many at once as there are processors.

The drivers begin with the rows of the unit tests, which those programs put into build/fuzz/rows, and with what they
found last time, in build/fuzz/found. FUZZ_SEED=0 takes other ways each time.
"""
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "fuzz"
ROWS = BUILD / "rows"
SECONDS = os.environ.get("FUZZ_SECONDS", "60")
SEED = os.environ.get("FUZZ_SEED", "1")

PROBES = re.findall(r"\w+(?=_probe\b)", (ROOT / "shim" / "probe" / "probe.h").read_text())
PARSERS = sorted(source.stem for source in (ROOT / "tests" / "fuzz").glob("*.c") if source.stem != "probe")


def programs_with_rows():
    return [ROOT / "build" / "unit" / source.stem for source in sorted((ROOT / "tests" / "unit").glob("test_*.c"))
            if re.search(r"corpus_keep|conversation_check", source.read_text())]


def keep_rows(program):
    subprocess.run([program], cwd=ROOT, env=dict(os.environ, FUZZ_CORPUS=ROWS), check=True, capture_output=True)


def longest(name):
    """Bytes of an input: twice as many take four times as long, since a probe is tried with each piece of it."""
    return max(512, *(row.stat().st_size for row in (ROWS / name).iterdir()))


def fuzz(name):
    """Status and log of one driver, which goes on for SECONDS or to the first input that does harm."""
    found = BUILD / "found" / name
    found.mkdir(parents=True, exist_ok=True)
    program = BUILD / (name if name in PARSERS else "probe")
    log = BUILD / f"{name}.log"  # a file: a pipe could be opened again by a declaration that names it
    with log.open("w") as output:
        done = subprocess.run([program, f"-max_total_time={SECONDS}", f"-seed={SEED}", "-print_final_stats=1",
                               f"-max_len={longest(name)}", "-timeout=60", f"-artifact_prefix={found}-", found, ROWS / name],
                              cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                              env=dict(os.environ, CMOCKA_TEST_ABORT="1"))
    return done.returncode, log.read_text(errors="replace")


@pytest.fixture(scope="module")
def runs(request):
    names = [item.callspec.params["name"] for item in request.session.items]
    shutil.rmtree(ROWS, ignore_errors=True)
    ROWS.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(keep_rows, programs_with_rows()))
        yield {name: pool.submit(fuzz, name) for name in names}


def harmful_input(log):
    """The input in hexadecimal, from the file that the driver left."""
    path = re.search(r"Test unit written to (.*)", log)
    return pathlib.Path(path.group(1)).read_bytes().hex() if path else "none was written"


@pytest.mark.parametrize("name", PROBES + PARSERS)
def test_nothing_that_is_read_does_harm(name, runs):
    status, log = runs[name].result()
    if status != 0:
        pytest.fail(f"{name} ended with {status}; the input is {harmful_input(log)}\n{log[-6000:]}", pytrace=False)
    executed = int(re.search(r"stat::number_of_executed_units: (\d+)", log).group(1))
    assert executed > len(list((ROWS / name).iterdir())) > 1
