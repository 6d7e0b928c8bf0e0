# SPDX-License-Identifier: MIT
import contextlib
import os
import select

import experiment
from experiment import (
    begin, begin_sleep, cell, comes_true, count, end_all, option, option_with, section, status_of_end,
    temporary_folder, variables, witness)

row = section("Inheritance")
own = section("The command's place")


@contextlib.contextmanager
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)


@row("descriptors 3 and up reach the command")
def descriptors():
    with pipe() as (_, writer):
        _, _, command = begin_sleep(pass_fds=[writer])
        same = os.readlink(f"/proc/self/fd/{writer}")
        return cell(comes_true(lambda: os.readlink(f"/proc/{command}/fd/{writer}") == same))


@row("the init keeps none: the reader of a pipe sees its end while the init lives")
def end_of_pipe():
    with pipe() as (reader, writer):
        begin("bash", "-c", f"exec {writer}>&-; exec sleep 600", place=[], pass_fds=[writer])
        os.close(writer)
        return cell(select.select([reader], [], [], experiment.program.LIMIT)[0])


@row("a `LISTEN_PID` that named the init names the command")
def listen_pid():
    run = begin("sh", "-c", 'echo "$LISTEN_PID $$"', before=["sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"'])
    status_of_end(run)
    named, pid = run.out.split()
    return cell(named == pid)


@row("the command keeps the working directory")
def directory():
    run = begin("pwd", cwd="/usr/lib")
    return cell(status_of_end(run) == 0 and run.out == "/usr/lib\n")


@row("the init does not hold it")
def directory_of_init():
    _, init, _ = begin_sleep(cwd="/usr/lib")
    return cell(comes_true(lambda: os.readlink(f"/proc/{init}/cwd") == "/"))


@row("the environment is the same, in the same order")
def environment():
    entries = ["Z=1", "A=2", "Z=3", "no value", "=", "", "EMPTY=", "LINE=a\tb", "UTF=\u00e9\u20ac"]
    run = begin(witness(), "environment", before=[witness(), "with", *(f"entry={entry}" for entry in entries)])
    return cell(status_of_end(run) == 0 and run.out.split("\n")[:-1] == entries)


def words_are_kept(words, separator):
    run = begin(witness(), "words", *words, separator=separator)
    kept = status_of_end(run) == 0 and run.out == "".join(f"[{word}]\n" for word in words)
    end_all()
    return kept


@row("arguments are the same, with and without `--` in front of the command")
def arguments():
    kinds = (["-l"], ["-h", "-v"], ["--help"], ["--version"], ["--"], ["--", "--"], ["a", "--", "b"], [""],
             ["", "a", ""])
    return count(words_are_kept(words, separator) for words in kinds for separator in ([], ["--"]))


@row("not a byte of its own on stdout, verbose or not")
def stdout():
    loud = begin("true", options=option("verbose"), env=variables("verbose"))
    quiet = begin("true")
    return cell(status_of_end(loud) == 0 and status_of_end(quiet) == 0 and loud.out == quiet.out == "")


@own("it can run as another user and group, by number or by name")
def user():
    by_number = begin("sh", "-c", "echo $(id -u) $(id -g) $(id -G)", options=option("user by number"))
    by_name = begin("id", "-un", options=option("user by name"))
    status_of_end(by_number), status_of_end(by_name)
    return cell(by_number.out == "65532 65531 65531\n" and by_name.out == "nobody\n")


@own("it can run in another directory")
def other_directory():
    run = begin("pwd", options=option("directory"))
    return cell(status_of_end(run) == 0 and run.out == "/usr/bin\n")


@own("it can get variables from files: one a line, or the content of one (a secret)")
def variables_from_files():
    with temporary_folder() as folder:
        lines, secret = f"{folder}/lines", f"{folder}/secret"
        for path, text in ((lines, "# none\nA=1 2\nB=3\n"), (secret, "s3cret\n")):
            with open(path, "w") as file:
                file.write(text)
        options = option_with("--env-file", lines) + option_with("--env", f"C=${{<{secret}}}")
        run = begin("sh", "-c", 'echo "$A,$B,$C"', options=options)
        return cell(status_of_end(run) == 0 and run.out == "1 2,3,s3cret\n")
