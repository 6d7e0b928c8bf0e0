# SPDX-License-Identifier: MIT
"""Runs tini's run_inner_tests.py, one function that stops at the first assertion that fails, so that it goes on instead.

usage: tini_tests.py run_inner_tests.py    prints {"what it says that it runs": [assertions that failed]} as JSON
"""
import ast
import json
import pathlib
import sys

results = {}
PATIENCE = 6  # times as long as theirs


def begin(title):
    results.setdefault(title, [])


def check(holds, text):
    if not holds:
        list(results.values())[-1].append(text)


class GoOn(ast.NodeTransformer):
    """Assertions become calls of check(); begin() follows where it is printed which test comes."""

    def visit_Assert(self, node):
        words = [node.test, ast.Constant(ast.unparse(node.test))]
        return ast.Expr(ast.Call(ast.Name("check", ast.Load()), words, []))

    def visit_Expr(self, node):
        title = next((n.value for n in ast.walk(node) if isinstance(n, ast.Constant)), None)
        if not ast.unparse(node).startswith("print(") or not str(title)[1:].startswith("unning "):
            return node
        return [node, ast.Expr(ast.Call(ast.Name("begin", ast.Load()), [ast.Constant(title)], []))]


tree = GoOn().visit(ast.parse(pathlib.Path(sys.argv[1]).read_text()))
names = {"__name__": "tini_tests", "begin": begin, "check": check}
exec(compile(ast.fix_missing_locations(tree), sys.argv[1], "exec"), names)
wait = names["busy_wait"]
names["busy_wait"] = lambda condition, limit: wait(condition, limit * PATIENCE)
sys.stdout, out = sys.stderr, sys.stdout
names["main"]()
json.dump(results, out)
