# SPDX-License-Identifier: MIT
"""Which way the arrows point, read from the object files: who defines a symbol, and who needs it.

A node is a folder of shim/, or a noun whose files stand beside the folders.
"""
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
OBJECTS = ROOT / "build" / "o" / "shim"

# The files beside the folders, other than those that are called after their noun.
NOUNS = {
    "install": "main", "ending": "main",
    "declarations": "options", "help": "options", "dropin": "options", "variables": "options",
    "report_check": "report", "report_mistakes": "report", "line": "report", "output": "report",
}

ALLOWED = {
    "main": {"options", "report", "init", "gate", "base"},
    "options": {"probe", "base"},
    "report": {"base"},
    "init": {"base"},
    "gate": {"net", "probe", "base"},
    "net": {"base"},
    "probe": {"base"},
    "base": set(),
}

# Where a whole folder is too much: of probe they see the table of schemes, not the probes.
ALLOWED_SYMBOLS = {("options", "probe"): {"schemes"}}

# Symbols of libc that have one home. None may be used where no home is named.
HOMES = [
    ("prints", r"p?writev?(64)?2?|pwritev2|puts|putchar|perror|fwrite|fput[cs]", {"output"}),
    ("exits", r"_?exit|_Exit|quick_exit|abort", {"main"}),
    ("asks for the time", r"clock_gettime|gettimeofday|time|timespec_get", {"base/clock"}),
    ("asks for chance", r"getrandom|getentropy|rand|random|[dlm]rand48|arc4random.*", {"base/random"}),
    ("speaks to the network", r"socket|connect|bind|send|sendto|sendmsg|recv|recvfrom|recvmsg", {"net"}),
    ("allocates", r"malloc|calloc|realloc|free|aligned_alloc|strn?dup|v?asprintf", set()),
    ("needs stdio", r"v?f?s?n?d?printf|fopen(64)?|f(read|gets|close|flush)|v?f?s?scanf", set()),
    ("needs libc's big tables", r"getaddrinfo|gethostby.*|strerror.*|strsignal|getpw.*|getgr.*", set()),
]
EXCEPTIONS = {
    ("init/child", "_exit"),  # the forked child whose exec failed: it must not run what its parent prepared for exit
    ("gate/program", "_exit"),  # the same of a target's program
}


def node_of(name):
    first = name.split("/")[0]
    return NOUNS.get(first, first)


def read_object(path):
    """The symbols that an object file defines for others, and those it needs.

    Not by nm: of objects made for LTO it reads the compiler's own list, which leaves out malloc, printf, _exit and
    whatever else the compiler knows itself.
    """
    listing = subprocess.run(["readelf", "--symbols", "--wide", path], capture_output=True, text=True, check=True).stdout
    defined, needed = set(), set()
    for binding, section, symbol in re.findall(r" (GLOBAL|WEAK) +\w+ +(\w+) (\S+)$", listing, re.MULTILINE):
        (needed if section == "UND" else defined).add(symbol)
    return defined, needed


def read_objects(folder):
    """{"gate/attempt": (defined, needed), ...}"""
    return {str(path.relative_to(folder).with_suffix("")): read_object(path) for path in sorted(folder.rglob("*.o"))}


def arrows(objects):
    """Yields (from, to, symbol) for every symbol that one file needs and another defines."""
    home = {symbol: name for name, (defined, _) in objects.items() for symbol in defined}
    for name, (_, needed) in objects.items():
        for symbol in sorted(needed & home.keys()):
            yield name, home[symbol], symbol


def wrong_arrows(objects):
    for start, end, symbol in arrows(objects):
        a, b = node_of(start), node_of(end)
        if a == b:
            continue
        if a not in ALLOWED:
            yield f"{start}: nothing says whom it may use; {symbol} is of {end}"
        elif b not in ALLOWED[a]:
            yield f"{start} uses {symbol} of {end}, but {a} may use only: {', '.join(sorted(ALLOWED[a])) or 'nobody'}"
        elif symbol not in ALLOWED_SYMBOLS.get((a, b), {symbol}):
            yield f"{start} uses {symbol} of {end}, but of {b} {a} may use only: {', '.join(ALLOWED_SYMBOLS[a, b])}"


def foreign_symbols(objects):
    for name, (_, needed) in objects.items():
        for deed, pattern, homes in HOMES:
            for symbol in sorted(needed):
                if re.fullmatch(pattern, symbol) and not {name, node_of(name)} & homes \
                        and (name, symbol) not in EXCEPTIONS:
                    yield f"{name} {deed} ({symbol}); only {', '.join(sorted(homes)) or 'nobody'} may"


def cycle_from(start, graph):
    """The shortest way from a file back to itself; None when there is none."""
    ways = [[start]]
    seen = set()
    while ways:
        way = ways.pop(0)
        for end in sorted(graph.get(way[-1], ())):
            if end == start:
                return way + [start]
            if end not in seen:
                seen.add(end)
                ways.append(way + [end])
    return None


def cycles(objects):
    graph = {}
    for start, end, _ in arrows(objects):
        graph.setdefault(start, set()).add(end)
    found = [cycle_from(start, graph) for start in sorted(graph)]
    return sorted({" -> ".join(c) for c in found if c and c[0] == min(c)})


@pytest.fixture(scope="module")
def objects():
    sources = {str(path.relative_to(ROOT / "shim").with_suffix("")) for path in (ROOT / "shim").rglob("*.c")}
    found = read_objects(OBJECTS)
    assert sources <= found.keys(), f"{OBJECTS} is not complete: run make unit"
    return {name: found[name] for name in sources}  # not those of files that are gone


@pytest.mark.parametrize("rule", [wrong_arrows, foreign_symbols, cycles])
def test_the_object_files_keep_the_rule(objects, rule):
    broken = list(rule(objects))
    assert not broken, "\n".join(broken)


# What follows tests the test: each rule must be able to fail.

BROKEN = [
    (wrong_arrows, {"init/child": (set(), {"attempt_step"}), "gate/attempt": ({"attempt_step"}, set())},
     "init/child uses attempt_step of gate/attempt, but init may use only: base"),
    (wrong_arrows, {"base/span": (set(), {"tcp_probe"}), "probe/tcp": ({"tcp_probe"}, set())},
     "base/span uses tcp_probe of probe/tcp, but base may use only: nobody"),
    (wrong_arrows, {"options": (set(), {"tcp_probe"}), "probe/tcp": ({"tcp_probe"}, set())},
     "options uses tcp_probe of probe/tcp, but of probe options may use only: schemes"),
    (wrong_arrows, {"extra": (set(), {"span_of"}), "base/span": ({"span_of"}, set())},
     "extra: nothing says whom it may use; span_of is of base/span"),
    (foreign_symbols, {"gate/gate": (set(), {"pwritev2"})}, "gate/gate prints (pwritev2); only output may"),
    (foreign_symbols, {"net/tls": (set(), {"_exit"})}, "net/tls exits (_exit); only main may"),
    (foreign_symbols, {"main": (set(), {"snprintf"})}, "main needs stdio (snprintf); only nobody may"),
    (cycles, {"gate/a": ({"a"}, {"b"}), "gate/b": ({"b"}, {"c"}), "gate/c": ({"c"}, {"a"})},
     "gate/a -> gate/b -> gate/c -> gate/a"),
]


@pytest.mark.parametrize("rule, made_up, message", BROKEN)
def test_a_broken_rule_is_seen(rule, made_up, message):
    assert list(rule(made_up)) == [message]


def test_symbols_are_read_from_an_object_file(tmp_path):
    source = tmp_path / "gate" / "a.c"
    source.parent.mkdir()
    source.write_text("extern int far; int near; void *malloc(unsigned long); void *taken;"
                      "static int own(void) { return far; } int f(void) { taken = malloc(9); return own(); }")
    command = ["gcc", "-c", "-O0", "-fno-pie", "-flto", "-ffat-lto-objects", "-o", source.with_suffix(".o"), source]
    subprocess.run(command, check=True)
    assert read_objects(tmp_path) == {"gate/a": ({"near", "taken", "f"}, {"far", "malloc"})}
