"""Every command and every option is used with success by some test: told by what all the other tests of a run did, so that this
file runs last (see conftest.py) and only in a run of the whole suite."""

import pytest
import typer
from command_line import performed

from bolus.cli._shared import app


def commands(group, path=()):
    """Every command by its words."""
    if not hasattr(group, "commands"):
        yield path, group
        return
    for name, one in group.commands.items():
        yield from commands(one, (*path, name))


def options_of(command):
    """Each option as the names that it may be given by; a flag that can be refused counts twice."""
    for parameter in command.params:
        names = [name for name in parameter.opts if name.startswith("-")]
        if names:
            yield names
        if parameter.secondary_opts:
            yield parameter.secondary_opts


def command_of(words, known):
    """The command that the words call; `bolus segment STUDY` stands for `bolus segment study STUDY`."""
    words = [word for word in words if word != "--debug"]
    for length in (2, 1):
        if tuple(words[:length]) in known:
            return tuple(words[:length])
    return (words[0], "study")


def unused(calls):
    """What no call uses, as it would be typed."""
    known = dict(commands(typer.main.get_command(app)))
    used = {path: set() for path in known}
    for words in calls:
        given = {word.split("=")[0] for word in words if word.startswith("-")}
        if words and not given & {"--help", "-h"}:
            used[command_of(words, known)] |= given | {"called"}
    missing = [" ".join(path) for path in known if "called" not in used[path]]
    for path, command in known.items():
        missing += [f"{' '.join(path)} {names[-1]}" for names in options_of(command) if not used[path] & set(names)]
    return missing


def test_unused_commands_and_options_are_found():
    calls = [["info"], ["simulate", "-o", "x", "--patients", "3"], ["segment", "case", "--edit"], ["train", "--help"]]
    missing = unused(calls)
    assert "info" not in missing and "simulate --patients" not in missing and "segment study --edit" not in missing
    assert "simulate -o" not in missing and "train" in missing and "simulate --seed" in missing
    assert "segment study" not in missing and "segment study --mirror" in missing


def test_every_command_and_option_is_used(request):
    whole = {path.name for path in request.path.parent.glob("test_*.py")}
    run = {item.path.name for item in request.session.items}
    if run != whole or request.config.getoption("-k") or request.session.testsfailed:
        pytest.skip("told by a run of the whole suite, without failures")
    missing = unused(performed)
    assert not missing, "\n".join(["used by no test:", *missing])
