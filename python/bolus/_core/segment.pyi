"""
Where the tumour is.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import os
import pathlib
import typing
__all__: list[str] = ['Correction', 'CorrectionAudit', 'GivenLabels', 'LesionScore', 'RegionChange', 'RegionScore', 'SegmentationMetrics', 'SegmentationScores', 'Segmenter', 'SegmenterDescription', 'TorchScriptSegmenter', 'audit_path', 'check_labels', 'label_hash', 'read_segmenter_description', 'write_audit', 'write_segmenter_description']
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
class LesionScore:
    """
    One lesion of the reference and what was predicted there.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def counted(self) -> bool:
        """
        False: too small to count.
        """
    @property
    def dice(self) -> float:
        ...
    @property
    def hausdorff95(self) -> float:
        """
        mm
        """
    @property
    def predicted_parts(self) -> int:
        """
        Parts of the prediction that touch it; 0: it was missed.
        """
    @property
    def volume(self) -> float:
        """
        Of the reference's lesion, mL.
        """
class RegionScore:
    """
    How well a predicted region agrees with a reference; no value is ever NaN.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def common_voxels(self) -> int:
        ...
    @property
    def dice(self) -> float:
        ...
    @property
    def false_lesions(self) -> int:
        ...
    @property
    def found_lesions(self) -> int:
        ...
    @property
    def hausdorff(self) -> float:
        """
        mm
        """
    @property
    def hausdorff95(self) -> float:
        """
        mm
        """
    @property
    def lesion_dice(self) -> float:
        """
        Mean over lesions and false lesions.
        """
    @property
    def lesion_hausdorff95(self) -> float:
        """
        Mean over lesions and false lesions, mm.
        """
    @property
    def lesions(self) -> list[LesionScore]:
        """
        list of LesionScore: lesions of the reference.
        """
    @property
    def missed_lesions(self) -> int:
        ...
    @property
    def predicted_volume(self) -> float:
        """
        mL
        """
    @property
    def predicted_voxels(self) -> int:
        ...
    @property
    def reference_volume(self) -> float:
        """
        mL
        """
    @property
    def reference_voxels(self) -> int:
        ...
    @property
    def relative_volume_error(self) -> float:
        """
        % of the reference
        """
    @property
    def sensitivity(self) -> float:
        """
        Share of the reference that was found.
        """
    @property
    def specificity(self) -> float:
        """
        Share of the voxels outside the reference that were left out.
        """
    @property
    def surface_dice(self) -> float:
        """
        Share of both surfaces within the tolerance of the other.
        """
    @property
    def volume_error(self) -> float:
        """
        Predicted - reference, mL.
        """
class SegmentationScores:
    """
    The agreement of two label maps; ``scores['ET']`` is that of a region.
    """
    def __getitem__(self, region: typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']) -> RegionScore:
        """
        The RegionScore of a region. Raises OptionError when it was not asked for.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per region as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        list of QcFlag
        """
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]:
        """
        Names, in the order asked for.
        """
    @property
    def scores(self) -> list[RegionScore]:
        """
        list of RegionScore, one per region
        """
class SegmentationMetrics:
    """
    Compares a predicted segmentation with a reference.
    
    Surfaces are the voxels of a region with a face on something else, distances are Euclidean between their centres. ``hausdorff95`` is
    the larger of the two directed 95th percentiles. Lesion by lesion as the BraTS 2023 evaluation for gliomas. Empty regions give
    documented values and flags, never NaN.
    
    Parameters
    ----------
    regions : sequence of {'ET', 'TC', 'WT', 'NET', 'ED'}
    tolerance : float
        Of the surface Dice, mm.
    missing_distance : float
        Distance where only one side has a region, mm.
    lesion_dilation : int
        Voxels; lesions of the reference that touch when grown by this are one.
    lesion_volume : float
        mm^3; lesions of the reference up to this do not count.
    threads : int
        0: all cores; the result does not depend on it.
    """
    @typing.overload
    def __call__(self, predicted: bolus._core.core.LabelMap, reference: bolus._core.core.LabelMap, progress: typing.Any = None) -> SegmentationScores:
        """
        Compare two label maps.
        
        Parameters
        ----------
        predicted, reference : LabelMap
            On one grid.
        progress : callable (stage, done, total), optional
            Called now and then; returning False stops.
        
        Returns
        -------
        SegmentationScores
        
        Raises
        ------
        GeometryError
            If the grids differ.
        DataError
            If there are no voxels.
        OptionError
            If an option is out of range.
        """
    @typing.overload
    def __call__(self, predicted: bolus._core.core.Mask, reference: bolus._core.core.Mask) -> RegionScore:
        """
        Compare two masks of one region; returns a RegionScore. Raises as above.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, regions: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']] = ['ET', 'TC', 'WT', 'NET', 'ED'], tolerance: typing.SupportsFloat | typing.SupportsIndex = 1.0, missing_distance: typing.SupportsFloat | typing.SupportsIndex = 374.0, lesion_dilation: typing.SupportsInt | typing.SupportsIndex = 3, lesion_volume: typing.SupportsFloat | typing.SupportsIndex = 50.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def lesion_dilation(self) -> int:
        """
        voxels
        """
    @lesion_dilation.setter
    def lesion_dilation(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def lesion_volume(self) -> float:
        """
        mm^3
        """
    @lesion_volume.setter
    def lesion_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def missing_distance(self) -> float:
        """
        mm
        """
    @missing_distance.setter
    def missing_distance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]:
        """
        Names, in the order of the result.
        """
    @regions.setter
    def regions(self, arg0: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        """
        mm
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class RegionChange:
    """
    What a correction did to one region.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def added(self) -> int:
        """
        voxels
        """
    @property
    def after(self) -> int:
        """
        voxels
        """
    @property
    def before(self) -> int:
        """
        voxels
        """
    @property
    def dice(self) -> float:
        """
        Between before and after.
        """
    @property
    def region(self) -> typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']:
        """
        Its name.
        """
    @property
    def removed(self) -> int:
        """
        voxels
        """
    @property
    def volume_after(self) -> float:
        """
        mL
        """
    @property
    def volume_before(self) -> float:
        """
        mL
        """
class Correction:
    """
    What was changed by hand. Who did it and when is not recorded.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per region as a pandas DataFrame.
        """
    def to_json(self) -> str:
        """
        The audit as a JSON object, keys in a fixed order.
        """
    @property
    def automatic_hash(self) -> str:
        """
        SHA-256, see `label_hash`.
        """
    @property
    def changed_voxels(self) -> int:
        """
        Voxels with another label than before.
        """
    @property
    def corrected_hash(self) -> str:
        """
        SHA-256, see `label_hash`.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        list of QcFlag
        """
    @property
    def regions(self) -> list[RegionChange]:
        """
        list of RegionChange: ET, TC, WT, NET, ED
        """
class CorrectionAudit:
    """
    Compares a label map corrected by hand with the automatic one it started from.
    
    Tumour core and whole tumour are built anew from the parts on both sides. Flags: "segment.correction.unchanged",
    "segment.correction.region_emptied", "segment.correction.replaced" (less than half of the whole tumour is common to both).
    """
    def __call__(self, automatic: bolus._core.core.LabelMap, corrected: bolus._core.core.LabelMap) -> Correction:
        """
        What was changed.
        
        Parameters
        ----------
        automatic, corrected : LabelMap
            On one grid.
        
        Returns
        -------
        Correction
        
        Raises
        ------
        GeometryError
            If the grids differ.
        DataError
            If nothing is labelled after the correction.
        """
    def __getstate__(self) -> tuple[()]:
        ...
    def __init__(self) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
class SegmenterDescription:
    """
    What must be known of somebody's network to use it.
    
    Axes are those of its input tensor (batch, channel, first, second, third).
    
    Parameters
    ----------
    name : str
        For reports and provenance.
    channels : sequence of {'t1', 't2', 'flair', 'cet1'}
        Input channels, in order.
    orientation : str
        How the three axes run: MONAI 'RAS', nnU-Net 'SPL'.
    spacing : (float, float, float)
        Along the axes, mm.
    spacing_tolerance : float
        mm
    normalisation : {'none', 'zscore', 'zscore_nonzero', 'percentile'}
        Voxels that are 0 count as background.
    percentiles : (float, float)
        Become 0 and 1 where normalisation is 'percentile'.
    crop_to_nonzero : bool
        Run on the box where any channel is not 0, as nnU-Net does.
    patch_size : (int, int, int)
        Voxels along the axes.
    overlap : float
        Of neighbouring patches, as a share of the patch.
    activation : {'softmax', 'sigmoid', 'none'}
    labels : sequence of int
        BraTS value of each output channel; the largest channel wins.
    regions : sequence of {'ET', 'NET', 'ED', 'WT', 'TC'}
        Or: region of each output channel, which may overlap.
    threshold : float
        From which a voxel belongs to a region.
    flips : sequence of int
        Axes (0 to 2) to mirror along; all combinations are averaged.
    """
    activation: typing.Literal['softmax', 'sigmoid', 'none']
    crop_to_nonzero: bool
    normalisation: typing.Literal['none', 'zscore', 'zscore_nonzero', 'percentile']
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, name: str = 'TorchScript', channels: collections.abc.Sequence[typing.Literal['t1', 't2', 'flair', 'cet1']] = [], orientation: str = 'RAS', spacing: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] = ..., spacing_tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.05, normalisation: typing.Literal['none', 'zscore', 'zscore_nonzero', 'percentile'] = 'zscore_nonzero', percentiles: typing.Annotated[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(2)"] = [0.5, 99.5], crop_to_nonzero: bool = False, patch_size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"] = [128, 128, 128], overlap: typing.SupportsFloat | typing.SupportsIndex = 0.5, activation: typing.Literal['softmax', 'sigmoid', 'none'] = 'softmax', labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [], regions: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']] = [], threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5, flips: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = []) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def validate(self) -> None:
        """
        Raises OptionError naming the field and what was expected.
        """
    @property
    def channels(self) -> list[typing.Literal['t1', 't2', 'flair', 'cet1']]:
        """
        Modalities, in order.
        """
    @channels.setter
    def channels(self, arg0: collections.abc.Sequence[typing.Literal['t1', 't2', 'flair', 'cet1']]) -> None:
        ...
    @property
    def flips(self) -> list[int]:
        """
        Axes to mirror along.
        """
    @flips.setter
    def flips(self, arg0: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def labels(self) -> list[int]:
        """
        BraTS value of each channel.
        """
    @labels.setter
    def labels(self, arg0: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def name(self) -> str:
        """
        For reports.
        """
    @name.setter
    def name(self, arg0: str) -> None:
        ...
    @property
    def orientation(self) -> str:
        """
        How the tensor's axes run.
        """
    @orientation.setter
    def orientation(self, arg0: str) -> None:
        ...
    @property
    def overlap(self) -> float:
        """
        share of the patch
        """
    @overlap.setter
    def overlap(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def patch_size(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        voxels
        """
    @patch_size.setter
    def patch_size(self, arg0: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> None:
        ...
    @property
    def percentiles(self) -> typing.Annotated[list[float], "FixedSize(2)"]:
        """
        %
        """
    @percentiles.setter
    def percentiles(self, arg0: typing.Annotated[collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex], "FixedSize(2)"]) -> None:
        ...
    @property
    def regions(self) -> list[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]:
        """
        Or: region of each channel.
        """
    @regions.setter
    def regions(self, arg0: collections.abc.Sequence[typing.Literal['ET', 'NET', 'ED', 'WT', 'TC']]) -> None:
        ...
    @property
    def spacing(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        Along the axes, mm.
        """
    @spacing.setter
    def spacing(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> None:
        ...
    @property
    def spacing_tolerance(self) -> float:
        """
        mm
        """
    @spacing_tolerance.setter
    def spacing_tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threshold(self) -> float:
        ...
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class TorchScriptSegmenter(Segmenter):
    """
    Any network that was saved with TorchScript, e.g. from nnU-Net or MONAI.
    
    The images are brought to the network's axes, normalised and cut into overlapping patches; the outputs are averaged with Gaussian
    weights and activated. The result does not depend on the number of threads.
    
    Parameters
    ----------
    model : path
        From ``torch.jit.script(net).save(...)`` or ``torch.jit.trace(...).save(...)``.
    description : path or SegmenterDescription
        A path leads to JSON, see `read_segmenter_description`.
    device : str
        'cpu', 'cuda' or 'cuda:1'.
    threads : int
        Patches computed at the same time on the CPU, each with working memory of its own. 0: all cores, but patches of no more than 4
        million voxels together.
    
    Raises
    ------
    IoError
        If a file cannot be read.
    FormatError
        If the model is no TorchScript, or the JSON is damaged.
    OptionError
        If the description or the device cannot be.
    """
    @typing.overload
    def __init__(self, model: os.PathLike | str | bytes, description: SegmenterDescription, device: str = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    @typing.overload
    def __init__(self, model: os.PathLike | str | bytes, description: os.PathLike | str | bytes, device: str = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def probabilities(self, study: bolus._core.core.AlignedStudy, progress: typing.Any = None) -> dict:
        """
        The probability of each region.
        
        Parameters
        ----------
        study : AlignedStudy
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        dict of str to Image
            ET, NET, ED, TC and WT where labels are described, else the described regions.
        
        Raises
        ------
        DataError, GeometryError, ShapeError, Cancelled
        """
    @property
    def description(self) -> SegmenterDescription:
        """
        SegmenterDescription
        """
def audit_path(labels: os.PathLike | str | bytes) -> pathlib.Path:
    """
    Where the audit of a label map lies: beside it, its ending replaced by ``.audit.json``.
    """
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
def label_hash(labels: bolus._core.core.LabelMap) -> str:
    """
    SHA-256 of a label map's size and voxels: the same for the same labels, whatever file they came from.
    """
def read_segmenter_description(path: os.PathLike | str | bytes) -> SegmenterDescription:
    """
    Read the description of a network from JSON.
    
    Parameters
    ----------
    path : path
        An object with the names of `SegmenterDescription`. What is left out has the default; channels and one of labels and regions must
        be there.
    
    Returns
    -------
    SegmenterDescription
    
    Raises
    ------
    IoError
        If it cannot be read.
    FormatError
        For damaged JSON, an unknown name or a value of the wrong kind.
    OptionError
        For a value out of range.
    """
def write_audit(path: os.PathLike | str | bytes, correction: Correction, overwrite: bool = False) -> None:
    """
    Write an audit as JSON, whole or not at all.
    
    Raises
    ------
    IoError
        If it cannot be written, or exists and `overwrite` is false.
    """
def write_segmenter_description(path: os.PathLike | str | bytes, description: SegmenterDescription, overwrite: bool = False) -> None:
    """
    Write a description as JSON, whole or not at all. Raises IoError, OptionError.
    """
