"""The command ``bolus``: the library's steps by the same names, for the shell.

Exit codes: 0 when all went well, 1 for data that cannot be used, 2 for a command that cannot be understood.
"""

from bolus.cli import start, imaging, segmentation, labels, modelling, prediction, cohort  # noqa: F401, I001 - in the order of the help
from bolus.cli._shared import app, main

__all__ = ["app", "main"]
