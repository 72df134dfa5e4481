"""The command `bolus` in this process, and what it left in a folder."""

import contextlib
import io

from bolus import cli


def command(*arguments, code=0):
    """`bolus ...` in this process: its output, standard error included."""
    buffer = io.StringIO()
    found = 0
    with contextlib.redirect_stdout(buffer), contextlib.redirect_stderr(buffer):
        try:
            cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            found = end.code or 0
    assert found == code, buffer.getvalue()
    return buffer.getvalue().replace("\n", " ")


def content(folder):
    """Every file of the results by name, as bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".bolus" not in str(path.relative_to(folder))
    }
