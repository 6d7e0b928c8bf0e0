# SPDX-License-Identifier: MIT
"""Compiles witness.c: small, and without a libc to load, so that it runs in an empty root and starts quickly."""
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).with_suffix(".c")


def compile_witness(folder):
    binary = pathlib.Path(folder) / "witness"
    compiler = ["musl-gcc", "-static"] if shutil.which("musl-gcc") else ["cc", "-static"]
    subprocess.run([*compiler, "-std=gnu11", "-D_GNU_SOURCE", "-Os", "-o", binary, SOURCE], check=True)
    return binary
