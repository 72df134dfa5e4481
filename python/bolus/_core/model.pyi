"""
The attention-LSTM: training, prediction, weights.
"""
from __future__ import annotations
import bolus._core.core
import collections.abc
import numpy
import numpy.typing
import os
import typing
__all__: list[str] = ['AttentionCourse', 'AttentionLSTM', 'CrossValidation', 'CrossValidationResult', 'FittedModel', 'IDHClassifier', 'NetworkShape', 'PatientPrediction', 'Prediction', 'TrainingHistory', 'attention_course', 'checkpoint_schema_version', 'load_checkpoint', 'random_network', 'save_checkpoint']
class NetworkShape:
    """
    The sizes of the attention-LSTM of Choi et al. 2019.
    
    Parameters
    ----------
    channels : int
        Input curves, e.g. ET, NET, ED, WT, AIF.
    hidden_size : int
        LSTM states per direction.
    convolution_channels : int
        Filters of the convolution.
    kernel_size : int
        Steps of the convolution's kernel, odd.
    attention_activation : {'none', 'tanh'}
        What the attention scores pass through before the softmax.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: NetworkShape) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, channels: typing.SupportsInt | typing.SupportsIndex = 5, hidden_size: typing.SupportsInt | typing.SupportsIndex = 16, convolution_channels: typing.SupportsInt | typing.SupportsIndex = 16, kernel_size: typing.SupportsInt | typing.SupportsIndex = 5, attention_activation: typing.Literal['none', 'tanh'] = 'none') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def weight_shapes(self) -> dict:
        """
        Name and dimensions of every weight array, as in PyTorch.
        """
    @property
    def attention_activation(self) -> typing.Literal['none', 'tanh']:
        """
        Applied to the attention scores.
        """
    @attention_activation.setter
    def attention_activation(self, arg0: typing.Literal['none', 'tanh']) -> None:
        ...
    @property
    def channels(self) -> int:
        """
        Input curves.
        """
    @channels.setter
    def channels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def convolution_channels(self) -> int:
        """
        Filters of the convolution.
        """
    @convolution_channels.setter
    def convolution_channels(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def hidden_size(self) -> int:
        """
        LSTM states per direction.
        """
    @hidden_size.setter
    def hidden_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def kernel_size(self) -> int:
        """
        Steps of the convolution's kernel, odd.
        """
    @kernel_size.setter
    def kernel_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class Prediction:
    """
    What the network says about each sample.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Probability, logit and the step with most attention, one row per sample, as a pandas DataFrame.
        """
    @property
    def attention(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (samples, steps) weight of each time step; each row sums to 1.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the prediction.
        """
    @property
    def logit(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) log odds of the positive class.
        """
    @property
    def probability(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) probability of the positive class.
        """
class PatientPrediction:
    """
    What the network says about each patient: the mean over its samples.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Patient, probability and number of samples as a pandas DataFrame.
        """
    @property
    def attention(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, steps) mean attention of the patient's samples.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the prediction.
        """
    @property
    def patients(self) -> list[str]:
        """
        In the order of their first sample.
        """
    @property
    def probability(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (patients,) mean probability of the patient's samples.
        """
    @property
    def sample_counts(self) -> list[int]:
        """
        Samples averaged.
        """
class AttentionCourse:
    """
    Attention over a patient's whole series.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Time and attention as a pandas DataFrame.
        """
    @property
    def attention(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Weight per step; sums to 1.
        """
    @property
    def times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        Seconds, every step that some window covers.
        """
class AttentionLSTM:
    """
    A trained attention-LSTM: plain values, picklable.
    
    IDHClassifier makes one, load_checkpoint reads one.
    
    Parameters
    ----------
    shape : NetworkShape
    weights : dict of str to array
        float32, named and shaped as NetworkShape.weight_shapes says.
    channel_names : sequence of str, optional
    steps : int
        Time steps per sample in training; 0 when not known.
    time_step : float
        Seconds between steps in training; 0 when not known.
    
    Raises
    ------
    FormatError
        If weights are missing, unknown, of another shape or not finite.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: AttentionLSTM) -> bool:
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, shape: NetworkShape, weights: dict, channel_names: collections.abc.Sequence[str] = [], steps: typing.SupportsInt | typing.SupportsIndex = 0, time_step: typing.SupportsFloat | typing.SupportsIndex = 0.0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def predict(self, samples: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None) -> Prediction:
        """
        Probability and attention of each sample.
        
        Parameters
        ----------
        samples : array (samples, channels, steps)
        batch_size : int
            Samples that go through the network together.
        threads : int
            0: all cores. The result does not depend on it.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        Prediction
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def predict_patients(self, dataset: bolus._core.core.Dataset, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None) -> PatientPrediction:
        """
        Mean over the samples of each patient.
        
        Parameters
        ----------
        dataset : Dataset
            With patients.
        batch_size, threads, progress
            As in `predict`.
        
        Returns
        -------
        PatientPrediction
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    @property
    def channel_names(self) -> list[str]:
        """
        Input curves in order.
        """
    @channel_names.setter
    def channel_names(self, arg0: collections.abc.Sequence[str]) -> None:
        ...
    @property
    def classes(self) -> typing.Annotated[list[str], "FixedSize(2)"]:
        """
        Names of label 0 and of label 1, the positive class.
        """
    @classes.setter
    def classes(self, arg0: typing.Annotated[collections.abc.Sequence[str], "FixedSize(2)"]) -> None:
        ...
    @property
    def normalisation(self) -> str:
        """
        What was done to the curves before.
        """
    @normalisation.setter
    def normalisation(self, arg0: str) -> None:
        ...
    @property
    def notes(self) -> dict[str, str]:
        """
        Further text that is saved with the weights.
        """
    @notes.setter
    def notes(self, arg0: collections.abc.Mapping[str, str]) -> None:
        ...
    @property
    def shape(self) -> NetworkShape:
        ...
    @property
    def simulated(self) -> bool:
        """
        Trained on simulated patients.
        """
    @simulated.setter
    def simulated(self, arg0: bool) -> None:
        ...
    @property
    def steps(self) -> int:
        """
        Time steps per sample in training; 0 when not known.
        """
    @property
    def time_step(self) -> float:
        """
        Seconds between steps in training; 0 when not known.
        """
    @property
    def weights(self) -> dict:
        """
        Copies of the weight arrays, float32, by name: what a PyTorch module's load_state_dict takes.
        """
class TrainingHistory:
    """
    The course of a training, one entry per epoch.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Epoch (from 1), losses and AUC as a pandas DataFrame.
        """
    @property
    def best_epoch(self) -> int:
        """
        Epoch, from 0, whose weights were kept.
        """
    @property
    def loss(self) -> list[float]:
        """
        Mean weighted cross-entropy over the epoch's batches, while training.
        """
    @property
    def stopped_early(self) -> bool:
        """
        Patience ran out before the last epoch.
        """
    @property
    def validation_auc(self) -> list[float]:
        """
        After the epoch; empty without validation.
        """
    @property
    def validation_loss(self) -> list[float]:
        """
        After the epoch; empty without validation.
        """
class FittedModel:
    """
    The result of a training.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        The history as a pandas DataFrame.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the training.
        """
    @property
    def history(self) -> TrainingHistory:
        """
        Losses and AUC per epoch.
        """
    @property
    def network(self) -> AttentionLSTM:
        """
        The trained AttentionLSTM.
        """
class IDHClassifier:
    """
    The training options behind the estimator bolus.IDHClassifier, which documents them.
    """
    def __init__(self, hidden_size: typing.SupportsInt | typing.SupportsIndex = 16, convolution_channels: typing.SupportsInt | typing.SupportsIndex = 16, kernel_size: typing.SupportsInt | typing.SupportsIndex = 5, attention_activation: typing.Literal['none', 'tanh'] = 'none', dropout: typing.SupportsFloat | typing.SupportsIndex = 0.0, learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.002, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, max_epochs: typing.SupportsInt | typing.SupportsIndex = 100, patience: typing.SupportsInt | typing.SupportsIndex = 10, validation_fraction: typing.SupportsFloat | typing.SupportsIndex = 0.1, class_weights: typing.Literal['balanced', 'none'] = 'balanced', weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0, gradient_clip: typing.SupportsFloat | typing.SupportsIndex = 1.0, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def fit(self, training: bolus._core.core.Dataset, validation: bolus._core.core.Dataset | None = None, progress: typing.Any = None) -> FittedModel:
        """
        Train.
        
        Parameters
        ----------
        training : Dataset
        validation : Dataset, optional
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        FittedModel
        """
    def options(self) -> dict:
        """
        Every option and its value.
        """
class CrossValidationResult:
    """
    Every sample predicted by a network that never saw its patient.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Samples held out, best epoch (from 1) and AUC per fold as a pandas DataFrame.
        """
    @property
    def auc(self) -> numpy.typing.NDArray[numpy.float64]:
        """
        (folds,) area under the ROC curve of each fold's held-out samples.
        """
    @property
    def fold(self) -> numpy.typing.NDArray[numpy.uint64]:
        """
        (samples,) fold that held the sample out, from 0.
        """
    @property
    def mean_auc(self) -> float:
        """
        Mean of `auc`.
        """
    @property
    def models(self) -> list[FittedModel]:
        """
        One FittedModel per fold.
        """
    @property
    def prediction(self) -> Prediction:
        """
        Out-of-fold Prediction, one entry per sample.
        """
    @property
    def standard_deviation_auc(self) -> float:
        """
        Sample standard deviation of `auc`.
        """
class CrossValidation:
    """
    Cross-validation by patient, stratified by class.
    
    Folds run side by side, one core each, with the same numbers on any number of threads.
    
    Parameters
    ----------
    folds : int
        2 or more, at most the patients of the smaller class.
    seed : int
        Of the division into folds. Fold k is trained with the classifier's seed + k.
    threads : int
        Folds trained at the same time; 0: all cores.
    """
    def __call__(self, classifier: typing.Any, dataset: bolus._core.core.Dataset, progress: typing.Any = None) -> CrossValidationResult:
        """
        Train and predict every fold.
        
        Parameters
        ----------
        classifier : IDHClassifier
            Its options are used; it is not changed.
        dataset : Dataset
            With labels and patients.
        progress : callable (stage, done, total), optional
            Returning False stops.
        
        Returns
        -------
        CrossValidationResult
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, folds: typing.SupportsInt | typing.SupportsIndex = 5, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def folds(self) -> int:
        """
        2 or more.
        """
    @folds.setter
    def folds(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of the division into folds.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        Folds trained at the same time; 0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
def attention_course(windows: bolus._core.core.Dataset, attention: typing.Annotated[numpy.typing.ArrayLike, numpy.float64, "[m, n]"]) -> AttentionCourse:
    """
    Map the attention of one patient's windows back to seconds.
    
    Parameters
    ----------
    windows : Dataset
        One patient's windows, with start times and time step.
    attention : array (windows, steps)
    
    Returns
    -------
    AttentionCourse
        Each step averaged over the windows that cover it, scaled to sum 1.
    
    Raises
    ------
    ShapeError, DataError
    """
def load_checkpoint(path: os.PathLike | str | bytes) -> AttentionLSTM:
    """
    Read a network from .safetensors.
    
    Parameters
    ----------
    path : path-like
    
    Returns
    -------
    AttentionLSTM
    
    Raises
    ------
    IoError
        If the file cannot be read.
    FormatError
        If it is cut short or holds something else; the message names the field or array.
    VersionError
        If it was written by a newer bolus with another schema.
    """
def random_network(shape: NetworkShape, seed: typing.SupportsInt | typing.SupportsIndex) -> AttentionLSTM:
    """
    A network with random weights, distributed as in PyTorch.
    
    Parameters
    ----------
    shape : NetworkShape
    seed : int
    
    Returns
    -------
    AttentionLSTM
    """
def save_checkpoint(network: AttentionLSTM, path: os.PathLike | str | bytes, overwrite: bool = False) -> None:
    """
    Write a network as .safetensors, with all that is needed to use it as metadata.
    
    Parameters
    ----------
    network : AttentionLSTM
    path : path-like
    overwrite : bool
        Without it an existing file is an error.
    
    Raises
    ------
    IoError
    """
checkpoint_schema_version: int = 1
