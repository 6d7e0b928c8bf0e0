# SPDX-License-Identifier: MIT
import os
import pathlib

from experiment import (
    begin, begin_sleep, cell, count, ends_with, names_error, option, section, status_of_end, temporary_folder, witness)
from test_init_exit import CANNOT_START, ENDING, ONLY_THE_KERNEL_KNOWS

row = section("Exit status")


@row("each status from 0 to 255 is the command's")
def statuses():
    return count(ends_with(status, "sh", "-c", f"exit {status}") for status in range(256))


@row("killed by signal n, realtime ones too: 128 + n")
def deaths():
    return count(ends_with(128 + number, witness(), "die", number) for number in ENDING)


def kinds_that_cannot_start():
    with temporary_folder() as folder:
        for i, (make, status, reason) in enumerate({**CANNOT_START, **ONLY_THE_KERNEL_KNOWS}.values()):
            place = pathlib.Path(folder, str(i))
            place.mkdir()
            yield make(place), status, reason.split("*")[-1]


@row("a command that is not found: 127, one that cannot be executed: 126; no shell is tried")
def unstartable():
    return count(ends_with(status, command) for command, status, _ in kinds_that_cannot_start())


def explains(command, reason):
    run = begin(command)
    status_of_end(run)
    return names_error(run.err, reason) and str(command)[:100] in run.err


@row("then the message names the file and the reason")
def unstartable_words():
    return count(explains(command, reason) for command, _, reason in kinds_that_cannot_start())


@row("a status can be made 0 (`143=0`)")
def status_to_zero():
    run, init, _ = begin_sleep(options=option("143 to 0"))
    os.kill(init, 15)
    return cell(status_of_end(run) == 0 and ends_with(144, "sh", "-c", "exit 144", options=option("143 to 0")))


@row("a status can be made any other (`143=9`)")
def status_to_another():
    return cell(ends_with(9, "sh", "-c", "exit 143", options=option("143 to 9")))
