"""The attention-LSTM as a scikit-learn estimator."""

import numbers

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_random_state, column_or_1d, validate_data

from bolus._core.core import DataError, Dataset, OptionError, ShapeError
from bolus._core.model import IDHClassifier as _Training
from bolus._core.model import load_checkpoint, save_checkpoint

__all__ = ["IDHClassifier"]


class IDHClassifier(ClassifierMixin, BaseEstimator):
    """Attention-LSTM that tells IDH-mutant from wildtype by perfusion curves (Choi et al., Neuro-Oncology 2019;21:1197).

    1-D convolution, bidirectional LSTM, attention over time, one feed-forward layer, sigmoid; trained by Adam on weighted
    binary cross-entropy with early stopping on the validation loss. It takes any two classes.

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
        Share of the context vector set to 0 in training, 0 to below 1.
    learning_rate : float, default=0.002
        Step size of Adam.
    batch_size : int, default=64
        Samples per step.
    max_epochs : int, default=100
        Passes over the training samples at most.
    patience : int, default=10
        Epochs without a better validation loss before stopping.
    validation_fraction : float, default=0.1
        Share of patients held out when `fit` gets no validation set; 0: none, and no early stopping.
    class_weights : {'balanced', 'none'}, default='balanced'
        'balanced': both classes count the same in sum.
    weight_decay : float, default=0.0
        L2 penalty added to the gradient.
    gradient_clip : float, default=1.0
        Largest norm of the gradient; 0: not clipped.
    random_state : int, numpy.random.Generator, numpy.random.RandomState or None, default=0
        Of the first weights, the order of samples, the split and dropout. The same int gives the same weights; None gives
        others each time. (`seed` in C++.)

    Attributes
    ----------
    classes_ : array (2,)
        The two labels, sorted; the second is the positive class.
    n_features_in_ : int
        Second dimension of X in `fit`: steps for X (samples, steps), channels for X (samples, channels, steps).
    history_ : bolus.model.TrainingHistory
        Losses and AUC per epoch; `history_.to_frame()` is a DataFrame.
    network_ : bolus.model.AttentionLSTM
        The trained network.
    flags_ : list of QcFlag
        Reasons to doubt the training.

    Notes
    -----
    `groups` tells which samples belong to one patient, so that none is in the training and the validation part at once. In
    cross-validation pass it to the splitter and to `fit`:
    ``cross_val_predict(clf, X, y, groups=patient, params={"groups": patient}, cv=StratifiedGroupKFold())``.

    Examples
    --------
    >>> import bolus, numpy as np
    >>> X = np.random.default_rng(0).normal(size=(40, 5, 30)).astype("float32")
    >>> y = np.arange(40) % 2
    >>> bolus.IDHClassifier(max_epochs=2).fit(X, y).predict_proba(X).shape
    (40, 2)
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
        self.random_state = random_state

    def _options(self):
        options = self.get_params(deep=False)
        state = options.pop("random_state")
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
        if isinstance(X, Dataset):
            X = X.curves
        try:
            X = validate_data(self, X, allow_nd=True, dtype=np.float32, order="C", reset=reset)
        except ValueError as error:
            raise DataError(str(error)) from None
        if X.ndim > 3:
            raise ShapeError(f"X has {X.ndim} dimensions; expected (samples, channels, steps) or (samples, steps)")
        return X

    def _labels(self, y):
        """0 and 1 for the classes of y, which must be known."""
        y = column_or_1d(y, warn=True)
        codes = np.searchsorted(self.classes_, y).clip(max=len(self.classes_) - 1)
        if not (self.classes_[codes] == y).all():
            raise DataError(f"labels hold a class that is not among {list(self.classes_)}")
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
            If only one class is there, a patient is in training and validation, or there are too few to hold some out.
        ShapeError, OptionError, Cancelled
        """
        options = self._options()
        if isinstance(X, Dataset):
            training, held_out = self._given(X, y, groups, validation)
        else:
            training, held_out = self._arranged(X, y, groups, validation)
        fitted = options.fit(training, held_out, progress)
        self.network_ = fitted.network
        notes = {"n_features_in": str(self.n_features_in_)}
        if not isinstance(X, Dataset):  # a Dataset has 0 and 1, and the network names them wildtype and mutant
            kind = self.classes_.dtype
            notes["classes_dtype"] = kind.str if kind.kind != "O" else "O"
            self.network_.classes = [str(name) for name in self.classes_]
        self.network_.notes = notes
        self.history_ = fitted.history
        self.flags_ = fitted.flags
        return self

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
        X = self._samples(X, reset=True)
        if y is None:
            raise DataError("requires y to be passed, but the target y is None")
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

        training = Dataset(X, labels=self._labels(y), patients=self._patients(groups, len(X), "the"))
        held_out = None
        if validation is not None:
            if isinstance(validation, Dataset):
                raise OptionError("validation is a Dataset; expected a tuple (X, y) or (X, y, groups), as for training")
            if len(validation) not in (2, 3):
                raise ShapeError(f"validation has {len(validation)} parts; expected (X, y) or (X, y, groups)")
            X_validation = self._samples(validation[0], reset=False)
            patients = self._patients(validation[2] if len(validation) == 3 else None, len(X_validation), "validation")
            held_out = Dataset(X_validation, labels=self._labels(validation[1]), patients=patients)
        return training, held_out

    def _predict(self, X):
        check_is_fitted(self)
        return self.network_.predict(self._samples(X, reset=False))

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
        tags.non_deterministic = self.random_state is None
        return tags


def _classes_of(network):
    """The labels as they were in `fit`, from the text in the file."""
    if "classes_dtype" not in network.notes:
        return np.array([0, 1])
    kind = np.dtype(network.notes["classes_dtype"])
    if kind.kind == "b":
        return np.array([False, True])
    return np.array(network.classes, dtype=object if kind.kind == "O" else None).astype(kind)
