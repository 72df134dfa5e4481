"""
Values, errors, random numbers and provenance.
"""
from __future__ import annotations
import collections.abc
import numpy
import numpy.typing
import os
import typing
__all__: list[str] = ['AlignedStudy', 'Cancelled', 'ConvergenceError', 'CurveSet', 'DataError', 'Dataset', 'Error', 'FormatError', 'Geometry', 'GeometryError', 'Image', 'IoError', 'LabelMap', 'Mask', 'OptionError', 'PerfusionSeries', 'Provenance', 'QcFlag', 'ShapeError', 'VersionError', 'file_hash', 'philox4x32', 'resolve_threads', 'write_atomically']
class Error(Exception):
    """
    Base of everything bolus raises.
    """
class IoError(Error, OSError):
    """
    A file or folder cannot be read or written.
    """
class FormatError(Error, ValueError):
    """
    A file was read but its content is not what its format demands.
    """
class GeometryError(Error, ValueError):
    """
    Images that must share a space do not, or a space is impossible.
    """
class ShapeError(Error, ValueError):
    """
    An array has the wrong number of dimensions or the wrong length.
    """
class DataError(Error, ValueError):
    """
    Values that cannot be used: NaN, empty, one class only, no voxel in a region.
    """
class OptionError(Error, ValueError):
    """
    An option outside its range, or options that exclude each other.
    """
class ConvergenceError(Error, RuntimeError):
    """
    An iteration did not reach its goal.
    """
class VersionError(Error, RuntimeError):
    """
    A file or library of another version than this one can use.
    """
class Cancelled(Error, RuntimeError):
    """
    A progress callback asked to stop.
    """
class QcFlag:
    """
    A reason to doubt a result that was computed all the same.
    """
    def __eq__(self, arg0: QcFlag) -> bool:
        ...
    def __getstate__(self) -> tuple[str, str]:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, code: str, message: str) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def code(self) -> str:
        """
        Stable, machine-readable, e.g. 'dsc.region.empty'.
        """
    @property
    def message(self) -> str:
        """
        For a person, what was seen and what it means.
        """
class Provenance:
    """
    How a result came to be: version, options, input hashes, seed, QC flags.
    """
    simulated: bool
    step: str
    def __init__(self, step: str, options: collections.abc.Mapping[str, str] = {}, inputs: collections.abc.Mapping[str, str] = {}, seed: typing.SupportsInt | typing.SupportsIndex | None = None, simulated: bool = False, flags: collections.abc.Sequence[QcFlag] = []) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def to_json(self) -> str:
        """
        The provenance as JSON text.
        """
    @property
    def flags(self) -> list[QcFlag]:
        ...
    @flags.setter
    def flags(self, arg0: collections.abc.Sequence[QcFlag]) -> None:
        ...
    @property
    def inputs(self) -> dict[str, str]:
        """
        Role (never a path) to SHA-256.
        """
    @inputs.setter
    def inputs(self, arg0: collections.abc.Mapping[str, str]) -> None:
        ...
    @property
    def options(self) -> dict[str, str]:
        """
        Option name to its value as text.
        """
    @options.setter
    def options(self, arg0: collections.abc.Mapping[str, str]) -> None:
        ...
    @property
    def seed(self) -> int | None:
        ...
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    @property
    def version(self) -> str:
        ...
class Geometry:
    """
    Where the voxels of a 3-D image lie in the patient: LPS, millimetres.
    
    Parameters
    ----------
    size : sequence of 3 int
        Voxels along x, y, z.
    spacing : sequence of 3 float
        Millimetres between voxel centres.
    origin : sequence of 3 float
        LPS position of the centre of voxel (0, 0, 0) in mm.
    direction : array (3, 3)
        Column k is the LPS unit vector of the k-th axis.
    
    Raises
    ------
    GeometryError
        If a size is not positive, a spacing not positive, or the axes are not orthonormal.
    """
    __hash__: typing.ClassVar[None] = None
    @staticmethod
    def from_affine(affine: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"], size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"]) -> Geometry:
        """
        The geometry of a RAS affine (4, 4), as nibabel gives it, and a size.
        """
    def __eq__(self, arg0: Geometry) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Annotated[list[int], "FixedSize(3)"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 3]"]]:
        ...
    def __init__(self, size: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(3)"], spacing: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] = ..., origin: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"] = ..., direction: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 3]"] = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def difference(self, other: Geometry, tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.01) -> str:
        """
        Empty when both describe the same grid within `tolerance` mm, else what differs.
        """
    def index_of(self, point: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        Voxel index (fractional) of an LPS position in mm.
        """
    def point_of(self, index: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[3, 1]"]) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        """
        LPS position in mm of a voxel index.
        """
    @property
    def affine(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        RAS affine (4, 4), as in nibabel.
        """
    @property
    def direction(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 3]"]:
        ...
    @property
    def origin(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        ...
    @property
    def size(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        ...
    @property
    def spacing(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[3, 1]"]:
        ...
class Image:
    """
    A 3-D image of float32 voxels.
    
    Parameters
    ----------
    array : array (x, y, z)
        Used in place when its type fits and x is fastest in memory (order 'F'), else copied.
    affine : array (4, 4), optional
        RAS affine as in nibabel; the identity when not given.
    
    Raises
    ------
    ShapeError
        If the array is not 3-D.
    GeometryError
        If the affine is singular or sheared.
    """
    @staticmethod
    def from_itk(image: typing.Any) -> Image:
        """
        From a 3-D image of ITK's Python package, over the same memory where its voxels are of the same type.
        """
    @staticmethod
    def from_nibabel(image: typing.Any) -> Image:
        """
        From a nibabel image; scaling is applied.
        """
    @staticmethod
    def from_sitk(image: typing.Any) -> Image:
        """
        From a 3-D SimpleITK image (copied: its memory is read-only to others).
        """
    def __array__(self, dtype: typing.Any = None, copy: typing.Any = None) -> typing.Any:
        ...
    def __dlpack__(self, **kwargs) -> typing.Any:
        ...
    def __dlpack_device__(self) -> typing.Any:
        ...
    def __getstate__(self) -> tuple:
        ...
    def __init__(self, array: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], affine: typing.Any = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_itk(self) -> typing.Any:
        """
        An image of ITK's Python package over the same memory.
        """
    def to_nibabel(self) -> typing.Any:
        """
        A nibabel.Nifti1Image over the same memory.
        """
    def to_sitk(self) -> typing.Any:
        """
        A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).
        """
    @property
    def affine(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        RAS affine (4, 4), as in nibabel.
        """
    @property
    def array(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        """
        The voxels (x, y, z), a view of the same memory.
        """
    @property
    def geometry(self) -> Geometry:
        ...
class Mask:
    """
    A 3-D image of uint8 voxels; those that take part are not 0.
    
    Parameters
    ----------
    array : array (x, y, z)
        Used in place when its type fits and x is fastest in memory (order 'F'), else copied.
    affine : array (4, 4), optional
        RAS affine as in nibabel; the identity when not given.
    
    Raises
    ------
    ShapeError
        If the array is not 3-D.
    GeometryError
        If the affine is singular or sheared.
    """
    @staticmethod
    def from_itk(image: typing.Any) -> Mask:
        """
        From a 3-D image of ITK's Python package, over the same memory where its voxels are of the same type.
        """
    @staticmethod
    def from_nibabel(image: typing.Any) -> Mask:
        """
        From a nibabel image; scaling is applied.
        """
    @staticmethod
    def from_sitk(image: typing.Any) -> Mask:
        """
        From a 3-D SimpleITK image (copied: its memory is read-only to others).
        """
    def __array__(self, dtype: typing.Any = None, copy: typing.Any = None) -> typing.Any:
        ...
    def __dlpack__(self, **kwargs) -> typing.Any:
        ...
    def __dlpack_device__(self) -> typing.Any:
        ...
    def __getstate__(self) -> tuple:
        ...
    def __init__(self, array: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], affine: typing.Any = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_itk(self) -> typing.Any:
        """
        An image of ITK's Python package over the same memory.
        """
    def to_nibabel(self) -> typing.Any:
        """
        A nibabel.Nifti1Image over the same memory.
        """
    def to_sitk(self) -> typing.Any:
        """
        A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).
        """
    @property
    def affine(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        RAS affine (4, 4), as in nibabel.
        """
    @property
    def array(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        """
        The voxels (x, y, z), a view of the same memory.
        """
    @property
    def geometry(self) -> Geometry:
        ...
class LabelMap:
    """
    A tumour segmentation with BraTS values: 0 background, 1 NET, 2 ED, 4 ET.
    
    Parameters
    ----------
    array : array (x, y, z) of integers
        Used in place when it is uint8 and x is fastest in memory, else copied.
    affine : array (4, 4), optional
        RAS affine as in nibabel; the identity when not given.
    
    Raises
    ------
    DataError
        If a voxel holds another value.
    """
    @staticmethod
    def from_itk(image: typing.Any) -> LabelMap:
        """
        From a 3-D image of ITK's Python package, over the same memory where its voxels are of the same type.
        """
    @staticmethod
    def from_nibabel(image: typing.Any) -> LabelMap:
        """
        From a nibabel image; scaling is applied.
        """
    @staticmethod
    def from_sitk(image: typing.Any) -> LabelMap:
        """
        From a 3-D SimpleITK image (copied: its memory is read-only to others).
        """
    def __array__(self, dtype: typing.Any = None, copy: typing.Any = None) -> typing.Any:
        ...
    def __dlpack__(self, **kwargs) -> typing.Any:
        ...
    def __dlpack_device__(self) -> typing.Any:
        ...
    def __getstate__(self) -> tuple:
        ...
    def __init__(self, array: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], affine: typing.Any = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def mask(self, region: str) -> Mask:
        """
        Mask of 'ET', 'NET', 'ED', 'WT' or 'TC'.
        """
    def to_frame(self) -> typing.Any:
        """
        Voxels and volume per region as a pandas DataFrame.
        """
    def to_itk(self) -> typing.Any:
        """
        An image of ITK's Python package over the same memory.
        """
    def to_nibabel(self) -> typing.Any:
        """
        A nibabel.Nifti1Image over the same memory.
        """
    def to_sitk(self) -> typing.Any:
        """
        A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).
        """
    def volume(self, region: str) -> float:
        """
        Volume in mL of 'ET', 'NET', 'ED', 'WT' or 'TC'.
        """
    def voxel_count(self, region: str) -> int:
        """
        Voxels of 'ET', 'NET', 'ED', 'WT' or 'TC'.
        """
    @property
    def affine(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        ...
    @property
    def array(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        ...
    @property
    def geometry(self) -> Geometry:
        ...
class PerfusionSeries:
    """
    A 4-D DSC series: T2*-weighted signal at increasing times.
    
    Parameters
    ----------
    array : array (x, y, z, t) of float32
        Used in place when it is float32 and x is fastest in memory, else copied.
    times : array (t,)
        Seconds, strictly increasing.
    affine : array (4, 4), optional
        RAS affine as in nibabel; the identity when not given.
    echo_time, repetition_time : float, optional
        Seconds.
    flip_angle : float, optional
        Degrees.
    field_strength : float, optional
        Tesla.
    simulated : bool
        Not acquired by a scanner.
    
    Raises
    ------
    ShapeError
        If the array is not 4-D or its last axis does not match `times`.
    DataError
        If times do not increase.
    """
    @staticmethod
    def from_itk(image: typing.Any, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"] | None = None, *, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None) -> PerfusionSeries:
        """
        From a 4-D image of ITK's Python package, over the same memory where it holds float32; times as `from_sitk`.
        """
    @staticmethod
    def from_nibabel(image: typing.Any, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"] | None = None, *, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None) -> PerfusionSeries:
        """
        From a 4-D nibabel image, over the same memory where it holds float32 with x fastest.
        
        Parameters
        ----------
        image : nibabel image
        times : array (t,), optional
            Seconds; evenly by the header's time step when not given.
        echo_time, repetition_time, flip_angle, field_strength : float, optional
            As for PerfusionSeries.
        
        Raises
        ------
        ShapeError
            If it is not 4-D.
        DataError
            If neither `times` nor the header says how far volumes are apart.
        """
    @staticmethod
    def from_sitk(image: typing.Any, times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"] | None = None, *, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None) -> PerfusionSeries:
        """
        From a 4-D SimpleITK image (copied); evenly by its fourth spacing in s when `times` is not given.
        """
    def __array__(self, dtype: typing.Any = None, copy: typing.Any = None) -> typing.Any:
        ...
    def __dlpack__(self, **kwargs) -> typing.Any:
        ...
    def __dlpack_device__(self) -> typing.Any:
        ...
    def __getstate__(self) -> tuple:
        ...
    def __init__(self, array: numpy.ndarray[typing.Any, numpy.dtype[typing.Any]], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], affine: typing.Any = None, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None, simulated: bool = False) -> None:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_itk(self) -> typing.Any:
        """
        An image of ITK's Python package over the same memory.
        """
    def to_nibabel(self) -> typing.Any:
        """
        A nibabel.Nifti1Image over the same memory.
        """
    def to_sitk(self) -> typing.Any:
        """
        A SimpleITK.Image (copied: SimpleITK cannot wrap foreign memory).
        """
    @property
    def affine(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        ...
    @property
    def array(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        """
        The signal (x, y, z, t), a view of the same memory.
        """
    @property
    def echo_time(self) -> float | None:
        """
        s, or None
        """
    @property
    def field_strength(self) -> float | None:
        """
        T, or None
        """
    @property
    def flip_angle(self) -> float | None:
        """
        degrees, or None
        """
    @property
    def geometry(self) -> Geometry:
        ...
    @property
    def repetition_time(self) -> float | None:
        """
        s, or None
        """
    @property
    def simulated(self) -> bool:
        """
        Not acquired by a scanner.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Seconds from the first volume on.
        """
class CurveSet:
    """
    One patient's curves on a shared time axis.
    
    Parameters
    ----------
    names : sequence of str
        One per curve, e.g. ET, NET, ED, WT, AIF.
    times : array (t,)
        Seconds, strictly increasing.
    values : array (t, curves)
    voxel_counts : sequence of int, optional
        Voxels averaged into each curve; 0 for a curve measured or simulated as such. A curve with 0 that is NaN throughout is
        missing: steps that need its values raise DataError.
    quantity : {'signal', 'delta_r2s', 'normalised'}
        T2*-weighted signal (CAPLEX Q.MS1.001), change of R2* in 1/s (CAPLEX Q.EL1.009), or z-score.
    
    Raises
    ------
    ShapeError, DataError
        If the parts do not fit, a value is not finite, or times do not increase.
    """
    def __getitem__(self, name: str) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        The curve called `name`, (t,).
        """
    def __getstate__(self) -> tuple[list[str], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"], list[int], int, list[QcFlag], bool]:
        ...
    def __init__(self, names: collections.abc.Sequence[str], times: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, 1]"], values: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, n]"], voxel_counts: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [], quantity: str = 'signal', flags: collections.abc.Sequence[QcFlag] = [], simulated: bool = False) -> None:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        Time and curves as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[QcFlag]:
        ...
    @property
    def names(self) -> list[str]:
        ...
    @property
    def quantity(self) -> str:
        ...
    @property
    def simulated(self) -> bool:
        """
        Simulated, not measured.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        s
        """
    @property
    def values(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (times, curves)
        """
    @property
    def voxel_counts(self) -> list[int]:
        ...
class Dataset:
    """
    Samples of many patients with what is known about them.
    
    Parameters
    ----------
    curves : array (samples, channels, steps) of float32
    channel_names : sequence of str, optional
    labels : sequence of int, optional
        One per sample: 1 = mutant, 0 = wildtype.
    patients : sequence of str, optional
        One per sample; samples of one patient share it.
    start_times : sequence of float, optional
        Seconds: time of each sample's first step.
    time_step : float
        Seconds between steps.
    simulated : bool
        Some of it was simulated; networks trained on it, and what they predict, are marked so.
    lengths : sequence of int, optional
        Steps in use of each sample where they differ; what stands behind them is padding and may be NaN.
    
    Raises
    ------
    ShapeError, DataError
        If the parts do not fit, or a value is not finite.
    """
    def __getstate__(self) -> tuple[numpy.typing.NDArray[numpy.float32], list[str], list[int], list[str], list[float], float, bool, list[int]]:
        ...
    def __init__(self, curves: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], channel_names: collections.abc.Sequence[str] = [], labels: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [], patients: collections.abc.Sequence[str] = [], start_times: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [], time_step: typing.SupportsFloat | typing.SupportsIndex = 0.0, simulated: bool = False, lengths: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = []) -> None:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def select(self, samples: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> Dataset:
        """
        The given samples as a new Dataset.
        """
    @property
    def channel_names(self) -> list[str]:
        ...
    @property
    def curves(self) -> numpy.ndarray[typing.Any, numpy.dtype[typing.Any]]:
        """
        (samples, channels, steps), a view of the same memory.
        """
    @property
    def labels(self) -> numpy.typing.NDArray[numpy.int32]:
        ...
    @property
    def lengths(self) -> numpy.typing.NDArray[numpy.int64]:
        """
        Steps in use of each sample; empty where all are.
        """
    @property
    def patients(self) -> typing.Any:
        ...
    @property
    def simulated(self) -> bool:
        """
        Some of it was simulated.
        """
    @property
    def start_times(self) -> numpy.typing.NDArray[numpy.float64]:
        ...
    @property
    def time_step(self) -> float:
        ...
class AlignedStudy:
    """
    A patient's images on one grid, with the DSC series on its own.
    """
    def __init__(self, structural: collections.abc.Mapping[str, Image] = {}, perfusion: PerfusionSeries | None = None, labels: LabelMap | None = None, perfusion_to_structural: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[4, 4]"] = ..., brain: Mask | None = None, white_matter: Mask | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def brain(self) -> Mask:
        """
        Mask on the structural grid, or None.
        """
    @property
    def flags(self) -> list[QcFlag]:
        ...
    @property
    def labels(self) -> LabelMap:
        ...
    @property
    def perfusion(self) -> PerfusionSeries:
        ...
    @property
    def perfusion_to_structural(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[4, 4]"]:
        """
        4 x 4 matrix from LPS mm of the DSC grid to LPS mm of CET1.
        """
    @property
    def structural(self) -> dict:
        """
        Images by modality (t1, t2, flair, cet1).
        """
    @property
    def white_matter(self) -> Mask:
        """
        Mask of white matter that looks normal, on the structural grid, or None.
        """
def file_hash(path: os.PathLike | str | bytes) -> str:
    """
    SHA-256 of a file's bytes. Raises IoError when it cannot be read.
    """
def philox4x32(counter: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(4)"], key: typing.Annotated[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex], "FixedSize(2)"]) -> typing.Annotated[list[int], "FixedSize(4)"]:
    """
    Four random words of a counter and a key (Philox4x32-10).
    """
def resolve_threads(threads: typing.SupportsInt | typing.SupportsIndex = 0) -> int:
    """
    Threads that `threads` stands for: 0 means BOLUS_NUM_THREADS or else every core.
    """
def write_atomically(path: os.PathLike | str | bytes, content: bytes, overwrite: bool = False) -> None:
    """
    Write a file whole or not at all. Raises IoError when it exists and `overwrite` is not set, or cannot be written.
    """
