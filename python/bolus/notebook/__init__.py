"""What Jupyter shows of values: pictures and tables in one piece of HTML, and a viewer with sliders.

A value in the last line of a cell is drawn by itself. ``html`` gives the same as text, for a page of one's own; ``view`` (also
``bolus.view``) needs the extra ``viewer``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bolus.notebook._displays import html

if TYPE_CHECKING:
    from bolus.notebook._viewer import Viewer

__all__ = ["Viewer", "html", "view"]


def view(image: Any, labels: Any = None, probability: Any = None, *, opacity: float = 0.5) -> Viewer:
    """Three linked planes with sliders, and the curve of the voxel where they meet.

    Parameters
    ----------
    image : Image, Mask, PerfusionSeries, AlignedStudy, bolus.io.Study, bolus.io.StudyImages, bolus.patient.PatientResult, dict
        What to look at. Of a study, or of a dict of name to image, one at a time is chosen; of a series, one volume at a time.
    labels : LabelMap, optional
        Drawn as outlines; those of the study when not given.
    probability : Image or bolus.pipeline.VoxelProbability, optional
        Drawn over the image, from 0 to 1, where it is finite (in results that were read from files: where it is not 0).
    opacity : float
        Of the overlay, 0 to 1.

    Returns
    -------
    Viewer
        An ``ipywidgets.VBox``: as the last line of a cell it appears. Its controls are attributes, whose ``value`` code can set
        too: ``axial``, ``coronal``, ``sagittal``, ``picture``, ``window``, ``outlines``, ``overlay``, ``opacity`` and
        ``volume``; and ``voxel``, the index in the image shown.

    Raises
    ------
    ImportError
        Without ipywidgets: ``pip install 'bolus[viewer]'``.
    OptionError
        If there is nothing in it to look at.

    Notes
    -----
    Grids may differ: labels, probability and series are read at the same point in space, by their nearest voxel, in an
    AlignedStudy through its registration.
    """
    return _viewer_class()(image, labels, probability, opacity=opacity)


view.__module__ = "bolus.notebook"


def _viewer_class() -> type[Viewer]:
    try:
        from bolus.notebook._viewer import Viewer
    except ImportError as error:
        raise ImportError("the viewer needs ipywidgets: pip install 'bolus[viewer]'") from error
    return Viewer


def __getattr__(name: str):
    """The class of the viewer, loaded at first use: displays need no widgets."""
    if name == "Viewer":
        return _viewer_class()
    raise AttributeError(f"module 'bolus.notebook' has no attribute '{name}'")
