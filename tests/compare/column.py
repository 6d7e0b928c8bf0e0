#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One column of the table: all experiments with the init that SHIM names. Prints [[section, title, text, holds]].

usage: SHIM=PROGRAM WITNESS=PROGRAM tests/compare/column.py [WORDS]    only rows whose title holds the words
       tests/compare/column.py --titles
"""
import json
import sys

import experiment
# in the order of the table
import exits  # noqa: F401
import reaping  # noqa: F401
import signalling  # noqa: F401
import stopping  # noqa: F401
import terminal  # noqa: F401
import inheritance  # noqa: F401
import bare  # noqa: F401
import figures  # noqa: F401


def main():
    if sys.argv[1:] == ["--titles"]:
        print(*(row.title for row in experiment.rows), sep="\n")
        return
    words = sys.argv[1] if len(sys.argv) > 1 else ""
    cells = [[row.section, row.title, *experiment.try_row(row, lambda why: print(why, file=sys.stderr))]
             for row in experiment.rows if words in row.title]
    json.dump(cells, sys.stdout)


main()
