# SPDX-License-Identifier: MIT
"""Rows as they are measured: a figure, shim's value, the others', and the bound."""


class Table:
    def __init__(self):
        self.over = []
        self.head("figure", "shim", "others", "bound")

    @staticmethod
    def head(*cells):
        print("{:<60} {:>12}  {:<44} {}".format(*cells), flush=True)

    @staticmethod
    def number(value):
        return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"

    def beside(self, figure, values, bound=None, unit=""):
        """`values`: {program: number}; the bound is shim's."""
        others = ", ".join(f"{name} {self.number(value)}" for name, value in values.items() if name != "shim")
        self.row(figure, values["shim"], others, bound, unit)

    def row(self, figure, value, others="", bound=None, unit=""):
        """`bound` is what the value may be at most, or None; `value` a number."""
        is_over = bound is not None and value > bound
        if is_over:
            self.over.append(figure)
        text = self.number(value)
        limit = "" if bound is None else f"<= {bound:,}{'  OVER' if is_over else ''}"
        self.head(figure, f"{text} {unit}".strip(), others, limit)

    def note(self, figure, why):
        self.head(figure, "-", why, "")

    def finish(self):
        if self.over:
            print(f"{len(self.over)} over the bound: " + "; ".join(self.over))
        return 1 if self.over else 0
