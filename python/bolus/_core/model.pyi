"""
The attention-LSTM: training, prediction, weights.
"""
from __future__ import annotations
import bolus._core.core
import bolus._core.dsc
import bolus._core.evaluate
import collections.abc
import numpy
import numpy.typing
import os
import typing
__all__: list[str] = ['AttentionCourse', 'AttentionFaithfulness', 'AttentionLSTM', 'Attribution', 'CrossValidation', 'CrossValidationResult', 'Ensemble', 'EnsemblePatientPrediction', 'EnsemblePrediction', 'FaithfulnessCheck', 'FaithfulnessResult', 'FittedModel', 'FoldResult', 'IDHClassifier', 'IntegratedGradients', 'NestedCrossValidation', 'NestedCrossValidationResult', 'NestedTrial', 'NetworkShape', 'Occlusion', 'ParameterRange', 'PatientPrediction', 'Prediction', 'SeedEnsemble', 'TemporalPatternTable', 'TemporalPatterns', 'TrainingHistory', 'aggregate_patients', 'attention_course', 'checkpoint_schema_version', 'choose_trials', 'codeletion_classifier', 'ensemble_schema_version', 'fold_ensemble', 'fold_seeds', 'join_folds', 'load_checkpoint', 'load_ensemble', 'parameter_grid', 'random_network', 'random_parameters', 'require_folds', 'run_fold', 'save_checkpoint', 'save_ensemble', 'with_parameters']
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
    convolution_layers, lstm_layers : int
        How many convolutions and bidirectional LSTM layers.
    attention_hidden_size : int
        Hidden units of the attention's feed-forward layer; 0: it has none.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: NetworkShape) -> bool:
        ...
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, channels: typing.SupportsInt | typing.SupportsIndex = 5, hidden_size: typing.SupportsInt | typing.SupportsIndex = 16, convolution_channels: typing.SupportsInt | typing.SupportsIndex = 16, kernel_size: typing.SupportsInt | typing.SupportsIndex = 5, attention_activation: typing.Literal['none', 'tanh'] = 'none', convolution_layers: typing.SupportsInt | typing.SupportsIndex = 1, lstm_layers: typing.SupportsInt | typing.SupportsIndex = 1, attention_hidden_size: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
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
    def attention_hidden_size(self) -> int:
        """
        Hidden units of the attention; 0: none.
        """
    @attention_hidden_size.setter
    def attention_hidden_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
    def convolution_layers(self) -> int:
        """
        Convolutions before the LSTM.
        """
    @convolution_layers.setter
    def convolution_layers(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
    @property
    def lstm_layers(self) -> int:
        """
        Bidirectional LSTM layers.
        """
    @lstm_layers.setter
    def lstm_layers(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
    def _repr_html_(self) -> str:
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
    def _repr_html_(self) -> str:
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
    def _repr_html_(self) -> str:
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
    def predict(self, samples: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None, lengths: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] | None = None, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu') -> Prediction:
        """
        Probability and attention of each sample.
        
        Parameters
        ----------
        samples : array (samples, channels, steps)
        batch_size : int
            Samples that go through the network together, where LibTorch computes.
        threads : int
            0: all cores. The result does not depend on it.
        progress : callable (stage, done, total), optional
        lengths : sequence of int, optional
            Steps in use of each sample; the rest is padding, which may be NaN. None: all of them.
        engine : {'fused', 'libtorch'}
            What computes on the CPU: the own kernel, with which a sample's result does not depend on its neighbours, or LibTorch.
        device : {'cpu', 'cuda'}
            cuda always uses LibTorch.
        
        Returns
        -------
        Prediction
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def predict_patients(self, dataset: bolus._core.core.Dataset, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None, aggregation: typing.Literal['mean', 'median', 'maximum', 'logit_mean'] = 'mean', engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu') -> PatientPrediction:
        """
        The samples of each patient put together.
        
        Parameters
        ----------
        dataset : Dataset
            With patients.
        batch_size, threads, progress
            As in `predict`.
        aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
            How the probabilities of a patient's samples become one; attention is averaged.
        engine, device
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
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: TrainingHistory) -> bool:
        """
        Whether the numbers are the same; the seconds are not compared.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Epoch (from 1), losses, AUC, learning rate and seconds as a pandas DataFrame.
        """
    @property
    def best_epoch(self) -> int:
        """
        Epoch, from 0, whose weights were kept.
        """
    @property
    def learning_rate(self) -> list[float]:
        """
        Of the epoch's last step.
        """
    @property
    def loss(self) -> list[float]:
        """
        Mean weighted loss over the epoch's batches, while training.
        """
    @property
    def seconds(self) -> list[float]:
        """
        That the epoch took.
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
    def __init__(self, hidden_size: typing.SupportsInt | typing.SupportsIndex = 16, convolution_channels: typing.SupportsInt | typing.SupportsIndex = 16, kernel_size: typing.SupportsInt | typing.SupportsIndex = 5, attention_activation: typing.Literal['none', 'tanh'] = 'none', dropout: typing.SupportsFloat | typing.SupportsIndex = 0.0, learning_rate: typing.SupportsFloat | typing.SupportsIndex = 0.002, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, max_epochs: typing.SupportsInt | typing.SupportsIndex = 100, patience: typing.SupportsInt | typing.SupportsIndex = 10, validation_fraction: typing.SupportsFloat | typing.SupportsIndex = 0.1, class_weights: typing.Literal['balanced', 'none'] = 'balanced', weight_decay: typing.SupportsFloat | typing.SupportsIndex = 0.0, gradient_clip: typing.SupportsFloat | typing.SupportsIndex = 1.0, lstm_layers: typing.SupportsInt | typing.SupportsIndex = 1, convolution_layers: typing.SupportsInt | typing.SupportsIndex = 1, attention_hidden_size: typing.SupportsInt | typing.SupportsIndex = 0, optimizer: typing.Literal['adam', 'adamw'] = 'adam', loss: typing.Literal['cross_entropy', 'focal'] = 'cross_entropy', focal_gamma: typing.SupportsFloat | typing.SupportsIndex = 2.0, schedule: typing.Literal['constant', 'cosine', 'plateau'] = 'constant', warmup_epochs: typing.SupportsInt | typing.SupportsIndex = 0, early_stopping: typing.Literal['loss', 'auc'] = 'loss', batches: typing.Literal['shuffled', 'mixed'] = 'shuffled', augment_shift: typing.SupportsInt | typing.SupportsIndex = 0, augment_noise: typing.SupportsFloat | typing.SupportsIndex = 0.0, augment_scale: typing.SupportsFloat | typing.SupportsIndex = 0.0, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu', threads: typing.SupportsInt | typing.SupportsIndex = 0, checkpoint: str = '', seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def fit(self, training: bolus._core.core.Dataset, validation: bolus._core.core.Dataset | None = None, progress: typing.Any = None, initial: AttentionLSTM | None = None, callback: typing.Any = None, batches: bool = False) -> FittedModel:
        """
        Train.
        
        Parameters
        ----------
        training : Dataset
        validation : Dataset, optional
        progress : callable (stage, done, total), optional
        initial : AttentionLSTM, optional
            Weights to start from instead of random ones.
        callback : callable (moment, history, network, batch, loss), optional
            Called at 'epoch_begin' and 'epoch_end', and with `batches` at 'batch_begin' and 'batch_end'; returning False ends the
            training. The network is None at the begin of an epoch or batch.
        batches : bool
            Call at batches, too.
        
        Returns
        -------
        FittedModel
        """
    def held_out(self, training: bolus._core.core.Dataset) -> list[int]:
        """
        Indices of the samples that `fit` holds out for validation when it gets no validation set; sorted.
        """
    def options(self) -> dict:
        """
        Every option and its value.
        """
class FoldResult:
    """
    One fold: a network, and what it says about the patients it never saw.
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
        The prediction as a pandas DataFrame.
        """
    @property
    def auc(self) -> float:
        """
        Area under the ROC curve of the held-out samples.
        """
    @property
    def model(self) -> FittedModel:
        """
        FittedModel.
        """
    @property
    def prediction(self) -> Prediction:
        """
        Of the held-out samples.
        """
class CrossValidationResult:
    """
    Every sample predicted by a network that never saw its patient.
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
    def pooled_auc(self) -> float:
        """
        Of all samples together: scores of several networks, so not one classifier's.
        """
    @property
    def prediction(self) -> Prediction:
        """
        Out-of-fold Prediction, one entry per sample.
        """
    @property
    def seeds(self) -> list[int]:
        """
        That each fold was trained with.
        """
    @property
    def standard_deviation_auc(self) -> float:
        """
        Sample standard deviation of `auc`.
        """
class CrossValidation:
    """
    Cross-validation by patient, stratified by class.
    
    Folds run side by side, one core each, with the same numbers on any number of threads, in any order, and on any executor.
    
    Parameters
    ----------
    folds : int
        2 or more, at most the patients of the smaller class.
    seed : int
        Of the division into folds. The networks' seeds come from the classifier's, see `fold_seeds`.
    threads : int
        Folds trained at the same time; 0: all cores.
    """
    def __call__(self, classifier: typing.Any, dataset: bolus._core.core.Dataset, folds: typing.Any = None, executor: typing.Any = None, progress: typing.Any = None) -> typing.Any:
        """
        Train and predict every fold.
        
        Parameters
        ----------
        classifier : IDHClassifier
            Its options are used; it is not changed.
        dataset : Dataset
            With labels and patients.
        folds : sequence of FoldIndices or (training, validation), optional
            Folds of your own; a patient on both sides, or a part with one class, is an error.
        executor : concurrent.futures.Executor or dask.distributed.Client, optional
            Where folds are trained; threads of this process when not given. The numbers are the same.
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
    def make_folds(self, dataset: bolus._core.core.Dataset) -> list[bolus._core.evaluate.FoldIndices]:
        """
        The folds: a list of FoldIndices.
        """
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
class ParameterRange:
    """
    A range to draw a number from.
    
    Parameters
    ----------
    low, high : float
        Smallest and largest value.
    logarithmic : bool
        Draw the logarithm evenly, as fits a learning rate.
    integer : bool
        Whole numbers, both ends included.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, low: typing.SupportsFloat | typing.SupportsIndex = 0.0, high: typing.SupportsFloat | typing.SupportsIndex = 1.0, logarithmic: bool = False, integer: bool = False) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def high(self) -> float:
        """
        Largest value.
        """
    @high.setter
    def high(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def integer(self) -> bool:
        """
        Whole numbers.
        """
    @integer.setter
    def integer(self, arg0: bool) -> None:
        ...
    @property
    def logarithmic(self) -> bool:
        """
        Draw the logarithm evenly.
        """
    @logarithmic.setter
    def logarithmic(self, arg0: bool) -> None:
        ...
    @property
    def low(self) -> float:
        """
        Smallest value.
        """
    @low.setter
    def low(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class NestedTrial:
    """
    One set of options, tried on the training patients of one outer fold.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, outer_fold: typing.SupportsInt | typing.SupportsIndex, parameters: collections.abc.Mapping[str, typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str], auc: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex]) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        AUC per inner fold as a pandas DataFrame.
        """
    @property
    def auc(self) -> list[float]:
        """
        Of each inner fold.
        """
    @property
    def chosen(self) -> bool:
        """
        The best of its fold.
        """
    @property
    def mean_auc(self) -> float:
        """
        Mean of `auc`.
        """
    @property
    def outer_fold(self) -> int:
        """
        From 0.
        """
    @property
    def parameters(self) -> dict[str, int | float | str]:
        """
        Dict of what was changed.
        """
    @property
    def standard_deviation_auc(self) -> float:
        """
        Sample standard deviation.
        """
class NestedCrossValidationResult:
    """
    A search judged by patients who took no part in it.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, trials: collections.abc.Sequence[NestedTrial], outer: CrossValidationResult) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def to_frame(self) -> typing.Any:
        """
        Options and inner AUC of every trial as a pandas DataFrame.
        """
    @property
    def chosen(self) -> list[dict[str, int | float | str]]:
        """
        List of dict: the chosen options of each outer fold.
        """
    @property
    def outer(self) -> CrossValidationResult:
        """
        CrossValidationResult of the chosen options.
        """
    @property
    def trials(self) -> list[NestedTrial]:
        """
        List of NestedTrial.
        """
class NestedCrossValidation:
    """
    A search over options that is judged fairly.
    
    The inner folds, within the training patients of an outer fold, choose the options; the outer fold judges them.
    
    Parameters
    ----------
    outer_folds : int
        Judge.
    inner_folds : int
        Choose.
    seed : int
        Of the division into folds.
    threads : int
        Networks trained at the same time; 0: all cores.
    """
    def __call__(self, classifier: typing.Any, dataset: bolus._core.core.Dataset, candidates: typing.Any, executor: typing.Any = None, progress: typing.Any = None) -> typing.Any:
        """
        Search and judge.
        
        Parameters
        ----------
        classifier : IDHClassifier
            Its options hold where a candidate does not change them.
        dataset : Dataset
            With labels and patients.
        candidates : list of dict, or OptunaSearch
            Options to try: from `parameter_grid`, `random_parameters` or your own.
        executor : concurrent.futures.Executor or dask.distributed.Client, optional
            Where networks are trained. The numbers are the same.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        NestedCrossValidationResult
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, outer_folds: typing.SupportsInt | typing.SupportsIndex = 5, inner_folds: typing.SupportsInt | typing.SupportsIndex = 3, seed: typing.SupportsInt | typing.SupportsIndex = 0, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def make_inner_folds(self, dataset: bolus._core.core.Dataset, outer: typing.Any, number: typing.SupportsInt | typing.SupportsIndex) -> list[bolus._core.evaluate.FoldIndices]:
        """
        List of FoldIndices within the training part of outer fold `number`.
        """
    def make_outer_folds(self, dataset: bolus._core.core.Dataset) -> list[bolus._core.evaluate.FoldIndices]:
        """
        List of FoldIndices.
        """
    @property
    def inner_folds(self) -> int:
        """
        Choose.
        """
    @inner_folds.setter
    def inner_folds(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def outer_folds(self) -> int:
        """
        Judge.
        """
    @outer_folds.setter
    def outer_folds(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
        Networks trained at the same time; 0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class TemporalPatternTable:
    """
    The temporal pattern of every patient, with what it comes from.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        One row per patient as a pandas DataFrame.
        """
    @property
    def arrival_times(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        s of the series; NaN where no bolus was found.
        """
    @property
    def courses(self) -> list[AttentionCourse]:
        """
        AttentionCourse of each patient's series.
        """
    @property
    def density(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, 4) 1/s, attention per second; NaN where the segment is missing.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        model.temporal_patterns.tied, .segment_missing, .undetermined, with their number.
        """
    @property
    def labels(self) -> numpy.typing.NDArray[numpy.int32]:
        """
        (patients,) 1 mutant, 0 wildtype; empty when the data set has none.
        """
    @property
    def patient_flags(self) -> list[list[bolus._core.core.QcFlag]]:
        """
        QC flags of each patient.
        """
    @property
    def patients(self) -> list[str]:
        """
        In the order of their first window.
        """
    @property
    def patterns(self) -> numpy.typing.NDArray[numpy.int32]:
        """
        (patients,) 1 to 6; 0: not determined, see the patient's flags.
        """
    @property
    def probability(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (patients,) of the positive class, mean over the windows.
        """
    @property
    def shares(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, 4) share of all attention; 0 where the segment is missing.
        """
class TemporalPatterns:
    """
    From the attention of every window to the temporal pattern of every patient.
    
    Windows are mapped back to seconds and averaged, the seconds are cut by the patient's segments, the top two segments give the
    pattern (Choi et al. 2019).
    
    Parameters
    ----------
    measure : {'sum', 'mean'}
        What the highest attention of a segment means. 'sum': its share of all attention, which is its weight in the context vector;
        even attention then prefers the longest. 'mean': attention per second, which does not depend on how long a series goes on.
    tie : float
        Segments closer than this times the largest are tied.
    """
    def __call__(self, windows: bolus._core.core.Dataset, prediction: typing.Any, segments: collections.abc.Mapping[str, bolus._core.dsc.SegmentedSeries]) -> TemporalPatternTable:
        """
        Find the patterns.
        
        Parameters
        ----------
        windows : Dataset
            With patients, start times and time step.
        prediction : Prediction
            Of these windows: anything with `attention` (windows, steps) and `probability` (windows,).
        segments : dict of str to SegmentedSeries
            Of each patient's series: ``{p.id: bolus.dsc.BolusSegments()(p.curves) for p in cohort.patients}``.
        
        Returns
        -------
        TemporalPatternTable
        
        Raises
        ------
        ShapeError, OptionError
        DataError
            For a patient without segments, with windows outside them, or with windows of both labels.
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, measure: typing.Literal['sum', 'mean'] = 'sum', tie: typing.SupportsFloat | typing.SupportsIndex = 1e-09) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def measure(self) -> typing.Literal['sum', 'mean']:
        """
        By which segments are compared.
        """
    @measure.setter
    def measure(self, arg0: typing.Literal['sum', 'mean']) -> None:
        ...
    @property
    def tie(self) -> float:
        """
        Segments closer than this times the largest are tied.
        """
    @tie.setter
    def tie(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Attribution:
    """
    How much each time step moved the network's logit.
    """
    def __getstate__(self) -> tuple[str, typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"], list[bolus._core.core.QcFlag], int, int, int, list[float], list[int]]:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def gap(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) What integrated gradients miss of the difference of the logits.
        
        0 by their completeness axiom, up to the number of path steps. Raises DataError for occlusion, which has no such axiom.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per sample and step as a pandas DataFrame.
        """
    @property
    def baseline_logit(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) of the baseline; empty for occlusion.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        model.attribution.incomplete.
        """
    @property
    def logit(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) of the samples as they are.
        """
    @property
    def method(self) -> str:
        """
        'integrated gradients' or 'occlusion'.
        """
    @property
    def steps(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (samples, steps) towards the positive class where > 0; 0 in padding.
        """
    @property
    def values(self) -> typing.Any:
        """
        (samples, channels, steps) the same by channel; None for occlusion.
        """
class IntegratedGradients:
    """
    Integrated gradients (Sundararajan, Taly and Yan, ICML 2017).
    
    The gradient of the logit with respect to the input, averaged along the straight line from a baseline to the sample (Gauss-Legendre)
    and multiplied by the difference of the two. Attributions of a sample add up to the difference of the logits.
    
    Parameters
    ----------
    steps : int
        Points on the line.
    baseline : float
        Value of every curve at its start; 0 is the mean of a z-normalised curve.
    batch_size : int
        Samples that go through the network together.
    tolerance : float
        Flagged where a gap exceeds this times the difference of the logits (and this itself).
    threads : int
        0: all cores. The result does not depend on it.
    engine : {'fused', 'libtorch'}
        What computes on the CPU.
    device : {'cpu', 'cuda'}
        Where to compute; 'cuda' always uses LibTorch.
    """
    def __call__(self, network: typing.Any, samples: typing.Any, baselines: typing.Any = None, progress: typing.Any = None) -> Attribution:
        """
        Attribute the logit to the input.
        
        Parameters
        ----------
        network : AttentionLSTM, or fitted IDHClassifier
        samples : array (samples, channels, steps), or Dataset
        baselines : array (1 or samples, channels, steps), optional
            In place of `baseline`.
        progress : callable (stage, done, total), optional
            Returning False stops.
        
        Returns
        -------
        Attribution
            Flag model.attribution.incomplete where the gap is large: use more steps.
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, steps: typing.SupportsInt | typing.SupportsIndex = 64, baseline: typing.SupportsFloat | typing.SupportsIndex = 0.0, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, tolerance: typing.SupportsFloat | typing.SupportsIndex = 0.05, threads: typing.SupportsInt | typing.SupportsIndex = 0, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> float:
        """
        Value of every curve at its start.
        """
    @baseline.setter
    def baseline(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def batch_size(self) -> int:
        """
        Samples that go through the network together.
        """
    @batch_size.setter
    def batch_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def device(self) -> typing.Literal['cpu', 'cuda']:
        """
        Where to compute.
        """
    @device.setter
    def device(self, arg0: typing.Literal['cpu', 'cuda']) -> None:
        ...
    @property
    def engine(self) -> typing.Literal['fused', 'libtorch']:
        """
        What computes on the CPU.
        """
    @engine.setter
    def engine(self, arg0: typing.Literal['fused', 'libtorch']) -> None:
        ...
    @property
    def steps(self) -> int:
        """
        Points on the line.
        """
    @steps.setter
    def steps(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
        Of the gap, before it is flagged.
        """
    @tolerance.setter
    def tolerance(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
class Occlusion:
    """
    Occlusion over time (Zeiler and Fergus 2014).
    
    Hides every window of steps in all channels at once; a step gets the mean fall of the logit over the windows that hide it.
    
    Parameters
    ----------
    window : int
        Steps hidden together.
    fill : {'baseline', 'interpolate'}
        What stands in for them: a fixed value, or a line between the nearest steps that are kept.
    baseline : float
        0 is the mean of a z-normalised curve.
    batch_size : int
        Samples that go through the network together.
    threads : int
        0: all cores. The result does not depend on it.
    engine : {'fused', 'libtorch'}
        What computes on the CPU.
    device : {'cpu', 'cuda'}
        Where to compute; 'cuda' always uses LibTorch.
    """
    def __call__(self, network: typing.Any, samples: typing.Any, progress: typing.Any = None) -> Attribution:
        """
        Attribute the logit to the steps.
        
        Parameters
        ----------
        network : AttentionLSTM, or fitted IDHClassifier
        samples : array (samples, channels, steps), or Dataset
        progress : callable (stage, done, total), optional
            Returning False stops.
        
        Returns
        -------
        Attribution
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, window: typing.SupportsInt | typing.SupportsIndex = 3, fill: typing.Literal['baseline', 'interpolate'] = 'baseline', baseline: typing.SupportsFloat | typing.SupportsIndex = 0.0, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu') -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> float:
        """
        The fixed value.
        """
    @baseline.setter
    def baseline(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def batch_size(self) -> int:
        """
        Samples that go through the network together.
        """
    @batch_size.setter
    def batch_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def device(self) -> typing.Literal['cpu', 'cuda']:
        """
        Where to compute.
        """
    @device.setter
    def device(self, arg0: typing.Literal['cpu', 'cuda']) -> None:
        ...
    @property
    def engine(self) -> typing.Literal['fused', 'libtorch']:
        """
        What computes on the CPU.
        """
    @engine.setter
    def engine(self, arg0: typing.Literal['fused', 'libtorch']) -> None:
        ...
    @property
    def fill(self) -> typing.Literal['baseline', 'interpolate']:
        """
        What stands in for them.
        """
    @fill.setter
    def fill(self, arg0: typing.Literal['baseline', 'interpolate']) -> None:
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
    def window(self) -> int:
        """
        Steps hidden together.
        """
    @window.setter
    def window(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class FaithfulnessCheck:
    """
    One question to the attention, with its answer over patients.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def high(self) -> float:
        """
        Of the bootstrap interval over patients.
        """
    @property
    def limit(self) -> float:
        """
        What the value must reach or, for randomisation, not exceed.
        """
    @property
    def low(self) -> float:
        """
        Of the bootstrap interval over patients.
        """
    @property
    def meaning(self) -> str:
        """
        A sentence for a report.
        """
    @property
    def name(self) -> str:
        """
        gradients, occlusion, deletion, insertion or randomisation.
        """
    @property
    def outcome(self) -> typing.Literal['faithful', 'unfaithful', 'undecided']:
        """
        'faithful', 'unfaithful' or 'undecided'.
        """
    @property
    def value(self) -> float:
        """
        Mean over patients.
        """
class FaithfulnessResult:
    """
    Whether attention can be read as what the network used, and why.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def report(self) -> str:
        """
        The verdict and its reasons as sentences.
        """
    def to_frame(self) -> typing.Any:
        """
        One row per check as a pandas DataFrame.
        """
    @property
    def areas(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (orders, 2) under the curves of deletion (low is good) and insertion (high is good).
        """
    @property
    def checks(self) -> list[FaithfulnessCheck]:
        """
        Five FaithfulnessCheck.
        """
    @property
    def deletion(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (points + 1, orders) probability of the class predicted, most important steps hidden.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        model.attention.unfaithful, .undecided, .constant, model.attribution.incomplete.
        """
    @property
    def fraction(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (points + 1,) of the steps, 0 to 1.
        """
    @property
    def insertion(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (points + 1, orders) the same, all steps hidden but the most important.
        """
    @property
    def orders(self) -> list[str]:
        """
        attention, gradients, occlusion, random.
        """
    @property
    def patients(self) -> list[str]:
        """
        In the order of their first sample.
        """
    @property
    def per_patient(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, checks) mean over the patient's samples.
        """
    @property
    def randomised(self) -> list[str]:
        """
        Weights drawn anew so far, from the top of the network down.
        """
    @property
    def similarity(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (randomised,) rank correlation of attention before and after.
        """
    @property
    def verdict(self) -> typing.Literal['faithful', 'unfaithful', 'undecided']:
        """
        'faithful', 'unfaithful' or 'undecided'.
        """
class AttentionFaithfulness:
    """
    Asks whether attention is a faithful explanation.
    
    It need not be one (Jain and Wallace 2019): it weighs hidden states, each of which knows its neighbours' input. Attention is held
    beside integrated gradients and occlusion (rank correlation over the steps of a sample), steps are hidden in its order and in random
    orders (deletion and insertion, Petsiuk et al. 2018), and weights are drawn anew from the top down, which must change it (Adebayo et
    al. 2018). Samples are averaged per patient; intervals are bootstraps over patients. The limits are choices of this library.
    
    Parameters
    ----------
    path_steps : int
        Of the integrated gradients.
    window : int
        Steps hidden together by the occlusion.
    fill : {'baseline', 'interpolate'}
        What stands in for hidden steps.
    baseline : float
        0 is the mean of a z-normalised curve.
    points : int
        Of the deletion and insertion curves, after the first.
    random_orders : int
        Orders that attention must beat.
    randomisations : int
        Draws of new weights.
    min_correlation : float
        That attention must reach with gradients and with occlusion.
    max_similarity : float
        Of attention before and after all weights are new.
    min_patients : int
        With fewer the verdict is 'undecided'.
    replicates : int
        Of the bootstrap.
    confidence : float
        Of the intervals.
    batch_size : int
        Samples that go through the network together.
    threads : int
        0: all cores. The result does not depend on it.
    engine : {'fused', 'libtorch'}
        What computes on the CPU.
    device : {'cpu', 'cuda'}
        Where to compute; 'cuda' always uses LibTorch.
    seed : int
        Of orders, new weights and the bootstrap.
    """
    def __call__(self, network: typing.Any, dataset: bolus._core.core.Dataset, progress: typing.Any = None) -> FaithfulnessResult:
        """
        Ask.
        
        Parameters
        ----------
        network : AttentionLSTM, or fitted IDHClassifier
        dataset : Dataset
            Samples that the network was not trained on. Without patients every sample counts as one.
        progress : callable (stage, done, total), optional
            Returning False stops.
        
        Returns
        -------
        FaithfulnessResult
            Flagged model.attention.unfaithful, with the reasons, when attention should not be trusted.
        
        Raises
        ------
        ShapeError, DataError, OptionError, Cancelled
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
        ...
    def __init__(self, path_steps: typing.SupportsInt | typing.SupportsIndex = 64, window: typing.SupportsInt | typing.SupportsIndex = 3, fill: typing.Literal['baseline', 'interpolate'] = 'baseline', baseline: typing.SupportsFloat | typing.SupportsIndex = 0.0, points: typing.SupportsInt | typing.SupportsIndex = 20, random_orders: typing.SupportsInt | typing.SupportsIndex = 10, randomisations: typing.SupportsInt | typing.SupportsIndex = 5, min_correlation: typing.SupportsFloat | typing.SupportsIndex = 0.3, max_similarity: typing.SupportsFloat | typing.SupportsIndex = 0.5, min_patients: typing.SupportsInt | typing.SupportsIndex = 10, replicates: typing.SupportsInt | typing.SupportsIndex = 1000, confidence: typing.SupportsFloat | typing.SupportsIndex = 0.95, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, engine: typing.Literal['fused', 'libtorch'] = 'fused', device: typing.Literal['cpu', 'cuda'] = 'cpu', seed: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def baseline(self) -> float:
        """
        0 is the mean of a z-normalised curve.
        """
    @baseline.setter
    def baseline(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def batch_size(self) -> int:
        """
        Samples that go through the network together.
        """
    @batch_size.setter
    def batch_size(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def confidence(self) -> float:
        """
        Of the intervals.
        """
    @confidence.setter
    def confidence(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def device(self) -> typing.Literal['cpu', 'cuda']:
        """
        Where to compute.
        """
    @device.setter
    def device(self, arg0: typing.Literal['cpu', 'cuda']) -> None:
        ...
    @property
    def engine(self) -> typing.Literal['fused', 'libtorch']:
        """
        What computes on the CPU.
        """
    @engine.setter
    def engine(self, arg0: typing.Literal['fused', 'libtorch']) -> None:
        ...
    @property
    def fill(self) -> typing.Literal['baseline', 'interpolate']:
        """
        What stands in for hidden steps.
        """
    @fill.setter
    def fill(self, arg0: typing.Literal['baseline', 'interpolate']) -> None:
        ...
    @property
    def max_similarity(self) -> float:
        """
        Of attention before and after all weights are new.
        """
    @max_similarity.setter
    def max_similarity(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_correlation(self) -> float:
        """
        With gradients and with occlusion.
        """
    @min_correlation.setter
    def min_correlation(self, arg0: typing.SupportsFloat | typing.SupportsIndex) -> None:
        ...
    @property
    def min_patients(self) -> int:
        """
        With fewer the verdict is 'undecided'.
        """
    @min_patients.setter
    def min_patients(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def path_steps(self) -> int:
        """
        Of the integrated gradients.
        """
    @path_steps.setter
    def path_steps(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def points(self) -> int:
        """
        Of the deletion and insertion curves.
        """
    @points.setter
    def points(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def random_orders(self) -> int:
        """
        Orders that attention must beat.
        """
    @random_orders.setter
    def random_orders(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def randomisations(self) -> int:
        """
        Draws of new weights.
        """
    @randomisations.setter
    def randomisations(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def replicates(self) -> int:
        """
        Of the bootstrap.
        """
    @replicates.setter
    def replicates(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def seed(self) -> int:
        """
        Of orders, new weights and the bootstrap.
        """
    @seed.setter
    def seed(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
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
    def window(self) -> int:
        """
        Steps hidden together by the occlusion.
        """
    @window.setter
    def window(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class EnsemblePrediction:
    """
    What several networks say about each sample.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Probability and standard deviation per sample as a pandas DataFrame.
        """
    @property
    def attention(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (samples, steps) mean over the networks.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the prediction.
        """
    @property
    def logit(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) mean over the networks: what to calibrate.
        """
    @property
    def members(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (samples, networks) probability by each.
        """
    @property
    def probability(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) mean over the networks.
        """
    @property
    def standard_deviation(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (samples,) how far the networks disagree.
        """
class EnsemblePatientPrediction:
    """
    What several networks say about each patient.
    """
    def __getstate__(self) -> tuple[typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any, typing.Any]:
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
        Patient, probability, standard deviation and samples as a pandas DataFrame.
        """
    @property
    def attention(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, steps) mean over samples and networks.
        """
    @property
    def flags(self) -> list[bolus._core.core.QcFlag]:
        """
        Reasons to doubt the prediction.
        """
    @property
    def members(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, n]"]:
        """
        (patients, networks) probability by each.
        """
    @property
    def patients(self) -> list[str]:
        """
        In the order of their first sample.
        """
    @property
    def probability(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (patients,) mean over the networks.
        """
    @property
    def sample_counts(self) -> list[int]:
        """
        Samples of each patient.
        """
    @property
    def standard_deviation(self) -> typing.Annotated[numpy.typing.NDArray[numpy.float64], "[m, 1]"]:
        """
        (patients,) how far the networks disagree.
        """
class Ensemble:
    """
    Several networks of one kind of input: of folds, or of other seeds.
    
    Their mean is steadier than each; their standard deviation says how much of the probability is the training's chance.
    
    Parameters
    ----------
    networks : list of AttentionLSTM
    
    Raises
    ------
    DataError, ShapeError, FormatError
        For no network, or networks that take other channels, classes or steps.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: Ensemble) -> bool:
        ...
    def __getstate__(self) -> bytes:
        ...
    def __init__(self, networks: collections.abc.Sequence[AttentionLSTM]) -> None:
        ...
    def __len__(self) -> int:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: bytes) -> None:
        ...
    def _repr_html_(self) -> typing.Any:
        ...
    def predict(self, samples: typing.Annotated[numpy.typing.ArrayLike, numpy.float32], batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, progress: typing.Any = None) -> EnsemblePrediction:
        """
        Predict each sample.
        
        Parameters
        ----------
        samples : array (samples, channels, steps)
        batch_size, threads, progress
            As in `AttentionLSTM.predict`.
        
        Returns
        -------
        EnsemblePrediction
        """
    def predict_patients(self, dataset: bolus._core.core.Dataset, batch_size: typing.SupportsInt | typing.SupportsIndex = 64, threads: typing.SupportsInt | typing.SupportsIndex = 0, aggregation: typing.Literal['mean', 'median', 'maximum', 'logit_mean'] = 'mean', progress: typing.Any = None) -> EnsemblePatientPrediction:
        """
        Predict each patient: first the samples of each network are put together, then the networks.
        
        Parameters
        ----------
        dataset : Dataset
            With patients.
        aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
            Of a patient's samples.
        batch_size, threads, progress
            As in `AttentionLSTM.predict`.
        
        Returns
        -------
        EnsemblePatientPrediction
        """
    def to_frame(self) -> typing.Any:
        """
        One row per network as a pandas DataFrame.
        """
    @property
    def networks(self) -> list[AttentionLSTM]:
        """
        List of AttentionLSTM.
        """
class SeedEnsemble:
    """
    Trains the same options with several seeds, side by side.
    
    Parameters
    ----------
    members : int
        Networks; number k has the classifier's seed + k.
    threads : int
        Networks trained at the same time; 0: all cores. The result does not depend on it.
    """
    def __call__(self, classifier: typing.Any, training: bolus._core.core.Dataset, validation: bolus._core.core.Dataset | None = None, progress: typing.Any = None) -> Ensemble:
        """
        Train.
        
        Parameters
        ----------
        classifier : IDHClassifier
        training : Dataset
        validation : Dataset, optional
            For early stopping; without it each network holds out patients of its own.
        progress : callable (stage, done, total), optional
        
        Returns
        -------
        Ensemble
        """
    def __getstate__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __init__(self, members: typing.SupportsInt | typing.SupportsIndex = 5, threads: typing.SupportsInt | typing.SupportsIndex = 0) -> None:
        ...
    def __repr__(self) -> str:
        ...
    def __setstate__(self, arg0: tuple) -> None:
        ...
    @property
    def members(self) -> int:
        """
        Networks.
        """
    @members.setter
    def members(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
    @property
    def threads(self) -> int:
        """
        0 means all cores.
        """
    @threads.setter
    def threads(self, arg0: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
def aggregate_patients(patients: collections.abc.Sequence[str], samples: Prediction, aggregation: typing.Literal['mean', 'median', 'maximum', 'logit_mean'] = 'mean') -> PatientPrediction:
    """
    One probability per patient from those of the patient's samples.
    
    Parameters
    ----------
    patients : list of str
        One per sample.
    samples : Prediction
    aggregation : {'mean', 'median', 'maximum', 'logit_mean'}
    
    Returns
    -------
    PatientPrediction
    """
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
def choose_trials(trials: collections.abc.Sequence[NestedTrial], outer_folds: typing.SupportsInt | typing.SupportsIndex) -> tuple[list[NestedTrial], list[dict[str, int | float | str]]]:
    """
    The trials with the best of each outer fold marked, and its options per outer fold.
    """
def codeletion_classifier() -> IDHClassifier:
    """
    Training options for 1p/19q codeletion among IDH-mutant gliomas; the estimator is bolus.CodeletionClassifier.
    """
def fold_ensemble(result: CrossValidationResult) -> Ensemble:
    """
    The networks of a CrossValidationResult as an Ensemble, for new patients.
    """
def fold_seeds(seed: typing.SupportsInt | typing.SupportsIndex, folds: typing.Any, dataset: bolus._core.core.Dataset) -> list[int]:
    """
    The seed of each fold: `seed` + its rank by the name of its first held-out patient.
    """
def join_folds(dataset: bolus._core.core.Dataset, folds: typing.Any, results: collections.abc.Sequence[FoldResult], seeds: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]) -> CrossValidationResult:
    """
    The results of all folds as a CrossValidationResult.
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
def load_ensemble(path: os.PathLike | str | bytes) -> Ensemble:
    """
    Read an Ensemble from .safetensors. Raises IoError, FormatError, VersionError.
    """
def parameter_grid(values: collections.abc.Mapping[str, collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str]]) -> list[dict[str, int | float | str]]:
    """
    Every combination of the values.
    
    Parameters
    ----------
    values : dict of str to list
        E.g. ``{"hidden_size": [8, 16], "dropout": [0.0, 0.3]}``.
    
    Returns
    -------
    list of dict
        The last name, in alphabetical order, changes fastest.
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
def random_parameters(space: collections.abc.Mapping[str, ParameterRange | collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str]], count: typing.SupportsInt | typing.SupportsIndex, seed: typing.SupportsInt | typing.SupportsIndex = 0) -> list[dict[str, int | float | str]]:
    """
    Independent random draws of options.
    
    Parameters
    ----------
    space : dict of str to ParameterRange or list
        What to draw each option from.
    count : int
    seed : int
        Draw i of an option depends on the seed, the option's name and i alone.
    
    Returns
    -------
    list of dict
    """
def require_folds(folds: typing.Any, dataset: bolus._core.core.Dataset) -> None:
    """
    Raise DataError where a patient is on both sides of a fold, a side has one class, or a sample is not held out once.
    """
def run_fold(classifier: typing.Any, dataset: bolus._core.core.Dataset, fold: typing.Any, progress: typing.Any = None) -> FoldResult:
    """
    Train one fold and predict what it holds out.
    
    Parameters
    ----------
    classifier : IDHClassifier
        Trained with its own seed.
    dataset : Dataset
        With labels and patients.
    fold : FoldIndices or (training, validation)
    progress : callable (stage, done, total), optional
    
    Returns
    -------
    FoldResult
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
def save_ensemble(ensemble: Ensemble, path: os.PathLike | str | bytes, overwrite: bool = False) -> None:
    """
    Write an Ensemble as one .safetensors file. Raises IoError.
    """
def with_parameters(classifier: typing.Any, parameters: collections.abc.Mapping[str, typing.SupportsInt | typing.SupportsIndex | typing.SupportsFloat | typing.SupportsIndex | str]) -> IDHClassifier:
    """
    The training options with these changed. Raises OptionError.
    """
checkpoint_schema_version: int = 2
ensemble_schema_version: int = 1
