"""
From images as scanned to a study on one 1 mm grid.
"""
from __future__ import annotations
import bolus._core.core
import bolus._core.io
import collections.abc
import numpy
import numpy.typing
import os
import pathlib
import typing
__all__: list[str] = ['BiasCorrection', 'BiasCorrectionResult', 'BiasField', 'BrainConsensus', 'BrainExtraction', 'BrainExtractionResult', 'BrainExtractor', 'BrainMaskCheck', 'BrainMaskQuality', 'GivenBrainMask', 'MirrorPlane', 'MotionCorrection', 'MotionResult', 'NormalWhiteMatter', 'NormalWhiteMatterResult', 'Preprocess', 'PreprocessResult', 'RegistrationResult', 'Reorient', 'Resample', 'RigidRegistration', 'RigidTransform', 'SymmetrySearch', 'TissueClassification', 'TissueMaps', 'divide_bias', 'foreground_mask', 'isotropic_geometry', 'labels_on_perfusion_grid', 'orientation_of', 'read_matrix_ras', 'read_transform', 'write_matrix_ras', 'write_transform']
class Reorient:
    """
    Permutes and flips axes until they run as asked; no voxel changes or moves.
    
    Parameters
    ----------
    orientation : str
        One letter of each of R/L, A/P, S/I, in any order: towards growing index.
    """
    @typing.overload
    def __call__(self, image: bolus._core.core.Image) -> bolus._core.core.Image:
        """
        Reorient an image, mask, label map or series.
        
        Raises
        ------
        OptionError
            If the orientation is impossible.
        DataError
            If the image is empty.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.Mask) -> bolus._core.core.Mask:
        """
        Reorient an image, mask, label map or series.
        
        Raises
        ------
        OptionError
            If the orientation is impossible.
        DataError
            If the image is empty.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.LabelMap) -> bolus._core.core.LabelMap:
        """
        Reorient an image, mask, label map or series.
        
        Raises
        ------
        OptionError
            If the orientation is impossible.
        DataError
            If the image is empty.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.PerfusionSeries) -> bolus._core.core.PerfusionSeries:
        """
        Reorient an image, mask, label map or series.
        
        Raises
        ------
        OptionError
            If the orientation is impossible.
        DataError
            If the image is empty.
        """
    def __getstate__(self) -> tuple[typing.Any]:
        ...
    def __init__(self, orientation: str = 'LPS') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def orientation(self) -> str:
        """
        e.g. 'LPS'
        """
    @orientation.setter
    def orientation(self, arg0: str) -> None:
        ...
class RigidTransform:
    """
    A rotation and a translation in LPS millimetres.
    
    The transform of a registration maps points of the fixed image to points of the moving one, as in ITK.
    
    Parameters
    ----------
    matrix : array (4, 4), optional
        The identity when not given.
    
    Raises
    ------
    GeometryError
        If the matrix is not rigid.
    """
    __hash__: typing.ClassVar[None] = None
    def __call__(self, point: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        Where an LPS point in mm goes.
        """
    def __eq__(self, arg0: RigidTransform) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]]:
        ...
    def __init__(self, matrix: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"] = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def compose(self, first: RigidTransform) -> RigidTransform:
        """
        First `first`, then this one.
        """
    def displacement(self, point: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> float:
        """
        How far an LPS point in mm moves, mm.
        """
    def inverse(self) -> RigidTransform:
        """
        From the moving image to the fixed one.
        """
    def rotation_angle(self) -> float:
        """
        Degrees, 0 to 180.
        """
    def to_ras(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        The same transform between RAS coordinates, (4, 4).
        """
    @property
    def matrix(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        (4, 4), LPS mm.
        """
class RegistrationResult:
    """
    What a registration found, and how far it can be trusted.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def agreement(self) -> float:
        """
        Share of blocks whose own best place is where the transform puts them, either way round.
        """
    @property
    def chance_metric(self) -> float:
        """
        The largest of the same at poses far from the one found.
        """
    @property
    def coverage(self) -> float:
        """
        Share of the fixed image's foreground (or mask) that lies where the moving one has signal.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons for the verdict.
        """
    @property
    def initial_metric(self) -> float:
        """
        The same with the headers as they were.
        """
    @property
    def iterations(self) -> int:
        """
        Evaluations of the metric, over all levels and starts.
        """
    @property
    def local_residual(self) -> float:
        """
        Median distance of the blocks' own best places from there, mm.
        """
    @property
    def metric(self) -> float:
        """
        Mutual information at the end, nats.
        """
    @property
    def moving_coverage(self) -> float:
        """
        Share of the moving image's foreground that lies where the fixed one has signal.
        """
    @property
    def overlap(self) -> float:
        """
        Share of the fixed samples that land in the moving image.
        """
    @property
    def rotation(self) -> float:
        """
        Degrees.
        """
    @property
    def transform(self) -> RigidTransform:
        """
        Points of the fixed image to points of the moving one, LPS mm.
        """
    @property
    def translation(self) -> float:
        """
        Of the middle of the fixed image, mm.
        """
    @property
    def verdict(self) -> typing.Literal['good', 'doubtful', 'failed']:
        """
        'good', 'doubtful' (look at it; the flags say why) or 'failed'.
        """
class RigidRegistration:
    """
    Rigid registration by mutual information, coarse to fine.
    
    Mattes et al. 2003: samples of the fixed image fall into bins, those of the moving image are spread over four by a cubic
    B-spline. From many starts (headers as they are, centres aligned, each turned about the axes) the best are followed through the
    coarsest level, the best of those to the end. The verdict rests on mutual information far above that of poses elsewhere and on
    blocks of the head which, moved on their own, each fit best where the transform puts them. The same bits on any number of
    threads.
    
    Parameters
    ----------
    bins : int
        Of the joint histogram, per image; 5 to 128.
    sampling : float
        Share of the lattice points that are used, over 0 to 1.
    spacings : sequence of float
        mm between lattice points per level; thick slices keep their own.
    sigmas : sequence of float
        mm of Gaussian smoothing per level.
    iterations : sequence of int
        Evaluations of the metric, at most, per level and start.
    start_angles : sequence of float
        Degrees; all combinations of them about the axes are tried.
    starts : int
        Best of them that are followed through the coarsest level.
    mask_from_level : int
        First level that is measured within the mask only; coarser ones see the whole head.
    minimum_overlap : float
        Of the samples of the smaller image; a start below it is not followed.
    minimum_coverage : float
        Doubtful below it.
    minimum_agreement : float
        Doubtful below it, failed below half of it.
    largest_rotation : float
        Degrees; doubtful above it.
    largest_translation : float
        mm; doubtful above it.
    seed : int
        Of the jitter of the samples.
    threads : int
        0: all cores.
    """
    def __call__(self, fixed: bolus._core.core.Image, moving: bolus._core.core.Image, fixed_mask: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> RegistrationResult:
        """
        Register.
        
        Parameters
        ----------
        fixed, moving : bolus.Image
        fixed_mask : bolus.Mask, optional
            On the grid of `fixed`: where the metric is measured after the first pass.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        RegistrationResult
        
        Raises
        ------
        DataError
            If an image is empty, constant, not finite or has fewer than four voxels along an axis.
        GeometryError
            If the mask lies on another grid.
        OptionError
            If an option is out of range.
        ConvergenceError
            If the images never overlap.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, bins: typing.SupportsInt | typing.SupportsIndex = 32, sampling: typing.SupportsFloat | typing.SupportsIndex = 0.25, spacings: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [8.0, 4.0, 2.0], sigmas: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [4.0, 2.0, 1.0], iterations: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [100, 100, 100], start_angles: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [0.0, 20.0, -20.0], starts: typing.SupportsInt | typing.SupportsIndex = 8, mask_from_level: typing.SupportsInt | typing.SupportsIndex = 1, minimum_overlap: typing.SupportsFloat | typing.SupportsIndex = 0.3, minimum_coverage: typing.SupportsFloat | typing.SupportsIndex = 0.6, minimum_agreement: typing.SupportsFloat | typing.SupportsIndex = 0.4, largest_rotation: typing.SupportsFloat | typing.SupportsIndex = 45.0, largest_translation: typing.SupportsFloat | typing.SupportsIndex = 100.0, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bins(self) -> int:
        """
        Of the joint histogram.
        """
    @bins.setter
    def bins(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def iterations(self) -> list[int]:
        """
        At most, per level and start.
        """
    @iterations.setter
    def iterations(self, arg0: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def largest_rotation(self) -> float:
        """
        Degrees; doubtful above it.
        """
    @largest_rotation.setter
    def largest_rotation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def largest_translation(self) -> float:
        """
        mm; doubtful above it.
        """
    @largest_translation.setter
    def largest_translation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def mask_from_level(self) -> int:
        """
        First level measured within the mask.
        """
    @mask_from_level.setter
    def mask_from_level(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def minimum_agreement(self) -> float:
        """
        Doubtful below it, failed below half of it.
        """
    @minimum_agreement.setter
    def minimum_agreement(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def minimum_coverage(self) -> float:
        """
        Doubtful below it.
        """
    @minimum_coverage.setter
    def minimum_coverage(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def minimum_overlap(self) -> float:
        """
        Of a start's samples.
        """
    @minimum_overlap.setter
    def minimum_overlap(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def sampling(self) -> float:
        """
        Share of the lattice points used.
        """
    @sampling.setter
    def sampling(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the jitter.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def sigmas(self) -> list[float]:
        """
        mm of smoothing, per level.
        """
    @sigmas.setter
    def sigmas(self, arg0: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    @property
    def spacings(self) -> list[float]:
        """
        mm between lattice points, per level.
        """
    @spacings.setter
    def spacings(self, arg0: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    @property
    def start_angles(self) -> list[float]:
        """
        Degrees about the axes.
        """
    @start_angles.setter
    def start_angles(self, arg0: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    @property
    def starts(self) -> int:
        """
        Followed through the coarsest level.
        """
    @starts.setter
    def starts(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class Resample:
    """
    Resamples onto another grid in one step.
    
    Parameters
    ----------
    interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
        Of images: cubic B-spline through the voxels, or a sinc under a Lanczos window of radius 5.
    labels : {'nearest', 'gaussian'}
        Of masks and label maps: the nearest voxel's, or the one with most weight under a Gaussian as wide as a voxel.
    clamp : bool
        Keep B-spline and sinc within the image's range: they ring at edges, below zero beside air.
    threads : int
        0: all cores.
    """
    @typing.overload
    def __call__(self, image: bolus._core.core.Image, target: bolus._core.core.Geometry, transform: RigidTransform = ...) -> bolus._core.core.Image:
        """
        Resample an image, mask or label map.
        
        Parameters
        ----------
        image : bolus.Image, bolus.Mask or bolus.LabelMap
        target : bolus.Geometry
        transform : RigidTransform
            Points of the target to points of the image.
        
        Returns
        -------
        Same kind as `image`, on the grid `target`; 0 outside the image.
        
        Raises
        ------
        DataError, GeometryError
            If the image is empty, or the target or transform impossible.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.Mask, target: bolus._core.core.Geometry, transform: RigidTransform = ...) -> bolus._core.core.Mask:
        """
        Resample an image, mask or label map.
        
        Parameters
        ----------
        image : bolus.Image, bolus.Mask or bolus.LabelMap
        target : bolus.Geometry
        transform : RigidTransform
            Points of the target to points of the image.
        
        Returns
        -------
        Same kind as `image`, on the grid `target`; 0 outside the image.
        
        Raises
        ------
        DataError, GeometryError
            If the image is empty, or the target or transform impossible.
        """
    @typing.overload
    def __call__(self, image: bolus._core.core.LabelMap, target: bolus._core.core.Geometry, transform: RigidTransform = ...) -> bolus._core.core.LabelMap:
        """
        Resample an image, mask or label map.
        
        Parameters
        ----------
        image : bolus.Image, bolus.Mask or bolus.LabelMap
        target : bolus.Geometry
        transform : RigidTransform
            Points of the target to points of the image.
        
        Returns
        -------
        Same kind as `image`, on the grid `target`; 0 outside the image.
        
        Raises
        ------
        DataError, GeometryError
            If the image is empty, or the target or transform impossible.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, interpolation: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest'] = 'linear', labels: typing.Literal['nearest', 'gaussian'] = 'nearest', clamp: bool = True, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def clamp(self) -> bool:
        """
        Keep B-spline and sinc within the image's range.
        """
    @clamp.setter
    def clamp(self, arg0: bool) -> None:
        ...
    @property
    def interpolation(self) -> typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']:
        """
        Of images.
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']) -> None:
        ...
    @property
    def labels(self) -> typing.Literal['nearest', 'gaussian']:
        """
        Of masks and label maps.
        """
    @labels.setter
    def labels(self, arg0: typing.Literal['nearest', 'gaussian']) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class MotionResult:
    """
    The motion of a series, and the series without it.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per volume as a pandas DataFrame: mm and degrees.
        """
    @property
    def bolus_first(self) -> int:
        """
        First volume of the bolus's first pass.
        """
    @property
    def bolus_last(self) -> int:
        """
        One past its last; equal to the first without a bolus.
        """
    @property
    def corrected(self) -> bolus._core.core.PerfusionSeries:
        """
        bolus.PerfusionSeries; shares its memory with the series given when nothing was resampled.
        """
    @property
    def covered(self) -> bolus._core.core.Mask:
        """
        Voxels that lie within every volume; others hold a border's value in some.
        """
    @property
    def displacement(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Mean over the brain, mm, against the reference.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def framewise_displacement(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        mm against the volume before, 0 for the first (Power et al. 2012, 50 mm).
        """
    @property
    def largest_motion(self) -> float:
        """
        Of any voxel of the brain in any volume, voxels along an axis.
        """
    @property
    def moved(self) -> list[int]:
        """
        Volumes whose framewise displacement exceeds the threshold.
        """
    @property
    def parameters(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (frames, 6): translation of the middle of the brain along L, P, S, mm; rotation about them, degrees.
        """
    @property
    def reference(self) -> bolus._core.core.Image:
        """
        Mean of the volumes before the bolus, each in its place.
        """
    @property
    def reference_first(self) -> int:
        """
        First volume of the reference.
        """
    @property
    def reference_last(self) -> int:
        """
        One past its last.
        """
    @property
    def resampled(self) -> bool:
        """
        Whether `corrected` differs from the series given.
        """
    @property
    def transforms(self) -> list[RigidTransform]:
        """
        Per volume: points of the reference to points of the volume, LPS mm.
        """
class MotionCorrection:
    """
    Realigns the volumes of a DSC series.
    
    Six parameters each, against the mean of the volumes before the bolus. The metric survives the bolus: within each small block of
    the brain the signal may be any smooth function of the reference (a parabola is fitted, voxels that fit badly count less). What
    the bolus still imitates is told from motion by looking whether the series, darkened as it darkens at rest, wants to move at all.
    Each volume starts where its neighbour ended. The same bits on any number of threads.
    
    Parameters
    ----------
    resampling : {'when_needed', 'always', 'never'}
        'when_needed': all volumes once some voxel of the brain has moved by `smallest_motion`, else none.
    smallest_motion : float
        Voxels along an axis.
    interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
        Of the realigned volumes.
    displacement_threshold : float
        mm of framewise displacement above which a volume counts as moved.
    largest_displacement : float
        mm, mean over the brain; flagged above it.
    block : float
        mm, edge of the blocks of the metric.
    sigmas : sequence of float
        mm of smoothing while measuring, at least half a voxel; one pass over the series for each.
    still_tolerance : float
        mm, mean over the brain. While no volume wants to leave its place by more, and none seems to have moved by more than a bolus
        can imitate, the series counts as still and all poses are those at rest; 0 never does.
    iterations : int
        At most, per volume and pass.
    threads : int
        0: all cores.
    """
    def __call__(self, series: bolus._core.core.PerfusionSeries, mask: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> MotionResult:
        """
        Realign a series.
        
        Parameters
        ----------
        series : bolus.PerfusionSeries
        mask : bolus.Mask, optional
            The brain, on the grid of the series; found from the signal when not given.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        MotionResult
        
        Raises
        ------
        DataError
            If the series is empty, constant or not finite, has fewer than four voxels along an axis, or too few in the mask.
        GeometryError
            If the mask lies on another grid.
        OptionError
            If an option is out of range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, resampling: typing.Literal['when_needed', 'always', 'never'] = 'when_needed', smallest_motion: typing.SupportsFloat | typing.SupportsIndex = 0.5, interpolation: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest'] = 'bspline', displacement_threshold: typing.SupportsFloat | typing.SupportsIndex = 0.5, largest_displacement: typing.SupportsFloat | typing.SupportsIndex = 5.0, block: typing.SupportsFloat | typing.SupportsIndex = 12.0, sigmas: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [3.0, 2.5, 2.5], still_tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.05, iterations: typing.SupportsInt | typing.SupportsIndex = 20, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def block(self) -> float:
        """
        mm
        """
    @block.setter
    def block(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def displacement_threshold(self) -> float:
        """
        mm of framewise displacement.
        """
    @displacement_threshold.setter
    def displacement_threshold(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def interpolation(self) -> typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']:
        """
        Of the realigned volumes.
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']) -> None:
        ...
    @property
    def iterations(self) -> int:
        """
        At most, per volume and pass.
        """
    @iterations.setter
    def iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def largest_displacement(self) -> float:
        """
        mm over the brain.
        """
    @largest_displacement.setter
    def largest_displacement(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def resampling(self) -> typing.Literal['when_needed', 'always', 'never']:
        """
        'when_needed', 'always' or 'never'
        """
    @resampling.setter
    def resampling(self, arg0: typing.Literal['when_needed', 'always', 'never']) -> None:
        ...
    @property
    def sigmas(self) -> list[float]:
        """
        mm, per pass.
        """
    @sigmas.setter
    def sigmas(self, arg0: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    @property
    def smallest_motion(self) -> float:
        """
        Voxels.
        """
    @smallest_motion.setter
    def smallest_motion(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def still_tolerance(self) -> float:
        """
        mm, below which a series counts as still.
        """
    @still_tolerance.setter
    def still_tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class BiasField:
    """
    A smooth multiplicative field over the box of a grid: exp of a cubic B-spline.
    
    It is known wherever it is asked for, so it can be estimated on one image and taken from another, raw or resampled, of the same scan.
    """
    def __call__(self, target: bolus._core.core.Geometry, to_grid: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"] = ..., threads: typing.SupportsInt | typing.SupportsIndex = 0) -> bolus._core.core.Image:
        """
        The field on any grid.
        
        Parameters
        ----------
        target : bolus.Geometry
        to_grid : array (4, 4)
            LPS mm: maps points of the target to points of the grid.
        threads : int
            0: all cores.
        
        Returns
        -------
        bolus.Image
            Beyond the box the value at its edge.
        
        Raises
        ------
        GeometryError
            If target or matrix are impossible.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def coefficients(self) -> list[float]:
        """
        x fastest, of the log field.
        """
    @property
    def control_points(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Of the spline, per axis.
        """
    @property
    def grid(self) -> bolus._core.core.Geometry:
        """
        Whose box the spline covers.
        """
    @property
    def scale(self) -> float:
        """
        Factor that keeps the mean within the mask.
        """
class BiasCorrectionResult:
    """
    An image without its bias field.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Iterations per level as a pandas DataFrame.
        """
    @property
    def corrected(self) -> bolus._core.core.Image:
        """
        image / field
        """
    @property
    def field(self) -> bolus._core.core.Image:
        """
        Multiplicative, around 1.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        ...
    @property
    def iterations(self) -> list[int]:
        """
        Done, per level.
        """
    @property
    def spline(self) -> BiasField:
        """
        The same field for other grids.
        """
class BiasCorrection:
    """
    N4 bias field correction (Tustison et al. 2010).
    
    The mean within the mask is preserved; voxels at 0 or below take no part and stay as they are. The same bits on any number of
    threads.
    
    Parameters
    ----------
    shrink : int
        Step between the voxels used, at most 5 mm; axes with thick voxels are thinned less.
    iterations : sequence of int
        At most, per level; each level doubles the spans of the spline's lattice.
    tolerance : float
        A level ends when the coefficient of variation of the field's change falls below.
    control_points : int
        Per axis at the first level, at least 4.
    bins : int
        Of the log histogram.
    full_width : float
        FWHM of the Gaussian that widens the log histogram.
    wiener_noise : float
        Noise term of the deconvolution.
    threads : int
        0: all cores.
    """
    def __call__(self, image: bolus._core.core.Image, mask: bolus._core.core.Mask | None = None, weights: bolus._core.core.Image | None = None, progress: typing.Any = None) -> BiasCorrectionResult:
        """
        Correct an image.
        
        Parameters
        ----------
        image : bolus.Image
        mask : bolus.Mask, optional
            `foreground_mask(image)` when not given.
        weights : bolus.Image, optional
            0 or more: how much a voxel of the mask counts in the fit, e.g. the probability of white matter.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        BiasCorrectionResult
        
        Raises
        ------
        DataError
            If the image is not finite or has no positive voxel in the mask.
        GeometryError
            If mask or weights lie on another grid.
        OptionError
            If an option is out of range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, shrink: typing.SupportsInt | typing.SupportsIndex = 4, iterations: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [50, 50, 50], tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-06, control_points: typing.SupportsInt | typing.SupportsIndex = 4, bins: typing.SupportsInt | typing.SupportsIndex = 200, full_width: typing.SupportsFloat | typing.SupportsIndex = 0.15, wiener_noise: typing.SupportsFloat | typing.SupportsIndex = 0.01, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bins(self) -> int:
        """
        Of the log histogram.
        """
    @bins.setter
    def bins(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def control_points(self) -> int:
        """
        Per axis at the first level.
        """
    @control_points.setter
    def control_points(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def full_width(self) -> float:
        """
        FWHM in log intensity.
        """
    @full_width.setter
    def full_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def iterations(self) -> list[int]:
        """
        At most, per level.
        """
    @iterations.setter
    def iterations(self, arg0: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def shrink(self) -> int:
        """
        Step between the voxels used.
        """
    @shrink.setter
    def shrink(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        """
        Ends a level.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def wiener_noise(self) -> float:
        """
        Of the deconvolution.
        """
    @wiener_noise.setter
    def wiener_noise(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class BrainMaskQuality:
    """
    What a brain mask looks like, in numbers.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def border_share(self) -> float:
        """
        Of its surface, on a side of the image.
        """
    @property
    def compactness(self) -> float:
        """
        1 for a sphere.
        """
    @property
    def cut_above(self) -> float:
        """
        The same of the highest section.
        """
    @property
    def cut_below(self) -> float:
        """
        Area of the image's lowest section over the largest one.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def fragments(self) -> float:
        """
        mL outside its largest part.
        """
    @property
    def holes(self) -> float:
        """
        mL enclosed that do not belong to it.
        """
    @property
    def symmetry(self) -> float:
        """
        Dice of the mask with its mirror image, 0 to 1.
        """
    @property
    def verdict(self) -> typing.Literal['good', 'doubtful', 'failed']:
        """
        'good', 'doubtful' or 'failed'.
        """
    @property
    def volume(self) -> float:
        """
        mL
        """
class BrainMaskCheck:
    """
    Judges a brain mask by itself.
    
    Its volume, how alike its halves are, holes, parts, shape, and whether it touches the border of the image. The limits hold for the
    whole brain of an adult; for a child or a slab give your own.
    
    Parameters
    ----------
    min_volume, max_volume : float
        mL, doubtful outside; failed below half of the first or above one and a half times the second.
    min_symmetry : float
        Dice of the halves, doubtful below; failed below it by 0.15.
    max_holes, max_fragments : float
        mL, doubtful above.
    min_compactness : float
        Doubtful below.
    max_border_share, max_cut : float
        Doubtful above.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, mask: bolus._core.core.Mask) -> BrainMaskQuality:
        """
        Judge a mask.
        
        Parameters
        ----------
        mask : bolus.Mask
        
        Returns
        -------
        BrainMaskQuality
            An empty mask is 'failed'.
        
        Raises
        ------
        OptionError
            If a limit is out of range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, min_volume: typing.SupportsFloat | typing.SupportsIndex = 900.0, max_volume: typing.SupportsFloat | typing.SupportsIndex = 2000.0, min_symmetry: typing.SupportsFloat | typing.SupportsIndex = 0.9, max_holes: typing.SupportsFloat | typing.SupportsIndex = 1.0, max_fragments: typing.SupportsFloat | typing.SupportsIndex = 5.0, min_compactness: typing.SupportsFloat | typing.SupportsIndex = 0.45, max_border_share: typing.SupportsFloat | typing.SupportsIndex = 0.01, max_cut: typing.SupportsFloat | typing.SupportsIndex = 0.5, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def max_border_share(self) -> float:
        """
        Of the surface.
        """
    @max_border_share.setter
    def max_border_share(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_cut(self) -> float:
        """
        Of the largest section.
        """
    @max_cut.setter
    def max_cut(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_fragments(self) -> float:
        """
        mL
        """
    @max_fragments.setter
    def max_fragments(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_holes(self) -> float:
        """
        mL
        """
    @max_holes.setter
    def max_holes(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def max_volume(self) -> float:
        """
        mL
        """
    @max_volume.setter
    def max_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_compactness(self) -> float:
        """
        1: a sphere
        """
    @min_compactness.setter
    def min_compactness(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_symmetry(self) -> float:
        """
        Dice
        """
    @min_symmetry.setter
    def min_symmetry(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_volume(self) -> float:
        """
        mL
        """
    @min_volume.setter
    def min_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class BrainExtractionResult:
    """
    A brain mask, with what speaks for or against it.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        The quality as one row.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def mask(self) -> bolus._core.core.Mask:
        """
        On the grid of the image.
        """
    @property
    def quality(self) -> BrainMaskQuality:
        """
        Of the mask.
        """
class BrainExtraction:
    """
    Skull stripping without weights or atlas.
    
    A surface model of the kind of the Brain Extraction Tool (Smith, Human Brain Mapping 2002). What brain looks like is learned from the middle
    of the head and what surrounds it from the rim, in whatever contrast the image has; the best closed surface between the two is a minimum
    cut (Li et al., IEEE PAMI 2006), which then settles on the best smooth border near it. Nothing in it is random.
    
    Parameters
    ----------
    resolution : float
        mm of the voxels worked on; the border lies between them.
    smoothness : float
        mm: folds of the border finer than this are smoothed away.
    edge : float
        Where the fall from brain (1) to what is darkest outside (0) counts as the border.
    margin : float
        mm to be added to the mask, or taken off where negative.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, image: bolus._core.core.Image, progress: typing.Any = None) -> BrainExtractionResult:
        """
        Find the brain.
        
        Parameters
        ----------
        image : bolus.Image
            A head in any structural contrast, or the mean of an echo-planar series.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        BrainExtractionResult
            Flags of the quality, and preprocess.brain.no_boundary.
        
        Raises
        ------
        DataError
            If the image is empty, constant or not finite, a single slice, or holds no head.
        OptionError
            If an option is out of range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, resolution: typing.SupportsFloat | typing.SupportsIndex = 2.0, smoothness: typing.SupportsFloat | typing.SupportsIndex = 3.0, edge: typing.SupportsFloat | typing.SupportsIndex = 0.2, margin: typing.SupportsFloat | typing.SupportsIndex = 0.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def edge(self) -> float:
        """
        Share of the fall.
        """
    @edge.setter
    def edge(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def margin(self) -> float:
        """
        mm
        """
    @margin.setter
    def margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def resolution(self) -> float:
        """
        mm
        """
    @resolution.setter
    def resolution(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def smoothness(self) -> float:
        """
        mm
        """
    @smoothness.setter
    def smoothness(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class BrainConsensus:
    """
    One brain mask from those of several images on one grid.
    
    Inside where the median of the signed distances to their borders is, so that one mask that is far off has no say.
    
    Parameters
    ----------
    min_agreement : float
        Dice with the consensus below which a mask is flagged.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, masks: collections.abc.Sequence[bolus._core.core.Mask], progress: typing.Any = None) -> BrainExtractionResult:
        """
        Join masks.
        
        Parameters
        ----------
        masks : sequence of bolus.Mask
            On one grid.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        BrainExtractionResult
            Flags of the quality, and preprocess.brain.disagreement for each mask unlike the consensus.
        
        Raises
        ------
        DataError
            If there is no mask, or one marks nothing.
        GeometryError
            If grids differ.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, min_agreement: typing.SupportsFloat | typing.SupportsIndex = 0.9, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def min_agreement(self) -> float:
        """
        Dice
        """
    @min_agreement.setter
    def min_agreement(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class BrainExtractor:
    """
    Finds the brain in an image of a head.
    
    Subclass it to bring your own: define ``__call__(self, image, progress=None)``, returning a Mask on the image's grid, and
    ``name(self)``. The image must not be kept after the call.
    """
    def __call__(self, image: bolus._core.core.Image, progress: typing.Any = None) -> bolus._core.core.Mask:
        """
        Find the brain.
        
        Parameters
        ----------
        image : bolus.Image
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        bolus.Mask
        
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
class GivenBrainMask(BrainExtractor):
    """
    The extractor for a brain outlined already.
    
    Parameters
    ----------
    mask : bolus.Mask
        Accepted as it is.
    
    Raises
    ------
    GeometryError
        When called, if the mask lies on another grid than the image.
    DataError
        When called, if it marks no voxel.
    """
    def __init__(self, mask: bolus._core.core.Mask) -> None:
        ...
    def __repr__(self) -> str:
        ...
class MirrorPlane:
    """
    The plane between the two halves of a head, LPS mm.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def distance(self, position: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> float:
        """
        Signed distance of an LPS point, mm; positive on the patient's left.
        """
    @typing.overload
    def mirrored(self, mask: bolus._core.core.Mask) -> bolus._core.core.Mask:
        """
        The mask as seen in the mirror, on its own grid.
        """
    @typing.overload
    def mirrored(self, position: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        The LPS point on the other side.
        """
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def normal(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        Unit vector towards the patient's left.
        """
    @property
    def point(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        A point in it, LPS mm.
        """
    @property
    def score(self) -> float:
        """
        Correlation of the halves, 1 for a perfect mirror image.
        """
class SymmetrySearch:
    """
    Finds the plane about which an image is most like its mirror image.
    
    T1 or contrast-enhanced T1; any contrast with two like halves. What has no counterpart, as a tumour, loses its weight in the course of
    the search. Nothing in it is random.
    
    Parameters
    ----------
    max_angle : float
        Degrees that the plane may be turned away from the sagittal plane of the patient.
    min_score : float
        Flagged below.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, image: bolus._core.core.Image, brain: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> MirrorPlane:
        """
        Find the plane.
        
        Parameters
        ----------
        image : bolus.Image
        brain : bolus.Mask, optional
            On the grid of `image`: where it is compared, with 8 mm around. The whole head when not given.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        MirrorPlane
            Flags preprocess.mirror.asymmetric, .limit.
        
        Raises
        ------
        DataError
            If the image is empty, constant or not finite, or the mask is empty.
        GeometryError
            If the mask lies on another grid.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, max_angle: typing.SupportsFloat | typing.SupportsIndex = 30.0, min_score: typing.SupportsFloat | typing.SupportsIndex = 0.5, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def max_angle(self) -> float:
        """
        degrees
        """
    @max_angle.setter
    def max_angle(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_score(self) -> float:
        """
        Flagged below.
        """
    @min_score.setter
    def min_score(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class TissueMaps:
    """
    Tissue of a brain.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def mask(self, tissue: typing.SupportsInt | typing.SupportsIndex) -> bolus._core.core.Mask:
        """
        Where the label is 1 (CSF), 2 (grey) or 3 (white matter).
        """
    def to_frame(self) -> typing.Any:
        """
        One row per tissue as a pandas DataFrame.
        """
    @property
    def bias_field(self) -> bolus._core.core.Image:
        """
        Multiplicative, around 1.
        """
    @property
    def csf(self) -> bolus._core.core.Image:
        """
        Probability.
        """
    @property
    def deviation(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        Standard deviations of the three.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def grey_matter(self) -> bolus._core.core.Image:
        """
        Probability.
        """
    @property
    def labels(self) -> bolus._core.core.Mask:
        """
        0 none, 1 CSF, 2 grey matter, 3 white matter.
        """
    @property
    def mean(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        Of CSF, grey and white matter, in the image's units.
        """
    @property
    def volume(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        mL of the three.
        """
    @property
    def white_matter(self) -> bolus._core.core.Image:
        """
        Probability.
        """
class TissueClassification:
    """
    Cerebrospinal fluid, grey and white matter from a T1-weighted image.
    
    A mixture of normal distributions with a smooth bias field (Wells et al. 1996), fitted by expectation maximisation from a start that
    depends on the image alone; then neighbours draw each voxel to what they are (a Markov random field, Zhang et al. 2001).
    
    Parameters
    ----------
    iterations : int
        At most.
    neighbours : float
        Weight of a voxel's neighbours; 0: each voxel by itself.
    bias_width : float
        mm over which the bias field is smooth; 0: no bias field.
    tolerance : float
        Ends when the mean change of the probabilities falls below.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, t1: bolus._core.core.Image, brain: bolus._core.core.Mask, excluded: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> TissueMaps:
        """
        Classify.
        
        Parameters
        ----------
        t1 : bolus.Image
            Before or after contrast medium.
        brain : bolus.Mask
        excluded : bolus.Mask, optional
            Voxels that are not classified: the tumour.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        TissueMaps
            Flags preprocess.tissue.contrast, .share, .iterations, .excluded.
        
        Raises
        ------
        DataError
            If the image is not finite or fewer than 1000 voxels of brain are left.
        GeometryError
            If grids differ.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, iterations: typing.SupportsInt | typing.SupportsIndex = 30, neighbours: typing.SupportsFloat | typing.SupportsIndex = 0.15, bias_width: typing.SupportsFloat | typing.SupportsIndex = 40.0, tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.001, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def bias_width(self) -> float:
        """
        mm
        """
    @bias_width.setter
    def bias_width(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def iterations(self) -> int:
        """
        At most.
        """
    @iterations.setter
    def iterations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def neighbours(self) -> float:
        """
        Weight of a voxel's neighbours.
        """
    @neighbours.setter
    def neighbours(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def tolerance(self) -> float:
        """
        Of the mean change.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class NormalWhiteMatterResult:
    """
    White matter taken as normal.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def mask(self) -> bolus._core.core.Mask:
        """
        On the grid of the tissue maps.
        """
    @property
    def volume(self) -> float:
        """
        mL
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels of the mask.
        """
class NormalWhiteMatter:
    """
    Normal-appearing white matter from the tissue of a structural image.
    
    White matter of the half without the tumour, without its border, away from the midline, from the tumour and from what mirrors it.
    `bolus.dsc.WhiteMatter` finds it on the grid of the series from the perfusion itself; this one does not depend on the perfusion.
    
    Parameters
    ----------
    probability : float
        Least probability of white matter.
    erosion : float
        mm taken off the border of white matter.
    tumour_margin : float
        mm around the tumour and around its mirror image that are left out.
    midline_margin : float
        mm to each side of the mirror plane that are left out.
    min_volume : float
        mL, flagged below.
    threads : int
        0: all cores. The result is the same for any number.
    """
    def __call__(self, tissue: TissueMaps, plane: MirrorPlane, labels: bolus._core.core.LabelMap | None = None) -> NormalWhiteMatterResult:
        """
        Find it.
        
        Parameters
        ----------
        tissue : TissueMaps
        plane : MirrorPlane
        labels : bolus.LabelMap, optional
            The tumour, on the grid of the tissue maps. Without it both halves are used.
        
        Returns
        -------
        NormalWhiteMatterResult
            Flags preprocess.white_matter.small, .crosses_midline, .not_eroded.
        
        Raises
        ------
        GeometryError
            If grids differ.
        DataError
            If nothing is left.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, probability: typing.SupportsFloat | typing.SupportsIndex = 0.9, erosion: typing.SupportsFloat | typing.SupportsIndex = 2.0, tumour_margin: typing.SupportsFloat | typing.SupportsIndex = 10.0, midline_margin: typing.SupportsFloat | typing.SupportsIndex = 3.0, min_volume: typing.SupportsFloat | typing.SupportsIndex = 5.0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def erosion(self) -> float:
        """
        mm
        """
    @erosion.setter
    def erosion(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def midline_margin(self) -> float:
        """
        mm
        """
    @midline_margin.setter
    def midline_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_volume(self) -> float:
        """
        mL
        """
    @min_volume.setter
    def min_volume(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def probability(self) -> float:
        """
        Of white matter.
        """
    @probability.setter
    def probability(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def tumour_margin(self) -> float:
        """
        mm
        """
    @tumour_margin.setter
    def tumour_margin(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class PreprocessResult:
    """
    A study on one grid, and everything that brought it there.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per verdict as a pandas DataFrame: image, stage, verdict, reasons.
        """
    @property
    def bias_fields(self) -> dict:
        """
        Dict of fields, each on its image's own grid.
        """
    @property
    def brain_masks(self) -> dict:
        """
        Dict of masks found in each image, each on its image's own grid.
        """
    @property
    def brain_quality(self) -> BrainMaskQuality | None:
        """
        BrainMaskQuality of `study.brain`, or None.
        """
    @property
    def mirror(self) -> MirrorPlane | None:
        """
        MirrorPlane between the halves of the head, or None.
        """
    @property
    def motion(self) -> typing.Any:
        """
        MotionResult of the DSC series, or None.
        """
    @property
    def perfusion_registration(self) -> RegistrationResult | None:
        """
        RegistrationResult of the mean DSC volume before the bolus to CET1, or None.
        """
    @property
    def registrations(self) -> dict:
        """
        Dict of RegistrationResult: t1, t2, flair to CET1.
        """
    @property
    def study(self) -> bolus._core.core.AlignedStudy:
        """
        The bolus.AlignedStudy.
        """
    @property
    def times(self) -> typing.Any:
        """
        How long each stage took, and whether it came from the cache, as a pandas DataFrame.
        """
    @property
    def tissue(self) -> typing.Any:
        """
        TissueMaps on the structural grid, or None.
        """
class Preprocess:
    """
    Brings a study onto the grid of CET1 at 1 mm.
    
    1. The DSC series is corrected for motion.
    2. The brain is found in CET1, and after 3. in every other image, and the masks are made one.
    3. T1, T2, FLAIR and the mean DSC volume before the bolus are registered to CET1, within the brain after a first pass.
    4. The bias field of each structural image is estimated within the brain, on the image's own grid.
    5. Each structural image is divided by its field and resampled once, from its own grid to the target.
    6. Tissue, mirror plane and normal white matter are found on the target.
    
    The DSC series keeps its grid; only its transform is kept, and without motion its signals stay as they are. Labels on a
    structural grid are carried along, labels on the DSC grid stay there. The same bits on any number of threads, from the cache
    or not.
    
    Parameters
    ----------
    spacing : float
        Millimetres of the target grid.
    register_images : bool
        False where the headers are right already (co-registered data).
    extract_brain : bool
        False: no brain mask, nor what needs one (tissue).
    brain_consensus : bool
        False: the brain of CET1 alone.
    correct_bias : bool
        N4 on the structural images.
    correct_motion : bool
        Of the DSC series.
    classify_tissue : bool
        Tissue, mirror plane, normal white matter.
    baseline_volumes : int
        First DSC volumes whose mean is registered where motion is not corrected.
    registration : RigidRegistration
    brain_extraction : BrainExtraction
    brain_check : BrainMaskCheck
    bias_correction : BiasCorrection
    motion_correction : MotionCorrection
    tissue_classification : TissueClassification
    symmetry_search : SymmetrySearch
    normal_white_matter : NormalWhiteMatter
    interpolation : {'linear', 'bspline', 'windowed_sinc', 'nearest'}
        Of images; linear as published.
    labels : {'nearest', 'gaussian'}
        Of labels and masks.
    cache : path, optional
        Folder for the stages' results, which are found again by content.
    threads : int
        0: all cores.
    """
    bias_correction: BiasCorrection
    brain_check: BrainMaskCheck
    brain_extraction: BrainExtraction
    motion_correction: MotionCorrection
    normal_white_matter: NormalWhiteMatter
    registration: RigidRegistration
    symmetry_search: SymmetrySearch
    tissue_classification: TissueClassification
    def __call__(self, images: bolus._core.io.StudyImages, extractor: BrainExtractor | None = None, progress: typing.Any = None) -> PreprocessResult:
        """
        Preprocess a study.
        
        Parameters
        ----------
        images : bolus.io.StudyImages
        extractor : BrainExtractor, optional
            Finds the brain in CET1 in place of `brain_extraction`: a network, or your own mask as GivenBrainMask.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        PreprocessResult
        
        Raises
        ------
        DataError
            If CET1 is missing, or an image is empty, constant or not finite.
        GeometryError
            If the labels lie on the grid of no image, or a brain mask not on that of CET1.
        ConvergenceError
            If images never overlap.
        IoError
            If the cache cannot be written.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, spacing: typing.SupportsFloat | typing.SupportsIndex = 1.0, register_images: bool = True, extract_brain: bool = True, brain_consensus: bool = True, correct_bias: bool = True, correct_motion: bool = True, classify_tissue: bool = True, baseline_volumes: typing.SupportsInt | typing.SupportsIndex = 5, registration: RigidRegistration = ..., brain_extraction: BrainExtraction = ..., brain_check: BrainMaskCheck = ..., bias_correction: BiasCorrection = ..., motion_correction: MotionCorrection = ..., tissue_classification: TissueClassification = ..., symmetry_search: SymmetrySearch = ..., normal_white_matter: NormalWhiteMatter = ..., interpolation: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest'] = 'linear', labels: typing.Literal['nearest', 'gaussian'] = 'nearest', cache: os.PathLike | str | bytes | None = None, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline_volumes(self) -> int:
        """
        Where motion is not corrected.
        """
    @baseline_volumes.setter
    def baseline_volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def brain_consensus(self) -> bool:
        """
        False: the brain of CET1 alone.
        """
    @brain_consensus.setter
    def brain_consensus(self, arg0: bool) -> None:
        ...
    @property
    def cache(self) -> pathlib.Path | None:
        """
        Folder, or None.
        """
    @cache.setter
    def cache(self, arg0: os.PathLike | str | bytes | None) -> None:
        ...
    @property
    def classify_tissue(self) -> bool:
        """
        Tissue, mirror plane, normal white matter.
        """
    @classify_tissue.setter
    def classify_tissue(self, arg0: bool) -> None:
        ...
    @property
    def correct_bias(self) -> bool:
        """
        N4 on the structural images.
        """
    @correct_bias.setter
    def correct_bias(self, arg0: bool) -> None:
        ...
    @property
    def correct_motion(self) -> bool:
        """
        Of the DSC series.
        """
    @correct_motion.setter
    def correct_motion(self, arg0: bool) -> None:
        ...
    @property
    def extract_brain(self) -> bool:
        """
        False: no brain mask, nor what needs one.
        """
    @extract_brain.setter
    def extract_brain(self, arg0: bool) -> None:
        ...
    @property
    def interpolation(self) -> typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']:
        """
        Of images.
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'bspline', 'windowed_sinc', 'nearest']) -> None:
        ...
    @property
    def labels(self) -> typing.Literal['nearest', 'gaussian']:
        """
        Of labels and masks.
        """
    @labels.setter
    def labels(self, arg0: typing.Literal['nearest', 'gaussian']) -> None:
        ...
    @property
    def register_images(self) -> bool:
        """
        False where the headers are right already.
        """
    @register_images.setter
    def register_images(self, arg0: bool) -> None:
        ...
    @property
    def spacing(self) -> float:
        """
        mm
        """
    @spacing.setter
    def spacing(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
def divide_bias(image: bolus._core.core.Image, field: bolus._core.core.Image) -> bolus._core.core.Image:
    """
    image / field, voxel by voxel; voxels at 0 or below stay as they are.
    
    Parameters
    ----------
    image, field : bolus.Image
    
    Returns
    -------
    bolus.Image
    
    Raises
    ------
    GeometryError
        If they lie on different grids.
    DataError
        If the field is not positive.
    """
def foreground_mask(image: bolus._core.core.Image, bins: typing.SupportsInt | typing.SupportsIndex = 200) -> bolus._core.core.Mask:
    """
    Where the image is not air: voxels above Otsu's threshold.
    
    Parameters
    ----------
    image : bolus.Image
    bins : int
        Of the histogram.
    
    Returns
    -------
    bolus.Mask
    
    Raises
    ------
    DataError
        If the image is empty, constant or not finite.
    """
def isotropic_geometry(geometry: bolus._core.core.Geometry, spacing: typing.SupportsFloat | typing.SupportsIndex = 1.0) -> bolus._core.core.Geometry:
    """
    The box of a grid with cubic voxels.
    
    Parameters
    ----------
    geometry : bolus.Geometry
    spacing : float
        Millimetres.
    
    Returns
    -------
    bolus.Geometry
        Same axes, first voxel's outer corner kept.
    
    Raises
    ------
    OptionError
        If the spacing is not between 0 and 100.
    """
def labels_on_perfusion_grid(study: bolus._core.core.AlignedStudy, labels: typing.Literal['nearest', 'gaussian'] = 'nearest') -> bolus._core.core.LabelMap:
    """
    The study's labels on the grid of its DSC series, for region curves from native signals.
    
    Labels that lie there already stay as they are.
    
    Parameters
    ----------
    study : bolus.AlignedStudy
    labels : {'nearest', 'gaussian'}
        The nearest voxel's, or the one with most weight under a Gaussian as wide as a voxel.
    
    Returns
    -------
    bolus.LabelMap
    
    Raises
    ------
    DataError
        If the study has no labels or no series.
    """
def orientation_of(geometry: bolus._core.core.Geometry) -> str:
    """
    How the axes of a grid run.
    
    Parameters
    ----------
    geometry : bolus.Geometry
    
    Returns
    -------
    str
        For x, y, z the letter of R/L, A/P, S/I towards which the index grows, as nibabel's aff2axcodes.
    """
def read_matrix_ras(path: os.PathLike | str | bytes) -> RigidTransform:
    """
    Read a transform between RAS points from text.
    
    Returns
    -------
    RigidTransform
    
    Raises
    ------
    IoError, FormatError
        If the file cannot be read, does not hold 16 numbers, or they are not rigid.
    """
def read_transform(path: os.PathLike | str | bytes) -> RigidTransform:
    """
    Read an ITK transform file that holds one rigid transform.
    
    Returns
    -------
    RigidTransform
    
    Raises
    ------
    IoError, FormatError
        If the file cannot be read, is damaged, or holds something else.
    """
def write_matrix_ras(path: os.PathLike | str | bytes, transform: RigidTransform, overwrite: bool = False) -> None:
    """
    Write a transform between RAS points as text.
    
    Four rows of four numbers, which numpy.loadtxt reads: points of the fixed image to points of the moving one, mm.
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or the file exists and `overwrite` is false.
    FormatError
        If the ending is that of something else (.tfm, .nii, .gz).
    """
def write_transform(path: os.PathLike | str | bytes, transform: RigidTransform, overwrite: bool = False) -> None:
    """
    Write an ITK transform file (.tfm or .txt).
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or the file exists and `overwrite` is false.
    FormatError
        If the ending is another.
    """
