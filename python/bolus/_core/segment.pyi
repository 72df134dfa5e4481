"""
Where the tumour is.
"""
from __future__ import annotations
import bolus._core.core
import typing
__all__: list[str] = ['GivenLabels', 'Segmenter', 'check_labels']
class Segmenter:
    """
    Finds the tumour and its parts in a study.
    
    Subclass it to bring your own: define ``__call__(self, study, progress=None)``, returning a LabelMap, and ``name(self)``. The study
    must not be kept after the call.
    """
    def __call__(self, study: bolus._core.core.AlignedStudy, progress: typing.Any = None) -> bolus._core.core.LabelMap:
        """
        Find the tumour.
        
        Parameters
        ----------
        study : AlignedStudy
        progress : callable (stage, done, total), optional
            Called now and then; returning False stops.
        
        Returns
        -------
        LabelMap
            On the grid of the study's structural images, or of its DSC series.
        
        Raises
        ------
        DataError, GeometryError, Cancelled
        """
    def __init__(self) -> None:
        ...
    def name(self) -> str:
        """
        A short name for reports and provenance.
        """
class GivenLabels(Segmenter):
    """
    The segmenter for a tumour outlined already.
    
    Parameters
    ----------
    labels : LabelMap, optional
        BraTS values, on the grid of the study's structural images or of its DSC series. When not given, the study's own.
    
    Raises
    ------
    DataError
        When called, if there is no label map or it marks no tumour.
    GeometryError
        When called, if the label map lies on none of the study's grids.
    """
    def __init__(self, labels: bolus._core.core.LabelMap | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
def check_labels(labels: bolus._core.core.LabelMap, brain: bolus._core.core.Mask | None = None) -> list[bolus._core.core.QcFlag]:
    """
    Doubts about a label map.
    
    Parameters
    ----------
    labels : LabelMap
    brain : Mask, optional
        Brain voxels, on the same grid.
    
    Returns
    -------
    list of QcFlag
        "segment.region.empty" for each of ET, NET, ED without a voxel; "segment.outside_brain".
    
    Raises
    ------
    DataError
        If nothing is labelled, or nothing labelled lies in the brain.
    GeometryError
        If the mask lies on another grid.
    """
