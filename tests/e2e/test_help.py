# SPDX-License-Identifier: MIT
"""README says what --help says: each scheme, each option of a target, each flag with its default, each verb."""
import re
import subprocess
import sys

import pytest

import helptext
from program import ROOT


def cells(line):
    """A "|" inside a cell is written "\\|"."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def readme():
    return (ROOT / "README.md").read_text()


def table_rows():
    """{first cell without its backquotes: the others}, of all tables; a first cell may name several things."""
    rows = {}
    for line in readme().splitlines():
        if line.startswith("|"):
            first, *rest = cells(line)
            for name in re.findall(r"`([^`]+)`", first):
                rows[name] = " ".join(rest)
    return rows


EVERY = [*helptext.schemes.values(), *helptext.target_options.values(), *helptext.flags.values()]


@pytest.mark.parametrize("form", [row.form for row in EVERY])
def test_each_row_of_help_stands_in_a_table(form):
    assert form in table_rows()


FLAGS = list(helptext.flags)


@pytest.mark.parametrize("flag", FLAGS[FLAGS.index("timeout"):])
def test_each_flag_from_timeout_on_stands_among_the_options_of_a_target(flag):
    assert f"{flag}={helptext.flags[flag].value}" in table_rows()


@pytest.mark.parametrize("flag", [name for name, row in helptext.flags.items() if re.search(r"\(.*\d", row.words)])
def test_each_default_is_that_of_help(flag):
    row = helptext.flags[flag]
    default = re.search(r"\((?:default )?([\d.]+[a-z]*)", row.words).group(1)
    assert re.search(rf"\bdefault `?{re.escape(default)}\b", table_rows()[row.form]), table_rows()[row.form]


def test_each_verb_stands_in_a_table():
    usage = re.findall(r"^  (shim .*?)(?:   |\n)", helptext.text, re.MULTILINE)
    assert len(usage) == 5
    assert [words for words in usage if re.sub(" +", " ", words) not in table_rows()] == []


def test_readme_promises_no_scheme_option_or_flag_that_help_does_not_know():
    known = {row.form for row in EVERY} | {f"{row.name}={row.value}" for row in helptext.flags.values()}
    found = {name for name in table_rows() if re.match(r"--|[a-z+]+://|[a-z-]+=[A-Z]", name)}
    assert found - known - {"--"} == set()


def test_each_variable_that_readme_names_is_one():
    known = {"SHIM_" + name.upper().replace("-", "_") for name in helptext.flags} | {"SHIM_DEGRADED"}
    named = set(re.findall(r"\bSHIM_[A-Z_]+\b", readme()))
    of_a_kubernetes_service = {name for name in named if re.search("_SERVICE_|_PORT", name)}
    assert named - of_a_kubernetes_service - known == set()


def test_table_of_inits_has_a_row_for_each_experiment_and_no_other():
    column = [sys.executable, ROOT / "tests/compare/column.py", "--titles"]
    titles = subprocess.run(column, capture_output=True, text=True, check=True).stdout.splitlines()
    table = re.search("<!-- what follows is made by .*?-->(.*?)<!--", readme(), re.DOTALL).group(1)
    rows = [line for line in table.splitlines() if line.startswith("| ") and "| shim | tini |" not in line]
    assert [cells(row)[0] for row in rows] == titles


@pytest.mark.parametrize("status", ["124", "125", "126", "127", "128"])
def test_exit_statuses_stand_in_both(status):
    assert re.search(rf"\b{status}\b", helptext.text)
    assert re.search(rf"^\|[^|]*\b{status}\b", readme(), re.MULTILINE)
