"""
From a study to a prediction.
"""
from __future__ import annotations
import bolus._core.core
import bolus._core.dsc
import bolus._core.io
import bolus._core.model
import bolus._core.preprocess
import bolus._core.segment
import collections.abc
import os
import pathlib
import typing
__all__: list[str] = ['ExtractCurves', 'MakeWindows', 'PredictStudy', 'ProbabilityMap', 'StudyCurves', 'StudyPrediction', 'VoxelProbability', 'WriteMaps', 'WrittenMaps', 'training_cases', 'write_aligned', 'write_segmentation']
class StudyCurves:
    """
    A patient's curves and the labels they were taken from.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        Time and curves as a pandas DataFrame.
        """
    @property
    def arterial(self) -> bolus._core.dsc.ArterialSelection | None:
        """
        The ArterialSelection that was found; None where the study has a mask of it.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Of every step on the way.
        """
    @property
    def labels(self) -> bolus._core.core.LabelMap:
        """
        On the grid of the DSC series.
        """
    @property
    def patient(self) -> str:
        ...
    @property
    def signals(self) -> bolus._core.core.CurveSet:
        """
        Mean T2*-weighted signal of ET, NET, ED, WT and, where an artery is known or found, AIF.
        """
class ExtractCurves:
    """
    From a study's images to its curves.
    
    Labels on the grid of the DSC series are used as they are; others are carried there through the registration to CET1. The series
    keeps its grid, and its signals where nothing moved.
    
    Parameters
    ----------
    preprocess : bolus.preprocess.Preprocess
        Motion, and how the labels come to the series; stages not needed do not run.
    region_curves : bolus.dsc.RegionCurves
        Which regions, and what an empty one becomes.
    arterial_search : bolus.dsc.ArterialSearch
        Finds the artery where the study has no mask of it; where none is found the curves have no AIF (dsc.aif.not_found).
    """
    arterial_search: bolus._core.dsc.ArterialSearch
    preprocess: bolus._core.preprocess.Preprocess
    region_curves: bolus._core.dsc.RegionCurves
    def __call__(self, images: bolus._core.io.StudyImages, segmenter: bolus._core.segment.Segmenter | None = None, progress: typing.Any = None) -> StudyCurves:
        """
        Take the curves.
        
        Parameters
        ----------
        images : bolus.io.StudyImages
        segmenter : bolus.segment.Segmenter, optional
            Finds the tumour; the study's own label map when not given.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        StudyCurves
        
        Raises
        ------
        DataError
            If there is no DSC series or no tumour.
        """
    def __init__(self, preprocess: bolus._core.preprocess.Preprocess = ..., region_curves: bolus._core.dsc.RegionCurves = ..., arterial_search: bolus._core.dsc.ArterialSearch = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
class MakeWindows:
    """
    Cuts signal curves into the model's samples: z-score of each curve, then windows.
    
    Parameters
    ----------
    normalisation : bolus.dsc.ZNormalisation
    windows : bolus.dsc.SlidingWindows
    """
    normalisation: bolus._core.dsc.ZNormalisation
    windows: bolus._core.dsc.SlidingWindows
    @typing.overload
    def __call__(self, signals: bolus._core.core.CurveSet, patient: str = '', label: typing.SupportsInt | typing.SupportsIndex | None = None) -> bolus._core.core.Dataset:
        """
        The samples of one patient as a Dataset.
        """
    @typing.overload
    def __call__(self, patients: collections.abc.Sequence[bolus._core.io.PatientCurves]) -> bolus._core.core.Dataset:
        """
        The samples of many patients as a Dataset; all have labels or none.
        """
    def __init__(self, normalisation: bolus._core.dsc.ZNormalisation = ..., windows: bolus._core.dsc.SlidingWindows = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def for_network(self, patients: collections.abc.Sequence[bolus._core.io.PatientCurves], network: bolus._core.model.AttentionLSTM) -> tuple[bolus._core.core.Dataset, list[bolus._core.core.QcFlag]]:
        """
        The samples of many patients as a trained network wants them.
        
        Returns
        -------
        (Dataset, list of QcFlag)
            Cut to the network's channels and, where `windows.length` is 0, its window length; and what to doubt.
        """
class StudyPrediction:
    """
    What the model says about one patient, and why.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row: patient, probability, number of flags.
        """
    def to_json(self) -> str:
        """
        As JSON text.
        """
    @property
    def attention(self) -> bolus._core.model.AttentionCourse:
        """
        Over the seconds of the series.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Of every step on the way.
        """
    @property
    def patient(self) -> str:
        ...
    @property
    def probability(self) -> float:
        """
        Of an IDH mutation, the mean over the windows.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        ...
    @property
    def signals(self) -> bolus._core.core.CurveSet:
        """
        The curves the model saw.
        """
    @property
    def windows(self) -> bolus._core.model.Prediction:
        """
        Each window on its own.
        """
class PredictStudy:
    """
    From a study to the probability of an IDH mutation, in one call.
    
    Parameters
    ----------
    extract : ExtractCurves
        Images to curves.
    make_windows : MakeWindows
        Curves to samples.
    threads : int
        For the network; 0: all cores. The result does not depend on it.
    """
    extract: ExtractCurves
    make_windows: MakeWindows
    def __call__(self, images: bolus._core.io.StudyImages, network: bolus._core.model.AttentionLSTM, segmenter: bolus._core.segment.Segmenter | None = None, progress: typing.Any = None) -> StudyPrediction:
        """
        Predict from images.
        
        Parameters
        ----------
        images : bolus.io.StudyImages
        network : bolus.model.AttentionLSTM
        segmenter : bolus.segment.Segmenter, optional
            Finds the tumour; the study's own label map when not given.
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        StudyPrediction
        
        Raises
        ------
        DataError
            If there is no DSC series, no tumour, or a curve that the network needs is missing.
        """
    def __init__(self, extract: ExtractCurves = ..., make_windows: MakeWindows = ..., threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def from_curves(self, signals: bolus._core.core.CurveSet, network: bolus._core.model.AttentionLSTM, patient: str = '', progress: typing.Any = None) -> StudyPrediction:
        """
        The second half alone: from signal curves on, e.g. measured elsewhere. Returns a StudyPrediction.
        """
    @property
    def threads(self) -> int:
        ...
    @threads.setter
    def threads(self, arg1: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class WrittenMaps:
    """
    What was written, and what there is to say about it.
    """
    def __repr__(self) -> str:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        The region table as a pandas DataFrame.
        """
    @property
    def files(self) -> list[pathlib.Path]:
        """
        Paths of the files.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Of every step on the way.
        """
    @property
    def regions(self) -> bolus._core.dsc.RegionTable:
        """
        RegionTable, as in regions.csv.
        """
class WriteMaps:
    """
    Perfusion maps of a study as files.
    
    Parameters
    ----------
    preprocess : bolus.preprocess.Preprocess
        Motion, and how the labels come to the series; stages not needed do not run.
    options : bolus.dsc.PerfusionMaps
        Which quantities, and how.
    deconvolution : bolus.dsc.Deconvolution
        How flow is found.
    statistics : bolus.dsc.RegionStatistics
        Which parts of the tumour go into the table.
    """
    deconvolution: bolus._core.dsc.Deconvolution
    options: bolus._core.dsc.PerfusionMaps
    preprocess: bolus._core.preprocess.Preprocess
    statistics: bolus._core.dsc.RegionStatistics
    def __call__(self, images: bolus._core.io.StudyImages, folder: os.PathLike | str | bytes, overwrite: bool = False, progress: typing.Any = None) -> WrittenMaps:
        """
        Map a study and write the maps.
        
        One image for each quantity on the grid of the series, the masks that were found, `regions.csv` and `provenance.json`.
        
        Parameters
        ----------
        images : bolus.io.StudyImages
            With a DSC series; labels and arterial mask are used where there are any.
        folder : path
            Made when missing.
        overwrite : bool
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        WrittenMaps
        
        Raises
        ------
        DataError, IoError
            If there is no series or no bolus, or a file exists already.
        """
    def __init__(self, preprocess: bolus._core.preprocess.Preprocess = ..., options: bolus._core.dsc.PerfusionMaps = ..., deconvolution: bolus._core.dsc.Deconvolution = ..., statistics: bolus._core.dsc.RegionStatistics = ...) -> None:
        ...
    def __repr__(self) -> str:
        ...
class VoxelProbability:
    """
    Probability of an IDH mutation in every voxel of a tumour.
    """
    def __getstate__(self) -> tuple[bolus._core.core.Image, bolus._core.core.Image, int, int, float, list[bolus._core.core.QcFlag], tuple[str, str, dict[str, str], dict[str, str], int | None, bool, list[bolus._core.core.QcFlag]]]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> str:
        ...
    def to_frame(self) -> typing.Any:
        """
        One row: voxels, excluded, mean probability, number of flags.
        """
    @property
    def excluded_count(self) -> int:
        """
        Tumour voxels without one.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the map.
        """
    @property
    def mean(self) -> float:
        """
        Of the probability over its voxels.
        """
    @property
    def probability(self) -> bolus._core.core.Image:
        """
        Image on the grid of the series; NaN outside the tumour and where nothing could be said.
        """
    @property
    def provenance(self) -> bolus._core.core.Provenance:
        ...
    @property
    def standard_deviation(self) -> bolus._core.core.Image:
        """
        Image: of the probabilities of the voxel's windows.
        """
    @property
    def voxel_count(self) -> int:
        """
        Voxels with a probability.
        """
class ProbabilityMap:
    """
    Sends every voxel's curve of a tumour through the model.
    
    The model was trained on mean curves of regions, which have far less noise than a voxel: read the map for where, not for how
    probable.
    
    Parameters
    ----------
    channels : {'tissue', 'region'}
        Which channels the voxel's own curve takes. 'tissue': all but AIF, as if the whole tumour were like this voxel. 'region': that
        of the voxel's own region (ET, NET or ED) alone; the others keep the patient's curves.
    make_windows : MakeWindows
        Normalisation and windows, as in training.
    aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
        Of the voxel's windows.
    region : {'WT', 'ET', 'NET', 'ED'}
        The voxels to map.
    block : int
        Voxels that go through the network together.
    engine : {'fused', 'libtorch'}
        Which code runs the network.
    threads : int
        0: all cores. The result does not depend on it.
    """
    aggregation: typing.Literal['mean', 'median', 'maximum', 'logit_mean']
    channels: typing.Literal['tissue', 'region']
    engine: typing.Literal['fused', 'libtorch']
    make_windows: MakeWindows
    region: str
    def __call__(self, series: bolus._core.core.PerfusionSeries, labels: bolus._core.core.LabelMap, signals: bolus._core.core.CurveSet, network: bolus._core.model.AttentionLSTM, progress: typing.Any = None) -> VoxelProbability:
        """
        Map.
        
        Parameters
        ----------
        series : PerfusionSeries
        labels : LabelMap
            On the grid of the series.
        signals : CurveSet
            The patient's curves, as ExtractCurves or bolus.dsc.RegionCurves make them.
        network : bolus.model.AttentionLSTM
        progress : callable (stage, done, total), optional
            Return False to stop.
        
        Returns
        -------
        VoxelProbability
            Write its images with ``bolus.io.write_image(path, result.probability)``.
        
        Raises
        ------
        GeometryError, DataError, OptionError, Cancelled
        """
    def __init__(self, channels: typing.Literal['tissue', 'region'] = 'tissue', make_windows: MakeWindows = ..., aggregation: typing.Literal['mean', 'median', 'maximum', 'logit_mean'] = 'mean', region: str = 'WT', block: typing.SupportsInt | typing.SupportsIndex = 4096, engine: typing.Literal['fused', 'libtorch'] = 'fused', threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    @property
    def block(self) -> int:
        ...
    @block.setter
    def block(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        ...
    @threads.setter
    def threads(self, arg1: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
def training_cases(folder: os.PathLike | str | bytes) -> list[bolus._core.segment.TrainingCase]:
    """
    The cases of a folder laid out as the BraTS challenge hands its data out.
    
    Parameters
    ----------
    folder : path
        With a folder per case, which holds flair, t1, t1ce (or t1c), t2 and seg as NIfTI, also under the names of 2023 (t2f, t1n, t1c,
        t2w). Enhancing tumour may be labelled 4 or, as since 2023, 3.
    
    Returns
    -------
    list of TrainingCase
        In the order of their folders' names. Their files are read when it is their turn.
    
    Raises
    ------
    IoError
        If there is no such folder.
    DataError
        If it holds no case; or listing every case that lacks a file.
    """
def write_aligned(result: bolus._core.preprocess.PreprocessResult, images: bolus._core.io.StudyImages, folder: os.PathLike | str | bytes, preprocess: bolus._core.preprocess.Preprocess = ..., overwrite: bool = False) -> list[pathlib.Path]:
    """
    Write what Preprocess gave into a folder.
    
    Structural images on the 1 mm grid, brain, tissue, white matter and labels; transforms (.tfm); bias fields; the series where
    volumes were realigned, and motion.csv; preprocess.json with verdicts and measures; provenance.json.
    
    Parameters
    ----------
    result : bolus.preprocess.PreprocessResult
    images : bolus.io.StudyImages
        What it was made from: their hashes go into the provenance.
    folder : path
        Made when missing.
    preprocess : bolus.preprocess.Preprocess
        Its options go into the provenance.
    overwrite : bool
        Files of an earlier run that this one does not make are removed.
    
    Returns
    -------
    list of path
        The files written.
    
    Raises
    ------
    IoError
        If a file exists already and `overwrite` is not set, or cannot be written.
    """
def write_segmentation(segmentation: bolus._core.segment.TumourSegmentation, folder: os.PathLike | str | bytes, overwrite: bool = False) -> list[pathlib.Path]:
    """
    Write what the cascade found into a folder.
    
    `labels.nii.gz` (BraTS values), the probabilities `whole_tumour.nii.gz`, `tumour_core.nii.gz`, `enhancing.nii.gz`,
    `uncertainty.nii.gz`, and `segmentation.json` with volumes in mL, boxes, QC flags and provenance.
    
    Parameters
    ----------
    segmentation : bolus.segment.TumourSegmentation
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
        If a file exists already and `overwrite` is not set, or cannot be written.
    """
