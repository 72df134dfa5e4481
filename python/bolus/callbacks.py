"""Callbacks of a training, with the names that skorch gave them.

Hand them to the estimator: ``bolus.IDHClassifier(callbacks=[ProgressBar(), EpochScoring("roc_auc")])``. Your own derives from
`Callback` and overrides what it needs.
"""

import math

__all__ = ["Callback", "EarlyStopping", "EpochScoring", "PrintLog", "ProgressBar", "StopTraining"]


class StopTraining(Exception):
    """Raised in a callback: the training ends here as if it were over, and keeps its best weights."""


class Callback:
    """Looks on at a training. Every method does nothing; override those that you need.

    ``net`` is the estimator: ``net.history_`` holds the epochs that have ended, ``net.network_`` the weights as they are now.
    After the training they are the whole history and the best weights.
    """

    def initialize(self):
        """Called first in every `fit`; forget the last one here."""
        return self

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Before the first epoch."""

    def on_train_end(self, net, X=None, y=None, **kwargs):
        """After the last one."""

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Before each epoch."""

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """After each epoch, validation included."""

    def on_batch_begin(self, net, batch=None, training=None, **kwargs):
        """Before each training step; ``batch`` is its number in the epoch, from 0."""

    def on_batch_end(self, net, batch=None, training=None, loss=None, **kwargs):
        """After each training step; ``loss`` is that of the batch."""


class ProgressBar(Callback):
    """A bar of tqdm that counts epochs and shows the last losses.

    Parameters
    ----------
    **options
        Handed on to ``tqdm.auto.tqdm``.
    """

    def __init__(self, **options):
        self.options = options

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError("this progress bar needs tqdm: pip install 'bolus[notebook]'") from error
        self._bar = tqdm(**{"total": net.max_epochs, "desc": "training", "unit": "epoch"} | self.options)

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        self._bar.set_postfix({name: f"{value:.4f}" for name, value in _last(net).items()}, refresh=False)
        self._bar.update(len(net.history_) - self._bar.n)

    def on_train_end(self, net, X=None, y=None, **kwargs):
        self._bar.close()

    def __getstate__(self):
        return {"options": self.options}


class PrintLog(Callback):
    """Prints one line for each epoch; the best so far is marked with a plus.

    Parameters
    ----------
    sink : callable, default=print
        What to do with each line.
    """

    def __init__(self, sink=print):
        self.sink = sink

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self._titled = False

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        values = _last(net)
        if not self._titled:
            titles = ["epoch", *values, "seconds"]
            self._widths = [max(len(title), 8) for title in titles]
            self.sink("  ".join(f"{title:>{width}}" for title, width in zip(titles, self._widths, strict=True)))
            self._titled = True
        history = net.history_
        best = history.validation_loss and history.best_epoch == len(history) - 1
        cells = [str(len(history)), *(f"{value:.4f}" for value in values.values()), f"{history.seconds[-1]:.2f}"]
        line = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, self._widths, strict=True))
        self.sink(line + ("  +" if best else ""))


class EpochScoring(Callback):
    """Scores the network after each epoch with a scikit-learn metric.

    The scores are in ``net.scores_[name]``, one per epoch; `EarlyStopping` can watch them and `PrintLog` prints them, when they
    stand behind this callback in the list.

    Parameters
    ----------
    scoring : str or callable
        As in scikit-learn: 'roc_auc', 'average_precision', 'neg_brier_score', ..., or ``scorer(estimator, X, y)``.
    on_train : bool, default=False
        Score the training samples instead of the validation samples.
    name : str, optional
        Default: ``train_`` or ``validation_`` and the name of the metric.
    """

    def __init__(self, scoring, on_train=False, name=None):
        self.scoring = scoring
        self.on_train = on_train
        self.name = name

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        from sklearn.metrics import check_scoring

        self._scorer = check_scoring(net, scoring=self.scoring)
        kind = self.scoring if isinstance(self.scoring, str) else getattr(self.scoring, "__name__", "score")
        self._name = self.name or ("train_" if self.on_train else "validation_") + kind
        net.scores_[self._name] = []

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        data = dataset_train if self.on_train else dataset_valid
        if data is None:
            raise ValueError(
                f"EpochScoring of {self._name}: fit got no validation samples to score. Hand them over as validation=, "
                "or score the training samples with on_train=True"
            )
        net.scores_[self._name].append(float(self._scorer(net, *data)))


class EarlyStopping(Callback):
    """Stops when a value has not become better for some epochs.

    The estimator's own `patience` does this for the validation loss or AUC. This is for any other value. The weights kept are
    still those of the epoch that is best by the estimator's `early_stopping`.

    Parameters
    ----------
    monitor : str
        'loss', 'validation_loss', 'validation_auc', or the name of an `EpochScoring` that stands before this in the list.
    patience : int, default=5
        Epochs to wait.
    threshold : float, default=0.0
        By how much a value must be better to count.
    lower_is_better : bool, default=True
    """

    def __init__(self, monitor="validation_loss", patience=5, threshold=0.0, lower_is_better=True):
        self.monitor = monitor
        self.patience = patience
        self.threshold = threshold
        self.lower_is_better = lower_is_better

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self._best, self._waited = math.inf, 0

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        values = _last(net)
        if self.monitor not in values:
            raise ValueError(f"EarlyStopping: monitor is {self.monitor!r}; this training has {sorted(values)}")
        value = values[self.monitor] if self.lower_is_better else -values[self.monitor]
        if value < self._best - self.threshold:
            self._best, self._waited = value, 0
            return
        self._waited += 1
        if self._waited >= self.patience:
            raise StopTraining


def _last(net):
    """The values of the epoch that has just ended, by name."""
    history = net.history_
    values = {"loss": history.loss[-1]}
    if history.validation_loss:
        values |= {"validation_loss": history.validation_loss[-1], "validation_auc": history.validation_auc[-1]}
    return values | {name: scores[-1] for name, scores in net.scores_.items() if scores}


class Callbacks:
    """The callbacks of one training, and what tells them where it stands."""

    def __init__(self, given, net, X, y, parts):
        self.named = []
        for entry in given or []:
            name, callback = entry if isinstance(entry, tuple) else (None, entry)
            if isinstance(callback, type):
                callback = callback()
            if hasattr(callback, "initialize"):
                callback.initialize()
            self.named.append((name or type(callback).__name__, callback))
        self._net, self._X, self._y = net, X, y
        self._data = {}
        if self.named:
            self._data = dict(zip(("dataset_train", "dataset_valid"), parts(), strict=True))

    def __bool__(self):
        return bool(self.named)

    @property
    def batches(self):
        """Whether one of them looks at batches."""
        return any(
            getattr(type(callback), method, None) not in (None, getattr(Callback, method))
            for _, callback in self.named
            for method in ("on_batch_begin", "on_batch_end")
        )

    def notify(self, method, **arguments):
        for _, callback in self.named:
            if hasattr(callback, method):
                getattr(callback, method)(self._net, **arguments)

    def train_begin(self):
        self.notify("on_train_begin", X=self._X, y=self._y)

    def train_end(self):
        self.notify("on_train_end", X=self._X, y=self._y)

    def __call__(self, moment, history, network, batch, loss):
        """What the training calls; False ends it."""
        net = self._net
        net.history_ = history
        if network is not None:
            net.network_ = network
        try:
            if moment.startswith("epoch"):
                self.notify("on_" + moment, **self._data)
            elif moment == "batch_begin":
                self.notify("on_batch_begin", batch=batch, training=True)
            else:
                self.notify("on_batch_end", batch=batch, training=True, loss=loss)
        except StopTraining:
            return False
        return True
