"""Folds on an executor: a concurrent.futures.Executor or a Dask client. The numbers are those of threads in this process."""

import time

from bolus._core.core import Cancelled, OptionError
from bolus._core.model import (
    IDHClassifier,
    NestedCrossValidationResult,
    NestedTrial,
    choose_trials,
    fold_seeds,
    join_folds,
    require_folds,
    run_fold,
    with_parameters,
)

__all__ = ["cross_validate", "nested_cross_validate", "nested_search", "run_folds", "train_fold"]


def train_fold(options, dataset, fold):
    """What a worker does: train one fold with these options and predict what it holds out."""
    return run_fold(IDHClassifier(**options), dataset, fold)


def _with(classifier, **changed):
    """The options as a dict with some changed; one fold uses one core."""
    return {**classifier.options(), "threads": 1, **changed}


def _submit(executor, *arguments):
    if not callable(getattr(executor, "submit", None)):
        raise OptionError(
            f"executor is {type(executor).__name__}; expected a concurrent.futures.Executor or a dask.distributed.Client"
        )
    if hasattr(executor, "scheduler_info"):  # Dask would give equal tasks one name, and so do one of them only
        return executor.submit(train_fold, *arguments, pure=False)
    return executor.submit(train_fold, *arguments)


def run_folds(executor, jobs, dataset, progress, stage):
    """The results of all jobs (options, fold), in their order; on an error or a stop the rest is cancelled."""
    futures = []
    try:
        for options, fold in jobs:
            futures.append(_submit(executor, options, dataset, fold))
        while True:
            finished = [future for future in futures if future.done()]
            if progress is not None and progress(stage, len(finished), len(futures)) is False:
                raise Cancelled(f"stopped during {stage} ({len(finished)} of {len(futures)})")
            for future in finished:
                if future.exception() is not None:
                    raise future.exception()
            if len(finished) == len(futures):
                return [future.result() for future in futures]
            time.sleep(0.02)
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def cross_validate(classifier, dataset, folds, executor, progress=None):
    """`CrossValidation` with folds trained on an executor."""
    require_folds(folds, dataset)
    seeds = fold_seeds(classifier.options()["seed"], folds, dataset)
    state = classifier.options()["checkpoint"]
    jobs = []
    for fold, seed in zip(folds, seeds, strict=True):
        checkpoint = f"{state}.seed-{seed}" if state else ""
        jobs.append((_with(classifier, seed=seed, checkpoint=checkpoint), fold))
    return join_folds(dataset, folds, run_folds(executor, jobs, dataset, progress, "cross-validation"), seeds)


def _judge(classifier, dataset, outer, best, executor, progress):
    seeds = fold_seeds(classifier.options()["seed"], outer, dataset)
    jobs = [
        (_with(with_parameters(classifier, parameters), seed=seed, checkpoint=""), fold)
        for parameters, seed, fold in zip(best, seeds, outer, strict=True)
    ]
    if executor is None:
        results = [train_fold(options, dataset, fold) for options, fold in jobs]
    else:
        results = run_folds(executor, jobs, dataset, progress, "judging")
    return join_folds(dataset, outer, results, seeds)


def nested_cross_validate(nested, classifier, dataset, candidates, executor, progress=None):
    """`NestedCrossValidation` with networks trained on an executor."""
    candidates = [dict(parameters) for parameters in candidates]
    if not candidates:
        raise OptionError("there are no candidates to choose from; expected at least one")
    changed = [with_parameters(classifier, parameters) for parameters in candidates]
    outer = nested.make_outer_folds(dataset)
    jobs, places = [], []
    for k, fold in enumerate(outer):
        inner = nested.make_inner_folds(dataset, fold, k)
        seeds = fold_seeds(classifier.options()["seed"], inner, dataset)
        for options, parameters in zip(changed, candidates, strict=True):
            places.append((k, parameters, len(inner)))
            jobs += [(_with(options, seed=seed, checkpoint=""), part) for part, seed in zip(inner, seeds, strict=True)]
    results = iter(run_folds(executor, jobs, dataset, progress, "searching"))
    trials = [NestedTrial(k, parameters, [next(results).auc for _ in range(count)]) for k, parameters, count in places]
    trials, best = choose_trials(trials, len(outer))
    return NestedCrossValidationResult(trials, _judge(classifier, dataset, outer, best, executor, progress))


def nested_search(nested, classifier, dataset, search, executor=None, progress=None):
    """`NestedCrossValidation` where a study, such as `OptunaSearch`, proposes one candidate after another."""
    outer = nested.make_outer_folds(dataset)
    trials = []
    for k, fold in enumerate(outer):
        inner = nested.make_inner_folds(dataset, fold, k)
        seeds = fold_seeds(classifier.options()["seed"], inner, dataset)

        def judge(parameters, inner=inner, seeds=seeds, k=k):
            options = with_parameters(classifier, parameters)
            jobs = [(_with(options, seed=seed, checkpoint=""), part) for part, seed in zip(inner, seeds, strict=True)]
            if executor is None:
                areas = [train_fold(options, dataset, part).auc for options, part in jobs]
            else:
                areas = [result.auc for result in run_folds(executor, jobs, dataset, None, "searching")]
            trials.append(NestedTrial(k, parameters, areas))
            return trials[-1].mean_auc

        def report(done, total, k=k):
            if progress is not None and progress("searching", k * total + done, len(outer) * total) is False:
                raise Cancelled(f"stopped during searching (outer fold {k})")

        search.search_within(judge, k, report)
    trials, best = choose_trials(trials, len(outer))
    return NestedCrossValidationResult(trials, _judge(classifier, dataset, outer, best, executor, progress))
