"""What the commands share: the application, options that mean the same everywhere, and what is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

app = typer.Typer(
    name="bolus",
    help="From a glioma patient's MRI to the probability of an IDH mutation. Research software, not a medical device.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console()
error_console = Console(stderr=True)

_debug = False

Output = Annotated[Path, typer.Option("--output", "-o", help="Where to write.", show_default=False)]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace what is there already.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of everything random; the same seed gives the same numbers.")]
Threads = Annotated[int, typer.Option(min=0, help="Threads; 0 means all cores. Results do not depend on it.")]
Weights = Annotated[
    Path, typer.Option("--weights", "-w", help="Trained weights (.safetensors) from 'bolus train'.", show_default=False)
]
EchoTime = Annotated[
    float | None, typer.Option(help="Echo time in seconds, where the files do not tell.", show_default=False)
]
TimeStep = Annotated[
    float | None, typer.Option(help="Seconds between volumes, where the files do not tell.", show_default=False)
]
Cascade = Annotated[
    Path | None,
    typer.Option(help="Find the tumour with these weights, from 'bolus weights convert'.", show_default=False),
]
Segmenter = Annotated[
    Path | None,
    typer.Option(
        help="Find the tumour with another network: its description (.json), the TorchScript file beside it (.pt).",
        show_default=False,
    ),
]
SubstituteMissing = Annotated[
    bool, typer.Option("--substitute-missing", help="Cascade: a similar image takes the place of a missing one.")
]
Device = Annotated[str, typer.Option(help="Where networks find the tumour: cpu or cuda.")]
Spacing = Annotated[float, typer.Option(min=0.2, help="Millimetres of the grid that images are brought to.")]
Regions = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        help="What a segment of a .seg.nrrd file is, by its name or ID: 'Segment_1=ET', or 'Segment_2=' to leave it out. "
        "Give it again for more.",
        show_default=False,
    ),
]
ResolveOverlap = Annotated[
    bool,
    typer.Option(
        "--resolve-overlap", help="Give voxels in more than one segment to the innermost: ET, then NET, then ED."
    ),
]
Folds = Annotated[int, typer.Option(min=2, help="Folds of the cross-validation.")]
Replicates = Annotated[int, typer.Option(min=1, help="Bootstrap replicates of the confidence intervals.")]
Epochs = Annotated[int, typer.Option(min=1, help="Passes over the training samples at most.")]
Windows = Annotated[int, typer.Option(min=1, help="Sliding windows per patient.")]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the full traceback of an error.")] = False,
) -> None:
    global _debug
    _debug = debug


def progress_bar():
    """A rich progress bar as a context manager, and the callback that feeds it."""
    from bolus.progress import RichProgress

    return RichProgress(error_console)


def segment_regions(regions: list[str] | None) -> dict[str, str | None]:
    from bolus import OptionError

    chosen: dict[str, str | None] = {}
    for text in regions or []:
        name, separator, value = text.rpartition("=")
        if not separator or value not in ("", "ET", "NET", "ED", "WT", "TC"):
            raise OptionError(
                f"--region is '{text}'; expected a segment's name or ID, '=', and ET, NET, ED, WT, TC or nothing"
            )
        chosen[name] = value or None
    return chosen


def show(text: object) -> None:
    """Plain text, paths above all: on one line and as it is, so that it can be copied."""
    console.print(str(text), highlight=False, markup=False, soft_wrap=True)


def warn(text: str, code: str = "") -> None:
    """What is doubtful or failed, as it is, and its code."""
    error_console.print(f"[yellow]{escape(text)}[/yellow]" + (f" [dim]({code})[/dim]" if code else ""), soft_wrap=True)


def show_flags(flags, patient: str = "") -> None:
    for flag in flags:
        warn((f"{patient}: " if patient else "") + flag.message, flag.code)


def show_left_out(reasons: dict[str, str]) -> None:
    for name, why in reasons.items():
        console.print(f"Left out: {name}: {why.rstrip('.')}.", style="dim", highlight=False, markup=False)


def show_purpose() -> None:
    console.print("Research software, not a medical device.", style="dim")


def show_simulated(network) -> None:
    if network.simulated:
        console.print("[yellow]Trained on simulated patients: no figure here says anything about real ones.[/yellow]")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; called by the installed command ``bolus``."""
    from bolus import Error, OptionError

    try:
        app(args=arguments, prog_name="bolus")
    except (Error, OSError, ImportError) as error:
        if _debug:
            raise
        error_console.print(f"[bold red]Error:[/bold red] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2 if isinstance(error, OptionError) else 1)
    except KeyboardInterrupt:
        error_console.print("Stopped.")
        sys.exit(130)
