"""The attention-LSTM as a scikit-learn estimator."""

import numbers
import os

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_random_state, column_or_1d, validate_data

from bolus._core.core import DataError, Dataset, OptionError, ShapeError
from bolus._core.model import IDHClassifier as _Training
from bolus._core.model import load_checkpoint, save_checkpoint
from bolus.callbacks import Callbacks

__all__ = ["IDHClassifier"]


class IDHClassifier(ClassifierMixin, BaseEstimator):
    """Attention-LSTM that tells IDH-mutant from wildtype by perfusion curves (Choi et al., Neuro-Oncology 2019;21:1197).

    1-D convolution, bidirectional LSTM, attention over time, one feed-forward layer, sigmoid; trained by Adam on weighted
    binary cross-entropy with early stopping on the validation loss. It takes any two classes. The training page of the user
    guide explains the options.

    Parameters
    ----------
    hidden_size : int, default=16
        LSTM states per direction.
    convolution_channels : int, default=16
        Filters of the convolution.
    kernel_size : int, default=5
        Steps of the convolution's kernel, odd.
    attention_activation : {'none', 'tanh'}, default='none'
        What the attention scores pass through before the softmax.
    dropout : float, default=0.0
        Share of each LSTM layer's outputs set to 0 in training, 0 to below 1; of the last one, of the context vector.
    learning_rate : float, default=0.002
        Step size of Adam.
    batch_size : int, default=64
        Samples per step.
    max_epochs : int, default=100
        Passes over the training samples at most.
    patience : int, default=10
        Epochs without a better one (see `early_stopping`) before stopping.
    validation_fraction : float, default=0.1
        Share of patients held out when `fit` gets no validation set; 0: none, and no early stopping.
    class_weights : {'balanced', 'none'}, default='balanced'
        'balanced': both classes count the same in sum.
    weight_decay : float, default=0.0
        With 'adam' an L2 penalty added to the gradient, with 'adamw' the weights shrink beside the step.
    gradient_clip : float, default=1.0
        Largest norm of the gradient; 0: not clipped.
    lstm_layers : int, default=1
        Bidirectional LSTM layers.
    convolution_layers : int, default=1
        Convolutions before them.
    attention_hidden_size : int, default=0
        Units of the attention's hidden layer; 0: none.
    optimizer : {'adam', 'adamw'}, default='adam'
        What makes a step of the gradient.
    loss : {'cross_entropy', 'focal'}, default='cross_entropy'
        'focal': samples that are right already count little (Lin et al. 2017).
    focal_gamma : float, default=2.0
        Exponent of the focal loss.
    schedule : {'constant', 'cosine', 'plateau'}, default='constant'
        Course of the learning rate. 'cosine': half a cosine down to 0 at `max_epochs`. 'plateau': halved when half of
        `patience` went by without a better epoch.
    warmup_epochs : int, default=0
        Epochs in which the learning rate rises linearly, step by step.
    early_stopping : {'loss', 'auc'}, default='loss'
        Which epoch is better: lower validation loss, or larger validation AUC (where equal, lower loss).
    batches : {'shuffled', 'mixed'}, default='shuffled'
        'mixed': the samples of each patient are dealt out evenly over the batches of an epoch.
    augment_shift : int, default=0
        Steps by which the curves of a training sample are moved together, at most; edges held.
    augment_noise : float, default=0.0
        SD of the noise added to training curves, which are then scaled back to unit variance.
    augment_scale : float, default=0.0
        SD of the logarithm of a factor on each training curve.
    engine : {'fused', 'libtorch'}, default='fused'
        Which code runs the network.
    device : {'cpu', 'cuda'}, default='cpu'
        Where it runs; 'cuda' always by LibTorch.
    threads : int, default=0
        Threads of the fused engine; 0: all cores. The weights do not depend on it.
    checkpoint : str, default=''
        File that holds the training's state after each epoch. Where it exists, `fit` goes on from there, with the same result
        as in one go; '': none.
    warm_start : bool, default=False
        `fit` starts from the weights of the last `fit` instead of random ones.
    variable_length : bool, default=False
        Steps at the end of a sample that are NaN in all channels are padding.
    callbacks : list of bolus.callbacks.Callback, or of (name, callback), optional
        Called in the course of training.
    random_state : int, numpy.random.Generator, numpy.random.RandomState or None, default=0
        Of the first weights, the order of samples, the split, dropout and augmentation. The same int gives the same weights;
        None gives others each time. (`seed` in C++.)

    Attributes
    ----------
    classes_ : array (2,)
        The two labels, sorted; the second is the positive class.
    n_features_in_ : int
        Second dimension of X in `fit`: steps for X (samples, steps), channels for X (samples, channels, steps).
    history_ : bolus.model.TrainingHistory
        Losses, AUC and learning rate per epoch; `history_.to_frame()` is a DataFrame.
    network_ : bolus.model.AttentionLSTM
        The trained network.
    flags_ : list of QcFlag
        Reasons to doubt the training.
    callbacks_ : list of (name, callback)
        Those of the last `fit`.
    scores_ : dict of str to list of float
        What `bolus.callbacks.EpochScoring` found, one per epoch.

    Notes
    -----
    `groups` tells which samples belong to one patient, so that none is in the training and the validation part at once. In
    cross-validation pass it to the splitter and to `fit`:
    ``cross_val_predict(clf, X, y, groups=patient, params={"groups": patient}, cv=StratifiedGroupKFold())``.
    """

    def __init__(
        self,
        hidden_size=16,
        convolution_channels=16,
        kernel_size=5,
        attention_activation="none",
        dropout=0.0,
        learning_rate=0.002,
        batch_size=64,
        max_epochs=100,
        patience=10,
        validation_fraction=0.1,
        class_weights="balanced",
        weight_decay=0.0,
        gradient_clip=1.0,
        lstm_layers=1,
        convolution_layers=1,
        attention_hidden_size=0,
        optimizer="adam",
        loss="cross_entropy",
        focal_gamma=2.0,
        schedule="constant",
        warmup_epochs=0,
        early_stopping="loss",
        batches="shuffled",
        augment_shift=0,
        augment_noise=0.0,
        augment_scale=0.0,
        engine="fused",
        device="cpu",
        threads=0,
        checkpoint="",
        warm_start=False,
        variable_length=False,
        callbacks=None,
        random_state=0,
    ):
        self.hidden_size = hidden_size
        self.convolution_channels = convolution_channels
        self.kernel_size = kernel_size
        self.attention_activation = attention_activation
        self.dropout = dropout
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.class_weights = class_weights
        self.weight_decay = weight_decay
        self.gradient_clip = gradient_clip
        self.lstm_layers = lstm_layers
        self.convolution_layers = convolution_layers
        self.attention_hidden_size = attention_hidden_size
        self.optimizer = optimizer
        self.loss = loss
        self.focal_gamma = focal_gamma
        self.schedule = schedule
        self.warmup_epochs = warmup_epochs
        self.early_stopping = early_stopping
        self.batches = batches
        self.augment_shift = augment_shift
        self.augment_noise = augment_noise
        self.augment_scale = augment_scale
        self.engine = engine
        self.device = device
        self.threads = threads
        self.checkpoint = checkpoint
        self.warm_start = warm_start
        self.variable_length = variable_length
        self.callbacks = callbacks
        self.random_state = random_state

    def _options(self):
        options = self.get_params(deep=False)
        state = options.pop("random_state")
        for name in ("warm_start", "variable_length", "callbacks"):
            options.pop(name)
        options["checkpoint"] = os.fspath(options["checkpoint"])
        if isinstance(state, numbers.Integral):
            if state < 0:
                raise OptionError(f"random_state is {state}; expected 0 or a positive number")
            seed = int(state)
        elif isinstance(state, np.random.Generator):
            seed = int(state.integers(2**63))
        else:
            seed = int(check_random_state(state if state is not None else np.random.RandomState()).randint(2**31 - 1))
        try:
            return _Training(**options, seed=seed)
        except TypeError:
            given = ", ".join(f"{name}={value!r}" for name, value in options.items())
            raise OptionError(f"an option is not of the type it should be: {given}") from None

    def _samples(self, X, *, reset):
        """X as an array, and the lengths of its samples, None where all steps are in use."""
        if isinstance(X, Dataset):
            return X.curves, X.lengths if len(X.lengths) else None
        finite = "allow-nan" if self.variable_length else True
        try:
            X = validate_data(
                self, X, allow_nd=True, dtype=np.float32, order="C", reset=reset, ensure_all_finite=finite
            )
        except ValueError as error:
            raise DataError(_not_finite(X, self.variable_length) or str(error)) from None
        if X.ndim > 3:
            raise ShapeError(f"X has {X.ndim} dimensions; expected (samples, channels, steps) or (samples, steps)")
        return X, _lengths(X) if self.variable_length else None

    def _labels(self, y):
        """0 and 1 for the classes of y, which must be known."""
        y = column_or_1d(y, warn=True)
        codes = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        if not (self.classes_[codes] == y).all():
            raise DataError(
                f"labels hold a class that is not among {list(self.classes_)}; leave such samples out, or train on them"
            )
        return codes.astype(int)

    @staticmethod
    def _patients(groups, count, which):
        if groups is None:
            return []
        groups = np.asarray(groups)
        if groups.shape != (count,):
            raise ShapeError(f"{which} groups have shape {groups.shape}; expected one for each of {count} samples")
        return [str(group) for group in groups]

    def fit(self, X, y=None, groups=None, validation=None, progress=None):
        """Train on samples X with labels y, or on a data set that holds both.

        Parameters
        ----------
        X : array (samples, channels, steps), or (samples, steps) for one channel, or bolus.Dataset
            Curves, z-normalised. A Dataset brings its labels and patients along, and the trained network remembers its
            channel names and time step, and whether it was simulated.
        y : array (samples,)
            Two classes of any kind; left out with a Dataset.
        groups : array (samples,), optional
            Patient of each sample; without it every sample counts as a patient of its own. Left out with a Dataset.
        validation : tuple (X, y) or (X, y, groups), or bolus.Dataset, optional
            Samples for early stopping. Without it `validation_fraction` of the patients are held out.
        progress : callable (stage, done, total), optional
            Called now and then with the epochs done; returning False stops.

        Returns
        -------
        self : IDHClassifier

        Raises
        ------
        DataError
            If only one class is there, a patient is in training and validation, there are too few to hold some out, or
            `checkpoint` belongs to another training.
        ShapeError
            If the parts do not fit, or with `warm_start` the last network has another architecture.
        IoError, FormatError, VersionError
            If `checkpoint` cannot be written, or holds something else than a training's state.
        ConvergenceError
            If gradients are not finite.
        OptionError, Cancelled
        """
        options = self._options()
        before = {
            name: value for name, value in vars(self).items() if name in ("classes_", "history_", "network_", "scores_")
        }
        start = before.get("network_") if self.warm_start else None
        try:
            if isinstance(X, Dataset):
                training, held_out = self._given(X, y, groups, validation)
            else:
                training, held_out = self._arranged(X, y, groups, validation)
            if start is not None and list(before["classes_"]) != list(self.classes_):
                raise DataError(
                    f"the labels are {list(self.classes_)}, but the weights to start from (warm_start) tell "
                    f"{list(before['classes_'])} apart; give the same two classes, or set warm_start to False"
                )
            self.scores_ = {}
            callbacks = Callbacks(self.callbacks, self, X, y, lambda: self._parts(options, training, held_out))
            self.callbacks_ = callbacks.named
            callbacks.train_begin()
            fitted = options.fit(training, held_out, progress, start, callbacks or None, callbacks.batches)
        except BaseException:  # what callbacks saw of a training that was broken off is not kept
            for name in ("classes_", "history_", "network_", "scores_"):
                vars(self).pop(name, None)
            vars(self).update(before)
            raise
        self.network_ = fitted.network
        notes = {"n_features_in": str(self.n_features_in_)}
        if not isinstance(X, Dataset):  # a Dataset has 0 and 1, and the network names them wildtype and mutant
            kind = self.classes_.dtype
            notes["classes_dtype"] = kind.str if kind.kind != "O" else "O"
            self.network_.classes = [str(name) for name in self.classes_]
        self.network_.notes = notes
        self.history_ = fitted.history
        self.flags_ = fitted.flags
        callbacks.train_end()
        return self

    def _parts(self, options, training, held_out):
        """Training and validation samples with their labels, for callbacks."""
        if held_out is None:
            rows = options.held_out(training)
            if rows:
                held_out = training.select(rows)
                training = training.select(sorted(set(range(len(training))) - set(rows)))
        return [part and (part, self.classes_[part.labels]) for part in (training, held_out)]

    def _given(self, dataset, y, groups, validation):
        """Training and validation set from data sets."""
        if y is not None or groups is not None:
            raise OptionError("a Dataset brings its labels and patients: leave out y and groups")
        if validation is not None and not isinstance(validation, Dataset):
            raise OptionError(f"validation is a {type(validation).__name__}; expected a Dataset, as for training")
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = dataset.curves.shape[1]
        return dataset, validation

    def _arranged(self, X, y, groups, validation):
        """Training and validation set from arrays; learns the classes."""
        X, lengths = self._samples(X, reset=True)
        if y is None:
            raise DataError("requires y to be passed, but the target y is None; give a label for each sample")
        try:
            y = column_or_1d(y, warn=True)
            check_classification_targets(y)
        except ValueError as error:
            raise DataError(str(error)) from None
        if len(y) != len(X):
            raise ShapeError(f"X has {len(X)} samples and y {len(y)}; expected as many")
        classes = np.unique(y)
        if len(classes) > 2:
            raise DataError(
                "Only binary classification is supported. The type of the target is multiclass: "
                f"{len(classes)} classes were found"
            )
        if len(classes) < 2:
            raise DataError(f"y holds 1 class only, {classes[0]!r}; expected two")
        self.classes_ = classes

        training = _dataset(X, lengths, self._labels(y), self._patients(groups, len(X), "the"))
        held_out = None
        if validation is not None:
            if isinstance(validation, Dataset):
                raise OptionError("validation is a Dataset; expected a tuple (X, y) or (X, y, groups), as for training")
            if len(validation) not in (2, 3):
                raise ShapeError(f"validation has {len(validation)} parts; expected (X, y) or (X, y, groups)")
            X_validation, lengths = self._samples(validation[0], reset=False)
            patients = self._patients(validation[2] if len(validation) == 3 else None, len(X_validation), "validation")
            held_out = _dataset(X_validation, lengths, self._labels(validation[1]), patients)
        return training, held_out

    def _predict(self, X):
        check_is_fitted(self)
        X, lengths = self._samples(X, reset=False)
        return self.network_.predict(X, lengths=lengths, engine=self.engine, device=self.device)

    def predict_proba(self, X):
        """Probability of each class.

        Parameters
        ----------
        X : array (samples, channels, steps), or (samples, steps) for one channel

        Returns
        -------
        array (samples, 2)
            Columns in the order of `classes_`.
        """
        positive = self._predict(X).probability
        return np.column_stack([1.0 - positive, positive])

    def decision_function(self, X):
        """Log odds of the positive class, (samples,)."""
        return self._predict(X).logit

    def predict(self, X):
        """The more probable class of each sample, (samples,)."""
        positive = self.decision_function(X) > 0
        return self.classes_[positive.astype(int)]

    def attention(self, X):
        """Weight of each time step in the decision about each sample, (samples, steps); rows sum to 1."""
        return self._predict(X).attention

    def save(self, path, overwrite=False):
        """Write the trained network as .safetensors. Raises IoError when the file exists and `overwrite` is false."""
        check_is_fitted(self)
        save_checkpoint(self.network_, path, overwrite)

    @classmethod
    def load(cls, path):
        """A fitted estimator from a file that `save`, or the C++ library, wrote.

        Architecture options are those of the file, training options are the defaults. A file from C++ has the classes 0 and 1.
        """
        network = load_checkpoint(path)
        shape = network.shape
        estimator = cls(
            hidden_size=shape.hidden_size,
            convolution_channels=shape.convolution_channels,
            kernel_size=shape.kernel_size,
            attention_activation=shape.attention_activation,
            lstm_layers=shape.lstm_layers,
            convolution_layers=shape.convolution_layers,
            attention_hidden_size=shape.attention_hidden_size,
        )
        estimator.network_ = network
        estimator.classes_ = _classes_of(network)
        estimator.n_features_in_ = int(network.notes.get("n_features_in", shape.channels))
        return estimator

    def __sklearn_is_fitted__(self):
        return hasattr(self, "network_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = bool(self.variable_length)
        tags.non_deterministic = self.random_state is None
        return tags


def _not_finite(X, may_be_nan) -> str:
    """Where an array holds NaN or infinity, in words; empty where it does not."""
    try:
        values = np.asarray(X, dtype=np.float64)
    except (TypeError, ValueError):
        return ""
    wrong = np.argwhere(np.isinf(values) if may_be_nan else ~np.isfinite(values))
    if not len(wrong):
        return ""
    place = ", ".join(f"{name} {k}" for name, k in zip(("sample", "channel", "step"), wrong[0], strict=False))
    others = f"; so are {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return (
        f"Input X contains NaN or infinity: {place} is {values[tuple(wrong[0])]}{others}. Drop or repair the curve first"
        + (" (NaN after the last step in use is fine)" if may_be_nan else "")
    )


def _lengths(X):
    """Steps in use of each sample, the rest being NaN in all channels; None where all are. NaN elsewhere is found later."""
    used = ~np.isnan(X).all(axis=1) if X.ndim == 3 else ~np.isnan(X)
    if used[:, -1].all():
        return None
    if not used.any(axis=1).all():
        raise DataError(f"sample {int(used.any(axis=1).argmin())} is NaN in every step; drop it")
    return X.shape[-1] - used[:, ::-1].argmax(axis=1)


def _dataset(X, lengths, labels, patients):
    return Dataset(X, labels=labels, patients=patients, lengths=[] if lengths is None else lengths)


def _classes_of(network):
    """The labels as they were in `fit`, from the text in the file."""
    if "classes_dtype" not in network.notes:
        return np.array([0, 1])
    kind = np.dtype(network.notes["classes_dtype"])
    if kind.kind == "b":
        return np.array([False, True])
    return np.array(network.classes, dtype=object if kind.kind == "O" else None).astype(kind)
