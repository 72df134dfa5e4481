"""A page to look at before a study is used: overlays before and after, masks, motion, verdicts with what to do."""

from __future__ import annotations

import base64
import html
import os
from pathlib import Path
from typing import Any

from bolus._core.core import write_atomically
from bolus.files import figure_bytes, output_folder, require_writable

__all__ = ["write_quality_page"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .25em .8em; text-align: left; vertical-align: top }
tr + tr { border-top: 1px solid #ddd } img { max-width: 100%; height: auto }
.good { color: #1a7f37 } .doubtful { color: #9a6700 } .failed { color: #cf222e } .verdict { font-weight: 600 }
.note { background: #fff8e1; border-left: 4px solid #f2b705; padding: .4em 1em; margin: .6em 0 }
footer { color: #666; margin-top: 2em; font-size: 90% }
@media print { body { margin: 0; max-width: none } h2 { break-before: auto } img { break-inside: avoid } }
"""


def _table(frame: Any) -> str:
    rows = ["<tr>" + "".join(f"<th>{html.escape(str(name))}</th>" for name in frame.columns) + "</tr>"]
    for record in frame.itertuples(index=False):
        cells = []
        for name, value in zip(frame.columns, record, strict=True):
            text = f"{value:.3g}" if isinstance(value, float) else str(value)
            shade = f' class="verdict {html.escape(text)}"' if name == "verdict" else ""
            cells.append(f"<td{shade}>{html.escape(text)}</td>")
        rows.append("<tr>" + "".join(cells) + "</tr>")
    return "<table>" + "".join(rows) + "</table>"


def _figures(result: Any, images: Any) -> dict[str, tuple[str, Any]]:
    from bolus.plot import AlignmentDisplay, MotionDisplay, OutlineDisplay

    study = result.study
    figures: dict[str, tuple[str, Any]] = {}
    if result.registrations:
        figures["alignment"] = (
            "Registration: each image over the edges of CET1",
            AlignmentDisplay.from_result(result, images).figure_,
        )
    cet1 = study.structural["cet1"]
    if study.brain is not None:
        masks = {"brain": study.brain}
        if study.white_matter is not None:
            masks["normal white matter"] = study.white_matter
        figures["masks"] = ("Brain and normal white matter over CET1", OutlineDisplay.from_masks(cet1, masks).figure_)
    if study.labels is not None and study.labels.geometry.difference(cet1.geometry) == "":
        tumour = study.labels.mask("WT")
        if tumour.array.any():
            figures["labels"] = ("Labels over CET1", OutlineDisplay.from_masks(cet1, {"whole tumour": tumour}).figure_)
    if result.motion is not None:
        figures["motion"] = ("Motion of the DSC series", MotionDisplay.from_result(result.motion).figure_)
    return figures


def write_quality_page(
    result: Any, images: Any, folder: str | os.PathLike[str], *, overwrite: bool = False
) -> list[Path]:
    """Write ``quality.html``, which needs no other file, and its pictures (``quality_alignment.png`` ...) into a folder.

    Parameters
    ----------
    result : bolus.preprocess.PreprocessResult
    images : bolus.io.StudyImages
        What the result was made from.
    folder : path
        Made when missing.
    overwrite : bool

    Returns
    -------
    list of path
        The files written.

    Raises
    ------
    IoError
        If a file is there already and ``overwrite`` is not set, or cannot be written.
    """
    import matplotlib.pyplot as plt

    folder = output_folder(folder)
    names = ["quality.html", *(f"quality_{name}.png" for name in ("alignment", "masks", "labels", "motion"))]
    for name in names:
        require_writable(folder / name, overwrite)
    written, parts = [], []
    for name, (title, figure) in _figures(result, images).items():
        png = figure_bytes(figure, dpi=110)
        plt.close(figure)
        write_atomically(folder / f"quality_{name}.png", png, overwrite)
        written.append(folder / f"quality_{name}.png")
        picture = base64.b64encode(png).decode()
        parts.append(
            f'<h2>{html.escape(title)}</h2><img alt="{html.escape(title)}" src="data:image/png;base64,{picture}">'
        )
    flags = "".join(
        f'<p class="note">{html.escape(flag.message)} <small>({html.escape(flag.code)})</small></p>'
        for flag in result.study.flags
    )
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Quality of the preprocessing</title><style>{_STYLE}</style>"
        "<h1>Quality of the preprocessing</h1>"
        f"{_table(result.to_frame().drop(columns='reasons'))}{flags or '<p>No flags.</p>'}{''.join(parts)}"
        "<footer>Research software, not a medical device. Look at the pictures before you use the numbers.</footer></html>\n"
    )
    write_atomically(folder / "quality.html", page.encode(), overwrite)
    return [folder / "quality.html", *written]
