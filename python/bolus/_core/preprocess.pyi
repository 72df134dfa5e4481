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
import typing
__all__: list[str] = ['AlignStudy', 'AlignmentResult', 'BiasCorrection', 'BiasCorrectionResult', 'RegistrationResult', 'Reorient', 'Resample', 'RigidRegistration', 'RigidTransform', 'foreground_mask', 'isotropic_geometry', 'labels_on_perfusion_grid', 'orientation_of', 'read_transform', 'write_transform']
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
    What a registration found.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt.
        """
    @property
    def initial_metric(self) -> float:
        """
        The same with the headers as they were.
        """
    @property
    def iterations(self) -> int:
        """
        Over all levels.
        """
    @property
    def metric(self) -> float:
        """
        Mutual information at the end, nats.
        """
    @property
    def overlap(self) -> float:
        """
        Share of the fixed samples that land in the moving image.
        """
    @property
    def transform(self) -> RigidTransform:
        """
        Points of the fixed image to points of the moving one, LPS mm.
        """
class RigidRegistration:
    """
    Rigid registration by mutual information, coarse to fine.
    
    Mattes et al. 2003, ITK's v4 metric. From several starts (headers as they are, centres aligned, turned about each axis) the best
    go through the coarsest level, the best of those to the end. The same bits on any number of threads.
    
    Parameters
    ----------
    bins : int
        Of the joint histogram, per image; at least 5.
    sampling : float
        Share of the lattice points that are used, over 0 to 1.
    spacings : sequence of float
        Millimetres between lattice points, per level.
    sigmas : sequence of float
        Millimetres of Gaussian smoothing, per level.
    iterations : sequence of int
        At most, per level.
    start_angles : sequence of float
        Degrees about each axis tried at the coarsest level.
    starts : int
        Best of them that are followed through the coarsest level.
    minimum_overlap : float
        Below it the result is flagged, and a start is not followed.
    seed : int
        Of the jitter of the samples.
    threads : int
        For smoothing; 0: all cores.
    """
    def __call__(self, fixed: bolus._core.core.Image, moving: bolus._core.core.Image, fixed_mask: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> RegistrationResult:
        """
        Register.
        
        Parameters
        ----------
        fixed, moving : bolus.Image
        fixed_mask : bolus.Mask, optional
            On the grid of `fixed`: where the metric is measured.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        RegistrationResult
        
        Raises
        ------
        DataError
            If an image is empty, constant or not finite.
        GeometryError
            If the mask lies on another grid.
        OptionError
            If an option is out of range.
        ConvergenceError
            If the images never overlap.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, bins: typing.SupportsInt | typing.SupportsIndex = 32, sampling: typing.SupportsFloat | typing.SupportsIndex = 0.25, spacings: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [8.0, 4.0, 2.0], sigmas: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [4.0, 2.0, 1.0], iterations: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [100, 100, 100], start_angles: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [0.0, 10.0, -10.0, 20.0, -20.0], starts: typing.SupportsInt | typing.SupportsIndex = 3, minimum_overlap: typing.SupportsFloat | typing.SupportsIndex = 0.5, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
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
        At most, per level.
        """
    @iterations.setter
    def iterations(self, arg0: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> None:
        ...
    @property
    def minimum_overlap(self) -> float:
        """
        Below it the result is flagged.
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
        Degrees about each axis.
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
class BiasCorrection:
    """
    N4 bias field correction (Tustison et al. 2010).
    
    The mean within the mask is preserved; voxels at 0 or below take no part and stay as they are. The same bits on any number of
    threads.
    
    Parameters
    ----------
    shrink : int
        Step between the voxels used; axes with thick voxels are thinned less.
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
    def __call__(self, image: bolus._core.core.Image, mask: bolus._core.core.Mask | None = None, progress: typing.Any = None) -> BiasCorrectionResult:
        """
        Correct an image.
        
        Parameters
        ----------
        image : bolus.Image
        mask : bolus.Mask, optional
            `foreground_mask(image)` when not given.
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
            If the mask lies on another grid.
        OptionError
            If an option is out of range.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, shrink: typing.SupportsInt | typing.SupportsIndex = 4, iterations: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [50, 50, 50, 50], tolerance: typing.SupportsFloat | typing.SupportsIndex = 1e-06, control_points: typing.SupportsInt | typing.SupportsIndex = 4, bins: typing.SupportsInt | typing.SupportsIndex = 200, full_width: typing.SupportsFloat | typing.SupportsIndex = 0.15, wiener_noise: typing.SupportsFloat | typing.SupportsIndex = 0.01, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
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
class Resample:
    """
    Resamples onto another grid in one step.
    
    Parameters
    ----------
    interpolation : {'linear', 'nearest'}
        Of images; masks and labels always take the nearest voxel.
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
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, interpolation: typing.Literal['linear', 'nearest'] = 'linear', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def interpolation(self) -> typing.Literal['linear', 'nearest']:
        """
        'linear' or 'nearest'
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'nearest']) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class AlignmentResult:
    """
    A study on one grid, and how it came there.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per registration as a pandas DataFrame.
        """
    @property
    def bias_fields(self) -> dict:
        """
        Each on its image's own grid.
        """
    @property
    def perfusion_registration(self) -> RegistrationResult | None:
        """
        RegistrationResult of the mean of the first DSC volumes to CET1, or None.
        """
    @property
    def registrations(self) -> dict:
        """
        RegistrationResult of t1, t2, flair to CET1.
        """
    @property
    def study(self) -> bolus._core.core.AlignedStudy:
        ...
class AlignStudy:
    """
    Brings a study onto the grid of CET1 at 1 mm.
    
    T1, T2, FLAIR and the mean of the first DSC volumes are registered to CET1; the bias field of each structural image is divided
    out on its own grid; and each is resampled once. The DSC series keeps its grid and signals; only its transform is kept. Labels on
    a structural grid are carried along, labels on the DSC grid stay there.
    
    Parameters
    ----------
    spacing : float
        Millimetres of the target grid.
    register_images : bool
        False where the headers are right already.
    correct_bias : bool
        N4 on the structural images.
    baseline_volumes : int
        First DSC volumes whose mean is registered: before the bolus.
    registration : RigidRegistration
    bias_correction : BiasCorrection
    interpolation : {'linear', 'nearest'}
    threads : int
        0: all cores; images are worked on side by side.
    """
    bias_correction: BiasCorrection
    registration: RigidRegistration
    def __call__(self, images: bolus._core.io.StudyImages, progress: typing.Any = None) -> AlignmentResult:
        """
        Align a study.
        
        Parameters
        ----------
        images : bolus.io.StudyImages
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        AlignmentResult
        
        Raises
        ------
        DataError
            If CET1 is missing, or an image is empty, constant or not finite.
        GeometryError
            If the labels lie on the grid of no image.
        ConvergenceError
            If images never overlap.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, spacing: typing.SupportsFloat | typing.SupportsIndex = 1.0, register_images: bool = True, correct_bias: bool = True, baseline_volumes: typing.SupportsInt | typing.SupportsIndex = 5, registration: RigidRegistration = ..., bias_correction: BiasCorrection = ..., interpolation: typing.Literal['linear', 'nearest'] = 'linear', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline_volumes(self) -> int:
        """
        First DSC volumes whose mean is registered.
        """
    @baseline_volumes.setter
    def baseline_volumes(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
    def interpolation(self) -> typing.Literal['linear', 'nearest']:
        """
        'linear' or 'nearest'
        """
    @interpolation.setter
    def interpolation(self, arg0: typing.Literal['linear', 'nearest']) -> None:
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
def labels_on_perfusion_grid(study: bolus._core.core.AlignedStudy) -> bolus._core.core.LabelMap:
    """
    The study's labels on the grid of its DSC series, by nearest neighbour.
    
    Parameters
    ----------
    study : bolus.AlignedStudy
    
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
