"""
Where the tumour is.
"""
from __future__ import annotations
import bolus._core.core
import bolus._core.preprocess
import collections.abc
import numpy
import numpy.typing
import os
import pathlib
import typing
__all__: list[str] = ['AnisotropicNetwork', 'BrainNetworkDescription', 'CascadeSegmenter', 'CascadeWeights', 'Correction', 'CorrectionAudit', 'GivenLabels', 'LesionScore', 'PatchAugmentation', 'RegionChange', 'RegionScore', 'SegmentTumour', 'SegmentationHistory', 'SegmentationMetrics', 'SegmentationScores', 'Segmenter', 'SegmenterDescription', 'TorchScriptBrainExtractor', 'TorchScriptSegmenter', 'TrainCascade', 'TrainedCascade', 'TrainingCase', 'TumourSegmentation', 'TumourVolumes', 'VoxelBox', 'audit_path', 'check_labels', 'convert_weights', 'hold_out', 'label_hash', 'load_cascade', 'random_anisotropic_network', 'random_cascade', 'read_brain_network_description', 'read_brats17_network', 'read_brats17_weights', 'read_segmenter_description', 'read_tensorflow_checkpoint', 'save_cascade', 'write_audit', 'write_segmenter_description']
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
    def key(self) -> str:
        """
        Tells apart segmenters that find different things: finished work is found again by it. The name when not overridden, so a network of yours should add a hash of its weights.
        """
    def name(self) -> str:
        """
        A short name for reports and provenance.
        """
    def wants_bias_correction(self) -> bool:
        """
        Whether images that are prepared for this segmenter should be corrected for the bias field; True when not overridden.
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
class AnisotropicNetwork:
    """
    The network of Wang et al. 2017 for one region and view.
    
    Residual blocks of 1x3x3 convolutions within slices, four 3x1x1 convolutions across them, predictions at three depths put together.
    Batch norms always take the moments of the batch at hand: there are no running averages.
    
    Parameters
    ----------
    downsample_twice : bool
        True for WNet and TNet, False for ENet.
    weights : dict of str to array
        Named and shaped as `weight_shapes` says.
    
    Raises
    ------
    FormatError
        If weights are missing, unknown, of another shape or not finite.
    """
    __hash__: typing.ClassVar[None] = None
    @staticmethod
    def weight_shapes(downsample_twice: bool) -> dict:
        """
        Name and dimensions of every weight array.
        """
    def __eq__(self, arg0: AnisotropicNetwork) -> bool:
        ...
    def __getstate__(self) -> tuple[bool, dict]:
        ...
    def __init__(self, downsample_twice: bool, weights: dict) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def logits(self, input: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> numpy.typing.NDArray[numpy.float32]:
        """
        What the network gives before the softmax.
        
        Parameters
        ----------
        input : array (items, slices, rows, columns, 4)
            FLAIR, T1, contrast-enhanced T1, T2; more than 8 slices, rows and columns multiples of 4. Batch norms take moments over all of it.
        engine : {'fused', 'libtorch'}
            The library's own kernels, or LibTorch's operators.
        device : {'cpu', 'cuda'}
            cuda always uses LibTorch.
        threads : int
            Of the fused engine; 0: all cores. The result does not depend on it.
        
        Returns
        -------
        array (items, slices - 8, rows, columns, 2), float32
            Class 1 is tumour.
        
        Raises
        ------
        ShapeError, DataError, OptionError
            If the shape does not fit, a value is not finite, there is no such device.
        """
    @property
    def downsample_twice(self) -> bool:
        ...
    @property
    def weights(self) -> dict:
        """
        Copies of the weight arrays, float32, by name, laid out as PyTorch's.
        """
class CascadeWeights:
    """
    The nine networks of the cascade.
    
    Parameters
    ----------
    networks : dict of (stage, view) to AnisotropicNetwork
        Stages 'WT', 'TC', 'ET'; views 'axial', 'sagittal', 'coronal'.
    notes : dict of str to str, optional
        Licence, source and the like; saved with the weights.
    
    Raises
    ------
    FormatError
        If a network is missing or does not fit.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: CascadeWeights) -> bool:
        ...
    def __getstate__(self) -> tuple[dict, dict[str, str]]:
        ...
    def __init__(self, networks: collections.abc.Mapping[tuple[typing.Literal['WT', 'TC', 'ET'], typing.Literal['axial', 'sagittal', 'coronal']], AnisotropicNetwork], notes: collections.abc.Mapping[str, str] = {}) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def network(self, stage: typing.Literal['WT', 'TC', 'ET'], view: typing.Literal['axial', 'sagittal', 'coronal']) -> AnisotropicNetwork:
        """
        The AnisotropicNetwork of one stage and view.
        """
    @property
    def networks(self) -> dict:
        """
        AnisotropicNetwork by (stage, view).
        """
    @property
    def notes(self) -> dict[str, str]:
        """
        Licence, source and the like; saved with the weights.
        """
    @notes.setter
    def notes(self, arg0: collections.abc.Mapping[str, str]) -> None:
        ...
class VoxelBox:
    """
    Voxels of a box, both ends included, along x, y, z of the image.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: VoxelBox) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def first(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        First voxel.
        """
    @property
    def last(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Last voxel.
        """
class TumourVolumes:
    """
    Volumes in mL.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def enhancing(self) -> float:
        """
        ET.
        """
    @property
    def non_enhancing(self) -> float:
        """
        NET.
        """
    @property
    def oedema(self) -> float:
        """
        ED.
        """
    @property
    def tumour_core(self) -> float:
        """
        ET and NET.
        """
    @property
    def whole_tumour(self) -> float:
        """
        All of it.
        """
class TumourSegmentation:
    """
    What the cascade found, on the grid of the images.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        Volumes as a pandas DataFrame.
        """
    @property
    def boxes(self) -> typing.Annotated[list[VoxelBox], "FixedSize(3)"]:
        """
        Where each of the three stages looked.
        """
    @property
    def components(self) -> int:
        """
        Separate parts of the whole tumour.
        """
    @property
    def enhancing(self) -> bolus._core.core.Image:
        """
        Image: probability of enhancing tumour; 0 where its stage did not look.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        LabelMap: 1 NET, 2 ED, 4 ET.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        ...
    @property
    def tumour_core(self) -> bolus._core.core.Image:
        """
        Image: probability of the tumour core; 0 where its stage did not look.
        """
    @property
    def uncertainty(self) -> bolus._core.core.Image:
        """
        Image: standard deviation of the votes' probabilities, 0 to 0.5, of the stage where it is largest.
        """
    @property
    def volumes(self) -> TumourVolumes:
        """
        TumourVolumes, mL.
        """
    @property
    def voxels(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Voxels that each stage marked, before post-processing.
        """
    @property
    def whole_tumour(self) -> bolus._core.core.Image:
        """
        Image: probability of the whole tumour, before post-processing.
        """
class SegmentTumour:
    """
    Finds a glioma and its parts by the cascade of Wang et al. 2017.
    
    Whole tumour, tumour core and enhancing tumour one within the other, each by three networks that look at axial, sagittal and coronal
    slices. The images share a grid of 1 mm in any orientation and are skull-stripped, or a brain mask makes them so. Their bias field is
    best left alone (Preprocess(correct_bias=False)): N4 takes oedema for a part of it. Results do not depend on `threads`.
    
    Parameters
    ----------
    mode : {'stable', 'published'}
        The original without its accidents, or as it was (its crashes left out).
    noise : {'counter', 'numpy'}
        Where the noise comes from that the networks know as background: the library's counter-based stream, or what
        numpy.random.seed gave the original, for mode='published'.
    seed : int
        Of the noise.
    mirror : bool
        Each network also sees the mirrored head: more votes, twice the time. mode='stable' only.
    substitute_missing : bool
        A missing T1 or CET1 is replaced by the other, so FLAIR and T2; flagged. Otherwise an error.
    engine : {'fused', 'libtorch'}
        The library's own kernels, or LibTorch's operators.
    device : {'cpu', 'cuda'}
        cuda always uses LibTorch.
    threads : int
        0: all cores.
    """
    def __call__(self, study: bolus._core.core.AlignedStudy, weights: CascadeWeights, brain: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> TumourSegmentation:
        """
        Segment a study.
        
        Parameters
        ----------
        study : AlignedStudy
            With flair, t1, cet1 and t2.
        weights : CascadeWeights
        brain : Mask, optional
            Voxels outside are set to 0. Default: the study's own mask; without one the images must be 0 there already.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        TumourSegmentation
        
        Raises
        ------
        DataError
            If a modality is missing, holds values that are not finite, is 0 everywhere or the same within the brain.
        GeometryError
            If grids differ or voxels are not 1 mm wide.
        OptionError, FormatError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, mode: typing.Literal['stable', 'published'] = 'stable', noise: typing.Literal['counter', 'numpy'] = 'counter', seed: typing.SupportsInt | typing.SupportsIndex = 0, mirror: bool = False, substitute_missing: bool = False, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def device(self) -> typing.Literal['cpu', 'cuda']:
        """
        'cpu' or 'cuda'.
        """
    @device.setter
    def device(self, arg0: typing.Literal['cpu', 'cuda']) -> None:
        ...
    @property
    def engine(self) -> typing.Literal['fused', 'libtorch']:
        """
        'fused' or 'libtorch'.
        """
    @engine.setter
    def engine(self, arg0: typing.Literal['fused', 'libtorch']) -> None:
        ...
    @property
    def mirror(self) -> bool:
        """
        Vote on the mirrored head, too.
        """
    @mirror.setter
    def mirror(self, arg0: bool) -> None:
        ...
    @property
    def mode(self) -> typing.Literal['stable', 'published']:
        """
        'stable' or 'published'.
        """
    @mode.setter
    def mode(self, arg0: typing.Literal['stable', 'published']) -> None:
        ...
    @property
    def noise(self) -> typing.Literal['counter', 'numpy']:
        """
        'counter' or 'numpy'.
        """
    @noise.setter
    def noise(self, arg0: typing.Literal['counter', 'numpy']) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the noise.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def substitute_missing(self) -> bool:
        """
        A similar image for a missing one.
        """
    @substitute_missing.setter
    def substitute_missing(self, arg0: bool) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0: all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class CascadeSegmenter(Segmenter):
    """
    The cascade as a Segmenter.
    
    Parameters
    ----------
    weights : CascadeWeights
    options : SegmentTumour, optional
    brain : Mask, optional
        Masks the images. Default: the study's own mask, if it has one.
    """
    def __init__(self, weights: CascadeWeights, options: SegmentTumour = ..., brain: bolus._core.core.Mask | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
class TrainingCase:
    """
    A patient to learn segmentation from.
    
    Parameters
    ----------
    name : str
        For messages only.
    study : AlignedStudy
        flair, t1, cet1 and t2 on one grid of 1 mm, skull-stripped (0 outside the brain, or with its brain mask), and the expert's labels
        on the same grid. It is held without a copy.
    weight : float
        How often patches are cut from it, relative to the other cases.
    simulated : bool
        Marks what is trained on it.
    """
    def __init__(self, name: str, study: bolus._core.core.AlignedStudy, weight: typing.SupportsFloat | typing.SupportsIndex = 1.0, simulated: bool = False) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def load(self) -> bolus._core.core.AlignedStudy:
        """
        The AlignedStudy with its labels.
        """
    @property
    def name(self) -> str:
        """
        For messages only.
        """
    @property
    def simulated(self) -> bool:
        """
        Marks what is trained on it.
        """
    @simulated.setter
    def simulated(self, arg0: bool) -> None:
        ...
    @property
    def weight(self) -> float:
        """
        How often patches are cut from it, relative to the other cases.
        """
    @weight.setter
    def weight(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class PatchAugmentation:
    """
    How patches are varied in training. By default not at all, as published.
    
    Parameters
    ----------
    flip : bool
        Left and right change places in half of the patches.
    rotation : float
        Largest turn within the slices, degrees.
    intensity_scale : float
        Standard deviation of the logarithm of a factor on each image.
    intensity_shift : float
        Standard deviation of what is added to each image, in units of its own.
    noise : float
        Standard deviation of noise added to every voxel, in the same units.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, flip: bool = False, rotation: typing.SupportsFloat | typing.SupportsIndex = 0.0, intensity_scale: typing.SupportsFloat | typing.SupportsIndex = 0.0, intensity_shift: typing.SupportsFloat | typing.SupportsIndex = 0.0, noise: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def flip(self) -> bool:
        """
        Left and right change places.
        """
    @flip.setter
    def flip(self, arg0: bool) -> None:
        ...
    @property
    def intensity_scale(self) -> float:
        """
        SD of the logarithm of a factor.
        """
    @intensity_scale.setter
    def intensity_scale(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def intensity_shift(self) -> float:
        """
        SD of what is added.
        """
    @intensity_shift.setter
    def intensity_shift(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def noise(self) -> float:
        """
        SD of noise on every voxel.
        """
    @noise.setter
    def noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def rotation(self) -> float:
        """
        Largest turn within the slices, degrees.
        """
    @rotation.setter
    def rotation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class SegmentationHistory:
    """
    The course of one network's training, one entry per epoch.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: SegmentationHistory) -> bool:
        """
        Whether the numbers are the same; the seconds are not compared.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Epoch (from 1), losses, Dice and seconds as a pandas DataFrame.
        """
    @property
    def best_epoch(self) -> int:
        """
        Epoch, from 0, whose weights were kept.
        """
    @property
    def dice(self) -> list[float]:
        """
        Dice of the epoch's patches together, as predicted while training.
        """
    @property
    def loss(self) -> list[float]:
        """
        Mean over the epoch's batches, while training.
        """
    @property
    def seconds(self) -> list[float]:
        """
        That the epoch took.
        """
    @property
    def validation_dice(self) -> list[float]:
        """
        After the epoch; empty without validation.
        """
    @property
    def validation_loss(self) -> list[float]:
        """
        After the epoch; empty without validation.
        """
class TrainedCascade:
    """
    The result of a training.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        All histories as one pandas DataFrame, with stage and view.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the training.
        """
    @property
    def histories(self) -> dict:
        """
        SegmentationHistory by (stage, view) of each network that was trained.
        """
    @property
    def weights(self) -> CascadeWeights:
        """
        CascadeWeights, ready for SegmentTumour.
        """
class TrainCascade:
    """
    Trains the networks of the cascade on labelled cases, as Wang et al. 2017 did.
    
    Patches are cut at random from the brain (WT), from the box around the tumour (TC) or around its core (ET), each batch with at least
    one voxel of what is sought. The networks of the three stages are trained side by side, then those of the other views, which start
    from the axial one. On the CPU the same cases, options and seed give bit-identical weights on any number of threads, and also when
    the training was killed and resumed; on a GPU they do not.
    
    Parameters
    ----------
    stages : list of {'WT', 'TC', 'ET'}
        Which to train.
    views : list of {'axial', 'sagittal', 'coronal'}
        Which to train.
    epochs : int
        Of the axial networks.
    view_epochs : int
        Of the other views' where they start from the axial one.
    views_from_axial : bool
        False: they start from random weights and train for `epochs`.
    epoch_batches : int
        Batches in an epoch.
    batch_size : int
        Patches in a batch, whose moments normalise the layers.
    slices : int
        Slices of a patch; the inner ones, 8 fewer, are predicted.
    patch_size : tuple of 3 int
        Rows and columns of WT, TC and ET, multiples of 4.
    loss : {'dice', 'dice_cross_entropy'}
        The published soft Dice, or that plus the mean cross-entropy.
    learning_rate, weight_decay, gradient_clip : float
        Of Adam; L2 penalty; largest norm of the gradient (0: not clipped).
    augmentation : PatchAugmentation
        How patches are varied.
    validation_patches : int
        Of each validation case, the same in every epoch.
    device : {'cpu', 'cuda'}
        cuda: one network after the other.
    threads : int
        Networks trained at once on the CPU, each on a thread of its own; 0: all cores.
    checkpoint : str
        Folder for each network's state after each epoch; resumed where there is one.
    scratch : str
        Folder for prepared cases, which are then mapped rather than held in memory.
    seed : int
        Of weights, patches, noise and augmentation.
    """
    def __call__(self, training: collections.abc.Sequence[TrainingCase], validation: collections.abc.Sequence[TrainingCase] = [], progress: typing.Any = None, initial: CascadeWeights | None = None) -> TrainedCascade:
        """
        Train.
        
        Parameters
        ----------
        training : list of TrainingCase
        validation : list of TrainingCase, optional
            Judged after every epoch; the weights of the best one are kept. Without them those of the last.
        progress : callable (stage, done, total), optional
            Gets the batches done, with the latest Dice in the name of the stage. Return False to stop.
        initial : CascadeWeights, optional
            Weights to start from, and those of what is not trained. Without it these are random, and flagged.
        
        Returns
        -------
        TrainedCascade
        
        Raises
        ------
        DataError
            Naming the case whose images or labels are missing or do not fit; or if no case has what a stage looks for.
        GeometryError, OptionError, IoError, FormatError, VersionError
            Naming the case, the option, or the checkpoint that cannot be used.
        ConvergenceError
            If gradients are not finite.
        Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, stages: collections.abc.Sequence[typing.Literal['WT', 'TC', 'ET']] = ['WT', 'TC', 'ET'], views: collections.abc.Sequence[typing.Literal['axial', 'sagittal', 'coronal']] = ['axial', 'sagittal', 'coronal'], epochs: typing.SupportsInt | typing.SupportsIndex = 80, view_epochs: typing.SupportsInt | typing.SupportsIndex = 20, views_from_axial: bool = True, epoch_batches: typing.SupportsInt | typing.SupportsIndex = 250, batch_size: typing.SupportsInt | typing.SupportsIndex = 5, slices: typing.SupportsInt | typing.SupportsIndex = 19, patch_size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"] = [144, 96, 64], loss: typing.Literal['dice', 'dice_cross_entropy'] = 'dice', learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.001, weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0, gradient_clip: typing.SupportsFloat | typing.SupportsIndex = 0.0, augmentation: PatchAugmentation = ..., validation_patches: typing.SupportsInt | typing.SupportsIndex = 4, device: typing.Literal['cpu', 'cuda'] = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0, checkpoint: str = '', scratch: str = '', seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def augmentation(self) -> PatchAugmentation:
        """
        How patches are varied.
        """
    @augmentation.setter
    def augmentation(self, arg0: PatchAugmentation) -> None:
        ...
    @property
    def batch_size(self) -> int:
        """
        Patches in a batch.
        """
    @batch_size.setter
    def batch_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def checkpoint(self) -> str:
        """
        Folder for states.
        """
    @checkpoint.setter
    def checkpoint(self, arg0: str) -> None:
        ...
    @property
    def device(self) -> typing.Literal['cpu', 'cuda']:
        """
        'cpu' or 'cuda'.
        """
    @device.setter
    def device(self, arg0: typing.Literal['cpu', 'cuda']) -> None:
        ...
    @property
    def epoch_batches(self) -> int:
        """
        Batches in an epoch.
        """
    @epoch_batches.setter
    def epoch_batches(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def epochs(self) -> int:
        """
        Of the axial networks.
        """
    @epochs.setter
    def epochs(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def gradient_clip(self) -> float:
        """
        Largest norm of the gradient; 0: not clipped.
        """
    @gradient_clip.setter
    def gradient_clip(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def learning_rate(self) -> float:
        """
        Step size of Adam.
        """
    @learning_rate.setter
    def learning_rate(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def loss(self) -> typing.Literal['dice', 'dice_cross_entropy']:
        """
        'dice' or 'dice_cross_entropy'.
        """
    @loss.setter
    def loss(self, arg0: typing.Literal['dice', 'dice_cross_entropy']) -> None:
        ...
    @property
    def patch_size(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Rows and columns of WT, TC and ET.
        """
    @patch_size.setter
    def patch_size(self, arg0: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> None:
        ...
    @property
    def scratch(self) -> str:
        """
        Folder for prepared cases.
        """
    @scratch.setter
    def scratch(self, arg0: str) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of everything random.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def slices(self) -> int:
        """
        Slices of a patch.
        """
    @slices.setter
    def slices(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def stages(self) -> list[typing.Literal['WT', 'TC', 'ET']]:
        """
        Which to train.
        """
    @stages.setter
    def stages(self, arg0: collections.abc.Sequence[typing.Literal['WT', 'TC', 'ET']]) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        Networks trained at once.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def validation_patches(self) -> int:
        """
        Of each validation case.
        """
    @validation_patches.setter
    def validation_patches(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def view_epochs(self) -> int:
        """
        Of the other views'.
        """
    @view_epochs.setter
    def view_epochs(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def views(self) -> list[typing.Literal['axial', 'sagittal', 'coronal']]:
        """
        Which to train.
        """
    @views.setter
    def views(self, arg0: collections.abc.Sequence[typing.Literal['axial', 'sagittal', 'coronal']]) -> None:
        ...
    @property
    def views_from_axial(self) -> bool:
        """
        The other views start from the axial network.
        """
    @views_from_axial.setter
    def views_from_axial(self, arg0: bool) -> None:
        ...
    @property
    def weight_decay(self) -> float:
        """
        L2 penalty.
        """
    @weight_decay.setter
    def weight_decay(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class BrainNetworkDescription:
    """
    What must be known of somebody's skull-stripping network to use it.
    
    Axes are those of its input tensor (1, 1, first, second, third). The defaults are those of SynthStrip.
    
    Parameters
    ----------
    name : str
        For reports and provenance.
    orientation : str
        How the three axes run: SynthStrip 'LIA', nnU-Net (HD-BET) 'SPL'.
    spacing : (float, float, float)
        Along the axes, mm; the image is resampled to it.
    multiple : int
        Sizes are padded with zeros to multiples of it.
    scaling : {'none', 'zscore', 'percentile'}
        'zscore': over all voxels; 'percentile': lowest value to 0, 99th percentile to 1.
    output : {'logit', 'probability', 'signed_distance'}
        A signed distance is in mm and negative inside.
    channel : int
        Of the output.
    threshold : float
        mm for a signed distance, else a probability.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, name: str = 'TorchScript', orientation: str = 'LIA', spacing: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] = ..., multiple: typing.SupportsInt | typing.SupportsIndex = 1, scaling: typing.Literal['none', 'zscore', 'percentile'] = 'percentile', output: typing.Literal['logit', 'probability', 'signed_distance'] = 'signed_distance', channel: typing.SupportsInt | typing.SupportsIndex = 0, threshold: typing.SupportsFloat | typing.SupportsIndex = 1.0) -> None:
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
    def channel(self) -> int:
        """
        Of the output.
        """
    @channel.setter
    def channel(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def multiple(self) -> int:
        """
        Sizes are padded to it.
        """
    @multiple.setter
    def multiple(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
        How the axes run.
        """
    @orientation.setter
    def orientation(self, arg0: str) -> None:
        ...
    @property
    def output(self) -> typing.Literal['logit', 'probability', 'signed_distance']:
        """
        What the network gives.
        """
    @output.setter
    def output(self, arg0: typing.Literal['logit', 'probability', 'signed_distance']) -> None:
        ...
    @property
    def scaling(self) -> typing.Literal['none', 'zscore', 'percentile']:
        """
        Of intensities.
        """
    @scaling.setter
    def scaling(self, arg0: typing.Literal['none', 'zscore', 'percentile']) -> None:
        ...
    @property
    def spacing(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        mm
        """
    @spacing.setter
    def spacing(self, arg0: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> None:
        ...
    @property
    def threshold(self) -> float:
        """
        Of the output.
        """
    @threshold.setter
    def threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class TorchScriptBrainExtractor(bolus._core.preprocess.BrainExtractor):
    """
    Any skull-stripping network that was saved with TorchScript.
    
    The image is brought to the network's axes and voxels by trilinear interpolation, the network's output back to the image's, where it is
    cut at the threshold; the largest part is kept.
    
    Parameters
    ----------
    model : path
    description : BrainNetworkDescription
    device : str
        'cpu', 'cuda' or 'cuda:1'.
    
    Raises
    ------
    IoError
        If the file cannot be read.
    FormatError
        If it is no TorchScript.
    OptionError
        If description or device are impossible.
    """
    def __init__(self, model: os.PathLike | str | bytes, description: BrainNetworkDescription, device: str = 'cpu') -> None:
        ...
    def __repr__(self) -> str:
        ...
    @property
    def description(self) -> BrainNetworkDescription:
        ...
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
def convert_weights(folder: os.PathLike | str | bytes, path: os.PathLike | str | bytes, overwrite: bool = False) -> None:
    """
    The published folder of TensorFlow checkpoints as one .safetensors file, licence and source in its metadata.
    
    Parameters
    ----------
    folder : path
        "model17" of https://github.com/taigw/brats17.
    path : path
        Where to write.
    overwrite : bool
    
    Raises
    ------
    IoError, FormatError
        As `read_brats17_weights` and `save_cascade`.
    """
def hold_out(cases: collections.abc.Sequence[TrainingCase], fraction: typing.SupportsFloat | typing.SupportsIndex = 0.1, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> tuple[list[TrainingCase], list[TrainingCase]]:
    """
    Take a share of the cases out of training, at random by `seed`.
    
    Parameters
    ----------
    cases : list of TrainingCase
    fraction : float
        0 to 0.5; at least one case where it is above 0.
    seed : int
    
    Returns
    -------
    training, validation : lists of TrainingCase
    
    Raises
    ------
    OptionError
    DataError
        If nothing would be left to train on.
    """
def label_hash(labels: bolus._core.core.LabelMap) -> str:
    """
    SHA-256 of a label map's size and voxels: the same for the same labels, whatever file they came from.
    """
def load_cascade(path: os.PathLike | str | bytes) -> CascadeWeights:
    """
    Read what `save_cascade` or `convert_weights` wrote.
    
    Returns
    -------
    CascadeWeights
    
    Raises
    ------
    IoError, FormatError, VersionError
        If the file cannot be read; naming the array that is missing, damaged or of another shape; for a newer schema.
    """
def random_anisotropic_network(downsample_twice: bool, seed: typing.SupportsInt | typing.SupportsIndex) -> AnisotropicNetwork:
    """
    An AnisotropicNetwork with random weights, distributed as at the start of the original's training.
    """
def random_cascade(seed: typing.SupportsInt | typing.SupportsIndex) -> CascadeWeights:
    """
    CascadeWeights of random networks.
    """
def read_brain_network_description(path: os.PathLike | str | bytes) -> BrainNetworkDescription:
    """
    Read the description of a network from JSON.
    
    Parameters
    ----------
    path : path
        An object with the names of `BrainNetworkDescription`. What is left out has the default; the threshold of a logit or probability
        is then 0.5.
    
    Returns
    -------
    BrainNetworkDescription
    
    Raises
    ------
    IoError
        If the file cannot be read.
    FormatError
        If it is damaged or holds an unknown name or a value of the wrong kind.
    OptionError
        If a value is out of range.
    """
def read_brats17_network(checkpoint: os.PathLike | str | bytes) -> AnisotropicNetwork:
    """
    One published network (https://github.com/taigw/brats17) from its TensorFlow checkpoint.
    
    Parameters
    ----------
    checkpoint : path
        e.g. "model17/msnet_wt32_20000.ckpt".
    
    Returns
    -------
    AnisotropicNetwork
    
    Raises
    ------
    IoError, FormatError
        If the file is missing; naming the tensor that is missing, damaged or of another shape.
    """
def read_brats17_weights(folder: os.PathLike | str | bytes) -> CascadeWeights:
    """
    All nine published networks from their folder "model17".
    
    Returns
    -------
    CascadeWeights
        Licence and source in its notes.
    
    Raises
    ------
    IoError, FormatError
        If a file is missing; naming the tensor that is missing, damaged or of another shape.
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
def read_tensorflow_checkpoint(path: os.PathLike | str | bytes) -> dict:
    """
    The float32 tensors of a TensorFlow V2 checkpoint, without TensorFlow.
    
    Parameters
    ----------
    path : path
        "model.ckpt" or "model.ckpt.index"; the data files lie beside it.
    
    Returns
    -------
    dict of str to array
    
    Raises
    ------
    IoError
        If a file is missing.
    FormatError
        Naming file and tensor, if one is cut short, damaged (every block and tensor has a CRC-32C) or of another kind.
    """
def save_cascade(weights: CascadeWeights, path: os.PathLike | str | bytes, overwrite: bool = False) -> None:
    """
    Write the nine networks as one .safetensors file.
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or the file exists and `overwrite` is false.
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
