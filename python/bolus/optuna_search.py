"""An Optuna study as the search of a nested cross-validation."""

from bolus._core.core import OptionError
from bolus._core.model import ParameterRange

__all__ = ["OptunaSearch"]


class OptunaSearch:
    """Let an Optuna study propose the candidates of `bolus.model.NestedCrossValidation`, one study per outer fold.

    Needs ``pip install "bolus[optuna]"``.

    Parameters
    ----------
    space : dict of str to ParameterRange or list
        What each option may be, as for `bolus.model.random_parameters`.
    trials : int
        Candidates per outer fold.
    seed : int
        Of Optuna's tree-structured Parzen estimator; outer fold k gets seed + k.
    sampler : callable (seed) -> optuna.samplers.BaseSampler, optional
        Another sampler.

    Attributes
    ----------
    studies_ : list of optuna.study.Study
        Of the outer folds, after a search.

    Raises
    ------
    ImportError
        Without Optuna; the message says how to install it.
    """

    def __init__(self, space, trials=20, seed=0, sampler=None):
        _optuna()
        if trials < 1:
            raise OptionError(f"trials is {trials}; expected at least 1")
        for name, choices in space.items():
            if not isinstance(choices, ParameterRange) and len(list(choices)) == 0:
                raise OptionError(f"there is no value to try for {name}")
        self.space = dict(space)
        self.trials = trials
        self.seed = seed
        self.sampler = sampler
        self.studies_ = []

    def __repr__(self):
        return f"OptunaSearch({self.space!r}, trials={self.trials}, seed={self.seed})"

    def search_within(self, judge, fold, report):
        """Run the study of one outer fold: `judge(parameters)` gives the mean inner AUC, `report(done, total)` may stop."""
        optuna = _optuna()
        if fold == 0:
            self.studies_ = []
        make = self.sampler or (lambda seed: optuna.samplers.TPESampler(seed=seed))
        verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            study = optuna.create_study(direction="maximize", sampler=make(self.seed + fold))
            for done in range(self.trials):
                report(done, self.trials)
                study.optimize(lambda trial: judge(self._proposed(trial)), n_trials=1)
        finally:
            optuna.logging.set_verbosity(verbosity)
        report(self.trials, self.trials)
        self.studies_.append(study)

    def _proposed(self, trial):
        parameters = {}
        for name in sorted(self.space):
            choices = self.space[name]
            if not isinstance(choices, ParameterRange):
                parameters[name] = trial.suggest_categorical(name, list(choices))
            elif choices.integer:
                parameters[name] = trial.suggest_int(
                    name, round(choices.low), round(choices.high), log=choices.logarithmic
                )
            else:
                parameters[name] = trial.suggest_float(name, choices.low, choices.high, log=choices.logarithmic)
        return parameters


def _optuna():
    try:
        import optuna
    except ImportError as error:
        raise ImportError('OptunaSearch needs Optuna, which is not installed: pip install "bolus[optuna]"') from error
    return optuna
