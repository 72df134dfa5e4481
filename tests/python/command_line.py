"""The command `bolus`, in this process or in one of its own, and what it left in a folder. What succeeded is noted, so that
test_command_line.py can tell which command or option no test uses."""

import contextlib
import io
import os
import subprocess
import sys

from bolus import cli

#: The arguments of each call that succeeded.
performed: list[list[str]] = []


def command(*arguments, code=0, lines=False):
    """`bolus ...` in this process: its output, standard error included, on one line unless `lines`."""
    words = [str(argument) for argument in arguments]
    buffer = io.StringIO()
    found = 0
    with contextlib.redirect_stdout(buffer), contextlib.redirect_stderr(buffer):
        try:
            cli.main(words)
        except SystemExit as end:
            found = end.code or 0
    assert found == code, buffer.getvalue()
    if code == 0:
        performed.append(words)
    return buffer.getvalue() if lines else buffer.getvalue().replace("\n", " ")


def command_process(*arguments, code=0, **environment):
    """`bolus ...` as a person uses it, in a process of its own: its output, standard error included."""
    words = [str(argument) for argument in arguments]
    result = subprocess.run(
        [sys.executable, "-c", "from bolus.cli import main; main()", *words],
        capture_output=True,
        text=True,
        env=os.environ | {"COLUMNS": "200", "TERM": "dumb"} | environment,
    )
    assert result.returncode == code, result.stdout + result.stderr
    assert "--debug" in words or "Traceback" not in result.stderr, result.stderr
    if code == 0:
        performed.append(words)
    return result.stdout + result.stderr


def content(folder):
    """Every file of the results by name, as bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".bolus" not in str(path.relative_to(folder))
    }
