"""
Reading and writing images, DSC series, study folders and tables.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import os
import pathlib
import typing
__all__: list[str] = ['ChosenSeries', 'Cohort', 'CohortRow', 'DeidentifiedFolder', 'DicomFolder', 'DicomImage', 'DicomPerfusion', 'DicomSeries', 'ImageInfo', 'ImageProtocol', 'PatientCurves', 'PerfusionReading', 'Segment', 'Segmentation', 'Study', 'StudyImages', 'UnreadableFile', 'choose_series', 'deidentify', 'find_series', 'find_study', 'image_info', 'read_cohort', 'read_curves', 'read_dicom_image', 'read_dicom_perfusion', 'read_image', 'read_label_map', 'read_mask', 'read_perfusion_series', 'read_segmentation', 'read_study', 'write_curves', 'write_image', 'write_label_map', 'write_mask', 'write_perfusion_series']
class ImageProtocol:
    """
    How an image was acquired, as far as its files say.
    
    Parameters
    ----------
    echo_time, repetition_time, inversion_time : float, optional
        Seconds.
    flip_angle : float, optional
        Degrees.
    field_strength : float, optional
        Tesla.
    manufacturer : str
        Of the scanner; empty where it is not known.
    contrast_agent : bool, optional
        Whether one had been given, where the header says so.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: ImageProtocol) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, inversion_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None, manufacturer: str = '', contrast_agent: bool | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def contrast_agent(self) -> bool | None:
        """
        Given, not given, or None: not known.
        """
    @contrast_agent.setter
    def contrast_agent(self, arg0: bool | None) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE, s, or None
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def field_strength(self) -> float | None:
        """
        T, or None
        """
    @field_strength.setter
    def field_strength(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def flip_angle(self) -> float | None:
        """
        degrees, or None
        """
    @flip_angle.setter
    def flip_angle(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def inversion_time(self) -> float | None:
        """
        TI, s, or None
        """
    @inversion_time.setter
    def inversion_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def manufacturer(self) -> str:
        """
        Of the scanner.
        """
    @manufacturer.setter
    def manufacturer(self, arg0: str) -> None:
        ...
    @property
    def repetition_time(self) -> float | None:
        """
        TR, s, or None
        """
    @repetition_time.setter
    def repetition_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
class DicomSeries:
    """
    One series of a DICOM folder.
    
    Nothing here identifies a patient but `files`, which are as they were found.
    
    Parameters
    ----------
    files : sequence of path
    role : {'t1', 't2', 'flair', 'cet1', 'dsc', 'other'}
        Recognised from the headers; set it to overrule.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, files: collections.abc.Sequence[os.PathLike | str | bytes], role: typing.Literal['t1', 't2', 'flair', 'cet1', 'dsc', 'other'] = 'other') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        In the role, 0 to 1.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def description(self) -> str:
        """
        The scanner's, without names, dates and long numbers.
        """
    @property
    def echo_times(self) -> list[float]:
        """
        Seconds, one for each echo.
        """
    @property
    def files(self) -> list[pathlib.Path]:
        """
        As they were found.
        """
    @files.setter
    def files(self, arg0: collections.abc.Sequence[os.PathLike | str | bytes]) -> None:
        ...
    @property
    def layout(self) -> str:
        """
        'single-frame', 'mosaic' or 'multi-frame'
        """
    @property
    def number(self) -> int | None:
        """
        On the scanner, or None.
        """
    @property
    def patient(self) -> int:
        """
        Counted in the folder from 0.
        """
    @property
    def protocol(self) -> ImageProtocol:
        """
        ImageProtocol with the first echo's TE.
        """
    @property
    def reasons(self) -> list[str]:
        """
        What spoke for and against the role.
        """
    @property
    def role(self) -> typing.Literal['t1', 't2', 'flair', 'cet1', 'dsc', 'other']:
        """
        What it is in a study; set it to overrule, which makes its confidence 1.
        """
    @role.setter
    def role(self, arg1: typing.Literal['t1', 't2', 'flair', 'cet1', 'dsc', 'other']) -> None:
        ...
    @property
    def size(self) -> typing.Annotated[list[int], "FixedSize(3)"]:
        """
        Columns, rows, slices.
        """
    @property
    def spacing(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        mm
        """
    @property
    def study(self) -> int:
        """
        Examination, counted in the folder from 0.
        """
    @property
    def volumes(self) -> int:
        """
        Per echo.
        """
class UnreadableFile:
    """
    A file that is no readable DICOM image.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def file(self) -> pathlib.Path:
        ...
    @property
    def reason(self) -> str:
        """
        Why it cannot be read, or was left out.
        """
class DicomFolder:
    """
    What `find_series` found.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
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
        One row per series, as a pandas DataFrame.
        """
    @property
    def series(self) -> list[DicomSeries]:
        """
        List of DicomSeries, in the order of acquisition. Set `role` of one to overrule what was recognised.
        """
    @property
    def unreadable(self) -> list[UnreadableFile]:
        """
        List of UnreadableFile; none of them is fatal.
        """
class ChosenSeries:
    """
    One series for each role.
    """
    def __repr__(self) -> str:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Doubts about the choice.
        """
    @property
    def series(self) -> dict:
        """
        DicomSeries by role: t1, t2, flair, cet1, dsc.
        """
class DicomImage:
    """
    A 3-D image from DICOM.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        What was doubtful.
        """
    @property
    def image(self) -> bolus._core.core.Image:
        ...
    @property
    def protocol(self) -> ImageProtocol:
        """
        ImageProtocol
        """
    @property
    def reasons(self) -> list[str]:
        """
        How slices were put together.
        """
class DicomPerfusion:
    """
    A 4-D series from DICOM: one PerfusionSeries for each echo.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        What was doubtful.
        """
    @property
    def names(self) -> list[str]:
        """
        E.g. 'TE 30 ms', one for each.
        """
    @property
    def protocol(self) -> ImageProtocol:
        """
        ImageProtocol with the first TE
        """
    @property
    def reasons(self) -> list[str]:
        """
        Which tag ordered the volumes, and where the time stamps come from.
        """
    @property
    def series(self) -> list:
        """
        List of PerfusionSeries in the order of TE (and of any further index, an ASL label for one), on one grid.
        """
class DeidentifiedFolder:
    """
    What `deidentify` did.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def left_out(self) -> list[UnreadableFile]:
        """
        List of UnreadableFile, each with its reason.
        """
    @property
    def written(self) -> list[pathlib.Path]:
        """
        The new files.
        """
class ImageInfo:
    """
    What an image file's header and sidecar say.
    """
    def __repr__(self) -> str:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        io.nifti.forms_disagree, io.nifti.no_orientation
        """
    @property
    def geometry(self) -> bolus._core.core.Geometry:
        ...
    @property
    def protocol(self) -> ImageProtocol:
        """
        ImageProtocol of the JSON sidecar.
        """
    @property
    def volumes(self) -> int:
        ...
class PerfusionReading:
    """
    What the reader is told about a DSC series.
    
    Each value given wins over the sidecar and the header.
    
    Parameters
    ----------
    time_step, echo_time, repetition_time : float, optional
        Seconds.
    flip_angle : float, optional
        Degrees.
    field_strength : float, optional
        Tesla.
    non_finite : {'error', 'zero'}
        What happens with voxels that are NaN or infinite.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, time_step: typing.SupportsFloat | typing.SupportsIndex | None = None, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None, non_finite: typing.Literal['error', 'zero'] = 'error') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def echo_time(self) -> float | None:
        """
        TE, s
        """
    @echo_time.setter
    def echo_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def field_strength(self) -> float | None:
        """
        T
        """
    @field_strength.setter
    def field_strength(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def flip_angle(self) -> float | None:
        """
        degrees
        """
    @flip_angle.setter
    def flip_angle(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def non_finite(self) -> typing.Literal['error', 'zero']:
        """
        'error' or 'zero'
        """
    @non_finite.setter
    def non_finite(self, arg0: typing.Literal['error', 'zero']) -> None:
        ...
    @property
    def repetition_time(self) -> float | None:
        """
        TR, s
        """
    @repetition_time.setter
    def repetition_time(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
    @property
    def time_step(self) -> float | None:
        """
        s between volumes
        """
    @time_step.setter
    def time_step(self, arg0: typing.SupportsFloat | typing.SupportsIndex | None) -> None:
        ...
class Study:
    """
    Where the files of a patient's study are.
    
    Parameters
    ----------
    patient : str
    images : dict of str to path
        By modality: t1, t2, flair, cet1.
    perfusion, labels, arterial_mask : path, optional
    perfusion_reading : PerfusionReading
    dicom_images : dict of str to DicomSeries
        By modality; for what is DICOM.
    dicom_perfusion : DicomSeries, optional
    """
    patient: str
    perfusion_reading: PerfusionReading
    def __getstate__(self) -> tuple[str, dict, pathlib.Path | None, pathlib.Path | None, pathlib.Path | None, PerfusionReading, dict, DicomSeries | None, list[bolus._core.core.QcFlag]]:
        ...
    def __init__(self, patient: str = '', images: collections.abc.Mapping[str, os.PathLike | str | bytes] = {}, perfusion: os.PathLike | str | bytes | None = None, labels: os.PathLike | str | bytes | None = None, arterial_mask: os.PathLike | str | bytes | None = None, perfusion_reading: PerfusionReading = ..., dicom_images: collections.abc.Mapping[str, DicomSeries] = {}, dicom_perfusion: DicomSeries | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        Roles and file names as a pandas DataFrame.
        """
    @property
    def arterial_mask(self) -> pathlib.Path | None:
        """
        Voxels of the arterial input function, or None.
        """
    @arterial_mask.setter
    def arterial_mask(self, arg0: os.PathLike | str | bytes | None) -> None:
        ...
    @property
    def dicom_images(self) -> dict:
        """
        DicomSeries by modality (t1, t2, flair, cet1).
        """
    @dicom_images.setter
    def dicom_images(self, arg1: collections.abc.Mapping[str, DicomSeries]) -> None:
        ...
    @property
    def dicom_perfusion(self) -> DicomSeries | None:
        """
        DSC series that is DICOM, or None.
        """
    @dicom_perfusion.setter
    def dicom_perfusion(self, arg1: DicomSeries | None) -> None:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Doubts about which file or series is which.
        """
    @property
    def images(self) -> dict:
        """
        Paths by modality (t1, t2, flair, cet1).
        """
    @images.setter
    def images(self, arg1: collections.abc.Mapping[str, os.PathLike | str | bytes]) -> None:
        ...
    @property
    def labels(self) -> pathlib.Path | None:
        """
        Segmentation, or None.
        """
    @labels.setter
    def labels(self, arg0: os.PathLike | str | bytes | None) -> None:
        ...
    @property
    def perfusion(self) -> pathlib.Path | None:
        """
        4-D DSC series, or None.
        """
    @perfusion.setter
    def perfusion(self, arg0: os.PathLike | str | bytes | None) -> None:
        ...
class StudyImages:
    """
    A study's images, each on its own grid.
    
    Parameters
    ----------
    patient : str
    structural : dict of str to bolus.Image
        By modality: t1, t2, flair, cet1.
    perfusion : bolus.PerfusionSeries, optional
    labels : bolus.LabelMap, optional
    arterial_mask : bolus.Mask, optional
    """
    patient: str
    def __init__(self, patient: str = '', structural: collections.abc.Mapping[str, bolus._core.core.Image] = {}, perfusion: bolus._core.core.PerfusionSeries | None = None, labels: bolus._core.core.LabelMap | None = None, arterial_mask: bolus._core.core.Mask | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def arterial_mask(self) -> bolus._core.core.Mask:
        ...
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        What reading found doubtful.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        ...
    @property
    def other_echoes(self) -> list:
        """
        Further echoes of the DSC series; `perfusion` is the one with TE nearest 30 ms.
        """
    @property
    def perfusion(self) -> bolus._core.core.PerfusionSeries:
        ...
    @property
    def structural(self) -> dict:
        """
        Images by modality.
        """
class CohortRow:
    """
    One patient of a cohort table.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def age(self) -> float | None:
        """
        years, or None
        """
    @property
    def folder(self) -> pathlib.Path | None:
        """
        The study's folder, or None.
        """
    @property
    def grade(self) -> int | None:
        """
        WHO grade 1 to 4, or None
        """
    @property
    def label(self) -> int:
        """
        1 = IDH-mutant, 0 = wildtype
        """
    @property
    def other(self) -> dict[str, str]:
        """
        Further columns as text.
        """
    @property
    def patient(self) -> str:
        ...
    @property
    def sex(self) -> str | None:
        """
        'F', 'M' or None
        """
class Cohort:
    """
    A table of patients, in the order of the file.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
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
        The table as a pandas DataFrame.
        """
    @property
    def columns(self) -> list[str]:
        """
        Names in the file, lower case.
        """
    @property
    def rows(self) -> list[CohortRow]:
        """
        One CohortRow per patient.
        """
class PatientCurves:
    """
    The curves of one patient of a curve table.
    
    Parameters
    ----------
    patient : str
    curves : bolus.CurveSet
        T2*-weighted signals.
    label : int, optional
        1 = IDH-mutant, 0 = wildtype.
    """
    curves: bolus._core.core.CurveSet
    patient: str
    def __getstate__(self) -> tuple[str, int | None, bolus._core.core.CurveSet]:
        ...
    def __init__(self, patient: str, curves: bolus._core.core.CurveSet, label: typing.SupportsInt | typing.SupportsIndex | None = None) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    @property
    def label(self) -> int | None:
        ...
    @label.setter
    def label(self, arg0: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
class Segment:
    """
    A segment as a .seg.nrrd file of 3D Slicer describes it.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def colour(self) -> typing.Annotated[list[float], "FixedSize(3)"]:
        """
        Red, green, blue, 0 to 1.
        """
    @property
    def id(self) -> str:
        ...
    @property
    def label_value(self) -> int:
        """
        Of its voxels in that layer.
        """
    @property
    def layer(self) -> int:
        """
        Of the file.
        """
    @property
    def name(self) -> str:
        ...
    @property
    def region(self) -> typing.Literal['ET', 'NET', 'ED', 'WT', 'TC'] | None:
        """
        What it was taken for; None when it was left out.
        """
    @property
    def terminology(self) -> str:
        """
        Code of its type, 'scheme^value^meaning', or ''.
        """
    @property
    def voxels(self) -> int:
        ...
class Segmentation:
    """
    A .seg.nrrd file as read.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row per segment as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        list of QcFlag
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        LabelMap
        """
    @property
    def segments(self) -> list[Segment]:
        """
        list of Segment
        """
def choose_series(folder: DicomFolder, least_confidence: typing.SupportsFloat | typing.SupportsIndex = 0.5) -> ChosenSeries:
    """
    The likeliest series of each role.
    
    All are of one study (examination): of several the one with most roles. Among equals the one with more slices, then the later.
    
    Parameters
    ----------
    folder : DicomFolder
    least_confidence : float
        Series below are left out.
    
    Returns
    -------
    ChosenSeries
    
    Raises
    ------
    DataError
        If the folder holds more than one patient, no series of a role, or studies between which nothing decides.
    """
def deidentify(folder: os.PathLike | str | bytes, out: os.PathLike | str | bytes, *, patient: str = 'anonymous', salt: str = '', keep_descriptions: bool = False) -> DeidentifiedFolder:
    """
    Write copies of the DICOM images below a folder without what identifies a patient.
    
    The Basic Application Level Confidentiality Profile of DICOM PS3.15 annex E with its options Retain Longitudinal Temporal Information
    With Modified Dates, Clean Descriptors (where kept) and Retain Safe Private, by a list of what stays: geometry, sequence parameters,
    scaling, and the private elements that 4-D series need. UIDs are replaced consistently; dates and times are moved together so that
    the first is 1 January 2000, 0:00, and intervals stay. Voxels are written anew, uncompressed. File names are not kept. A face in a
    structural image stays there.
    
    Parameters
    ----------
    folder : path
    out : path
        New or empty; gets series_001/000001.dcm and so on.
    patient : str
        Name and ID in the copies; with several patients the next get -2, -3, ...
    salt : str
        Decides the new UIDs: the same salt gives the same ones in another call; empty: at random.
    keep_descriptions : bool
        Keep the scanner's series descriptions, cleaned; else they say the recognised role.
    
    Returns
    -------
    DeidentifiedFolder
    
    Raises
    ------
    IoError
        If `folder` is missing, or `out` is not empty or cannot be written.
    DataError
        If nothing is left to write.
    """
def find_series(folder: os.PathLike | str | bytes) -> DicomFolder:
    """
    Find every DICOM series below a folder.
    
    Nested folders, files of any name, several series mixed. Files that cannot be read or are no images are listed, not fatal.
    Magnitude and phase of one series come apart; echoes stay together. Roles come from sequence type, TE, TR, TI, contrast agent,
    number of volumes, image type and the words of the description; a T1 without a word about contrast that was acquired after the
    DSC series of its study counts as enhanced.
    
    Parameters
    ----------
    folder : path
    
    Returns
    -------
    DicomFolder
    
    Raises
    ------
    IoError
        If there is no such folder or it cannot be listed.
    """
def find_study(folder: os.PathLike | str | bytes) -> Study:
    """
    Recognise a study's files in a folder by their names, and what is missing then among its DICOM series.
    
    Parameters
    ----------
    folder : path
        Holds t1, t2, flair, cet1 (or t1c, t1ce, t1gd, t1post), dsc (or perf, perfusion), labels (or seg, segmentation), aif; with
        the ending .nii, .nii.gz, .nrrd or .mha, in any case, alone or after a prefix as in case07_t1ce.nii.gz. A BIDS folder of one
        subject and session is looked through in its anat and perf, where a T1w with the entity ce is CET1.
    
    Returns
    -------
    Study
    
    Raises
    ------
    IoError
        If the folder is missing.
    DataError
        If two files claim a role, the DICOM files or BIDS folders are of several patients, or none is recognised.
    """
def image_info(path: os.PathLike | str | bytes) -> ImageInfo:
    """
    What the header and the JSON sidecar of an image say; no voxel is read.
    
    Flags: io.nifti.forms_disagree where sform and qform place voxels more than a tenth of a voxel apart (the sform is used),
    io.nifti.no_orientation where neither is set.
    
    Parameters
    ----------
    path : path
        NIfTI-1, NRRD or MetaImage; 3-D or 4-D.
    
    Returns
    -------
    ImageInfo
    
    Raises
    ------
    IoError, FormatError, ShapeError, GeometryError
        As `read_image`.
    """
def read_cohort(path: os.PathLike | str | bytes) -> Cohort:
    """
    Read a comma-separated table of patients.
    
    Parameters
    ----------
    path : path
        With the columns patient and label (or idh: 0, 1, wildtype, mutant), and where present folder, age, sex, grade. A relative
        folder counts from the folder of the table.
    
    Returns
    -------
    Cohort
    
    Raises
    ------
    IoError
        If the file cannot be read.
    FormatError
        With every problem of the table at once, each with its row.
    """
def read_curves(path: os.PathLike | str | bytes) -> list[PatientCurves]:
    """
    Read a table of signal curves.
    
    Parameters
    ----------
    path : path
        Comma-separated, one row per patient and time point: patient, time (s), optionally label, and one column per curve.
    
    Returns
    -------
    list of PatientCurves
    
    Raises
    ------
    IoError, FormatError, DataError
        If the file cannot be read, is damaged, or holds values that are no curve.
    """
def read_dicom_image(series: DicomSeries, philips: typing.Literal['precise', 'displayed'] = 'precise') -> DicomImage:
    """
    Read a 3-D DICOM series as float32 on its own grid.
    
    x runs along the rows, y along the columns, z along their cross product; rescale is applied. Of several echoes the last is taken
    for t2 and flair, else the first, and flagged.
    
    Parameters
    ----------
    series : DicomSeries
    philips : {'precise', 'displayed'}
        What Philips' voxels mean: (stored x RS + RI) / (RS x SS), which can be compared between images (Chenevert et al., Transl Oncol
        2014) and is what dcm2niix writes, or stored x RS + RI.
    
    Returns
    -------
    DicomImage
    
    Raises
    ------
    IoError
        If a file cannot be opened.
    FormatError
        If one is damaged, cut off, in colour, or in an encoding that is not read, or a slice is missing.
    GeometryError
        If there is no orientation, or several as in a localiser, a gantry tilt, or uneven spacing.
    ShapeError
        If it is a time series.
    DataError
        If it has one slice only.
    """
def read_dicom_perfusion(series: DicomSeries, *, time_step: typing.SupportsFloat | typing.SupportsIndex | None = None, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None, philips: typing.Literal['precise', 'displayed'] = 'precise') -> DicomPerfusion:
    """
    Read a time series from DICOM.
    
    Slices are grouped by where they lie along their normal, and ordered in time by the best tag there is: temporal position,
    acquisition number, acquisition time, trigger time, content time, instance number. Times start at 0 and come from, in this order:
    `time_step`; acquisition times; Philips' begin of the dynamic scan; trigger times; temporal resolution; duration of the acquisition;
    content times; TR (the last two flagged). `reasons` says which tags were used and why others were not.
    
    Parameters
    ----------
    series : DicomSeries
    time_step : float, optional
        Seconds between volumes.
    echo_time, repetition_time : float, optional
        Seconds. Values given win over the headers.
    flip_angle : float, optional
        Degrees.
    field_strength : float, optional
        Tesla.
    philips : {'precise', 'displayed'}
        As for `read_dicom_image`.
    
    Returns
    -------
    DicomPerfusion
    
    Raises
    ------
    IoError, FormatError, GeometryError
        As `read_dicom_image`; FormatError also for volumes that lack slices, except the last, which is left out and flagged.
    ShapeError
        If it is a single volume.
    DataError
        If nothing says how far volumes are apart in time, or it has one slice only.
    OptionError
        If a value given is out of range, or `echo_time` is given for several echoes.
    """
def read_image(path: os.PathLike | str | bytes, non_finite: typing.Literal['error', 'zero'] = 'error') -> bolus._core.core.Image:
    """
    Read a 3-D image as float32 on the grid its header gives, stored scale and offset applied.
    
    Parameters
    ----------
    path : path
        NIfTI-1 (.nii, .nii.gz), NRRD (.nrrd) or MetaImage (.mha, .mhd). A 4-D file with one volume counts as 3-D.
    non_finite : {'error', 'zero'}
        What happens with voxels that are NaN or infinite.
    
    Returns
    -------
    bolus.Image
    
    Raises
    ------
    IoError
        If there is no such file or it cannot be opened.
    FormatError
        If it is damaged, cut off, or of an unknown kind.
    ShapeError
        If it is not 3-D.
    GeometryError
        If its grid is impossible.
    DataError
        If voxels are NaN or infinite and `non_finite` is 'error'.
    """
def read_label_map(path: os.PathLike | str | bytes, grid: bolus._core.core.Geometry | None = None, tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.01) -> bolus._core.core.LabelMap:
    """
    Read a tumour segmentation with the BraTS values 0, 1 (NET), 2 (ED), 4 (ET), stored in any type.
    
    Parameters
    ----------
    path : path
    grid : bolus.Geometry, optional
        The labels must lie on it.
    tolerance : float
        How far off a corner of the grid may be, mm.
    
    Returns
    -------
    bolus.LabelMap
    
    Raises
    ------
    IoError, FormatError, ShapeError, GeometryError
        As `read_image`; GeometryError also where it does not lie on `grid`.
    DataError
        If it holds any other value; names the values and the first voxel.
    """
def read_mask(path: os.PathLike | str | bytes, grid: bolus._core.core.Geometry | None = None, tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.01) -> bolus._core.core.Mask:
    """
    Read a 3-D mask: voxels that are not 0 become 1.
    
    Parameters
    ----------
    path : path
    grid : bolus.Geometry, optional
        The mask must lie on it.
    tolerance : float
        How far off a corner of the grid may be, mm.
    
    Returns
    -------
    bolus.Mask
    
    Raises
    ------
    IoError, FormatError, ShapeError, GeometryError, DataError
        As `read_image`; GeometryError also where it does not lie on `grid`.
    """
def read_perfusion_series(path: os.PathLike | str | bytes, *, time_step: typing.SupportsFloat | typing.SupportsIndex | None = None, echo_time: typing.SupportsFloat | typing.SupportsIndex | None = None, repetition_time: typing.SupportsFloat | typing.SupportsIndex | None = None, flip_angle: typing.SupportsFloat | typing.SupportsIndex | None = None, field_strength: typing.SupportsFloat | typing.SupportsIndex | None = None, non_finite: typing.Literal['error', 'zero'] = 'error') -> bolus._core.core.PerfusionSeries:
    """
    Read a 4-D DSC series (NIfTI-1, time last) as float32.
    
    Time stamps start at 0 and come from, in this order: `time_step`; VolumeTiming of the sidecar; the header's time step with its
    unit; the sidecar's RepetitionTime. The sidecar is a JSON file of the same name beside the series, with BIDS names. Values given
    here win over the files.
    
    Parameters
    ----------
    path : path
    time_step : float, optional
        Seconds between volumes.
    echo_time, repetition_time : float, optional
        Seconds.
    flip_angle : float, optional
        Degrees.
    field_strength : float, optional
        Tesla.
    non_finite : {'error', 'zero'}
        What happens with voxels that are NaN or infinite.
    
    Returns
    -------
    bolus.PerfusionSeries
    
    Raises
    ------
    IoError, FormatError, GeometryError
        As `read_image`; FormatError also for a damaged sidecar or an implausible time step.
    ShapeError
        If it is not 4-D.
    DataError
        If the time step is not known.
    OptionError
        If a value given is out of range.
    """
def read_segmentation(path: os.PathLike | str | bytes, *, regions: collections.abc.Mapping[str, typing.Literal['ET', 'NET', 'ED', 'WT', 'TC'] | None] = {}, resolve_overlap: bool = False, grid: bolus._core.core.Geometry | None = None) -> Segmentation:
    """
    Read a segmentation of 3D Slicer.
    
    A segment is recognised by its ID, its name and the code of its terminology, never by its label value. One of the three is enough;
    where they contradict each other it is an error. Whole tumour and tumour core are accepted as well: what they hold beyond the parts
    becomes oedema and NET.
    
    Parameters
    ----------
    path : path
        ``.seg.nrrd``, 3-D, or 4-D with overlapping layers.
    regions : dict of str to {'ET', 'NET', 'ED', 'WT', 'TC', None}, optional
        What a segment is, by its ID or name, where the file does not tell; None leaves it out.
    resolve_overlap : bool
        A voxel in more than one part goes to the innermost (ET, then NET, then ED); else it is an error.
    grid : Geometry, optional
        Of the images: a file that covers only a part of it is placed on it.
    
    Returns
    -------
    Segmentation
        Flags: io.segmentation.renamed, .empty_segment, .missing, .overlap, .filled.
    
    Raises
    ------
    IoError, FormatError, ShapeError
        As `read_image`; FormatError also for voxels of no segment.
    GeometryError
        If the file does not lie on the voxels of `grid`.
    DataError
        For two segments of one region, an unknown segment with voxels, contradictions and overlap.
    OptionError
        If `regions` names a segment that is not there.
    """
def read_study(study: Study) -> StudyImages:
    """
    Read all files of a study and check that they belong together.
    
    Parameters
    ----------
    study : Study
    
    Returns
    -------
    StudyImages
    
    Raises
    ------
    IoError, FormatError, ShapeError, DataError
        As the readers.
    GeometryError
        If the labels lie on no image's grid, or the arterial mask not on the series'.
    """
def write_curves(path: os.PathLike | str | bytes, patients: collections.abc.Sequence[PatientCurves], overwrite: bool = False) -> None:
    """
    Write a table of signal curves; numbers survive unchanged.
    
    Parameters
    ----------
    path : path
    patients : list of PatientCurves
        With the same curves each.
    overwrite : bool
        Replace a file that is there.
    
    Raises
    ------
    IoError, ShapeError, DataError
        If it cannot be written, or the patients have different curves or the same name.
    """
def write_image(path: os.PathLike | str | bytes, image: bolus._core.core.Image, protocol: ImageProtocol | None = None, overwrite: bool = False) -> None:
    """
    Write an image as a whole or not at all, and with a protocol a JSON sidecar (BIDS names) beside it.
    
    Parameters
    ----------
    path : path
        Ending .nii, .nii.gz, .nrrd or .mha.
    image : bolus.Image
        Stored as float32, with its geometry.
    protocol : ImageProtocol, optional
        What the sidecar says; without it none is written.
    overwrite : bool
        Replace files that are there; else neither is written when one exists.
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or a file exists and `overwrite` is false.
    FormatError
        If the ending is unknown.
    """
def write_label_map(path: os.PathLike | str | bytes, labels: bolus._core.core.LabelMap, overwrite: bool = False) -> None:
    """
    Write an image as a whole or not at all.
    
    Parameters
    ----------
    path : path
        Ending .nii, .nii.gz, .nrrd or .mha.
    image
        Stored as float32 (images) or uint8 (masks, labels), with its geometry.
    overwrite : bool
        Replace a file that is there.
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or the file exists and `overwrite` is false.
    FormatError
        If the ending is unknown.
    """
def write_mask(path: os.PathLike | str | bytes, mask: bolus._core.core.Mask, overwrite: bool = False) -> None:
    """
    Write an image as a whole or not at all.
    
    Parameters
    ----------
    path : path
        Ending .nii, .nii.gz, .nrrd or .mha.
    image
        Stored as float32 (images) or uint8 (masks, labels), with its geometry.
    overwrite : bool
        Replace a file that is there.
    
    Raises
    ------
    IoError
        If the folder is missing or not writable, or the file exists and `overwrite` is false.
    FormatError
        If the ending is unknown.
    """
def write_perfusion_series(path: os.PathLike | str | bytes, series: bolus._core.core.PerfusionSeries, overwrite: bool = False) -> None:
    """
    Write a DSC series as 4-D float32 NIfTI, and beside it a JSON sidecar with what is known of its protocol.
    
    Parameters
    ----------
    path : path
        Ending .nii or .nii.gz.
    series : bolus.PerfusionSeries
    overwrite : bool
        Replace files that are there; else neither is written when one exists.
    
    Raises
    ------
    IoError, FormatError
        As `write_image`.
    """
