"""Patients of several protocols on common ground: one time base for curves, ComBat for quantities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import DataError, Dataset, OptionError, ShapeError
from bolus.io import PatientCurves

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ComBat", "WindowPlan", "common_time_base", "plan_windows", "windows_of"]


def _step_of(times: np.ndarray) -> float:
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def common_time_base(patients: Iterable[PatientCurves], time_step: float | None = None) -> list[PatientCurves]:
    """The curves of patients on one time step.

    Finer series are brought to the coarsest one by ``bolus.dsc.Resampling``, which averages over each new step: to refine the
    coarse ones would make up what was not measured.

    Parameters
    ----------
    patients : iterable of bolus.io.PatientCurves
    time_step : float, optional
        s; the coarsest among them when not given.

    Returns
    -------
    list of bolus.io.PatientCurves
        Curves of a series that is coarser than `time_step` carry the flag dsc.resampling.finer.
    """
    patients = list(patients)
    if not patients:
        return []
    if time_step is None:
        time_step = max(_step_of(np.asarray(one.curves.times)) for one in patients)
    return [_resampled(one, time_step) for one in patients]


def _resampled(one: PatientCurves, time_step: float) -> PatientCurves:
    from bolus.dsc import Resampling

    times = np.asarray(one.curves.times)
    if np.allclose(np.diff(times), time_step, rtol=1e-3, atol=0):
        return one
    return PatientCurves(one.patient, Resampling(time_step=time_step)(one.curves), one.label)


@dataclass(frozen=True)
class WindowPlan:
    """How all patients of a store are cut, decided before the first of them is read."""

    count: int
    length: int
    time_step: float | None
    channels: tuple[str, ...]


def plan_windows(
    store: Any, count: int, length: int, time_step: float | str | None, channels: Sequence[str] | None
) -> WindowPlan:
    """From times alone, which are a small part of the curves."""
    found = store.extents()
    if found.empty:
        raise DataError("no patient of the store has curves; look at the table of patients for the reasons")
    counts, spans = found["count"], found["last"] - found["first"]
    steps = spans / (counts - 1).clip(lower=1)
    if time_step is None:
        if steps.max() > 1.01 * steps.min():
            raise DataError(
                f"the series have time steps from {steps.min():.3g} to {steps.max():.3g} s: one network cannot learn from "
                "them as they are; give time_step='common', or one in seconds"
            )
        step = None
    elif time_step == "common":
        step = float(round(steps.max(), 6))
    elif isinstance(time_step, int | float) and time_step > 0:
        step = float(time_step)
    else:
        raise OptionError(f"time_step is {time_step!r}; expected seconds, 'common' or None")
    shortest = int(counts.min() if step is None else np.floor(spans.min() / step + 1e-6) + 1)
    if length <= 0:
        length = min(round(0.75 * shortest), shortest - count + 1)
    if length < 2 or length + count - 1 > shortest:
        raise DataError(
            f"{count} windows of {max(length, 2)} time steps need {max(length, 2) + count - 1}, and the shortest series has "
            f"{shortest}; ask for fewer or shorter ones, or leave that patient out (store.where)"
        )
    if channels is None:
        channels = store.channels()
    return WindowPlan(count, length, step, tuple(channels))


def windows_of(patients: Sequence[PatientCurves], plan: WindowPlan) -> Dataset | None:
    """The samples of these patients; None where there are none."""
    from bolus import CurveSet
    from bolus.dsc import SlidingWindows
    from bolus.pipeline import MakeWindows

    cut = []
    for one in patients:
        if absent := [name for name in plan.channels if name not in one.curves.names]:
            raise DataError(
                f"patient {one.patient} has no curve of {', '.join(absent)}; choose other channels, or leave the patient out "
                "(store.where)"
            )
        one = one if plan.time_step is None else _resampled(one, plan.time_step)
        curves = one.curves
        if list(curves.names) != list(plan.channels):
            values = np.column_stack([curves[name] for name in plan.channels])
            curves = CurveSet(plan.channels, curves.times, values, flags=curves.flags, simulated=curves.simulated)
        cut.append(PatientCurves(one.patient, curves, one.label))
    return MakeWindows(windows=SlidingWindows(count=plan.count, length=plan.length))(cut) if cut else None


class ComBat:
    """Location and scale of quantities, brought to one level over protocols (batches) by empirical Bayes.

    Johnson, Li and Rabinovic 2007 (Biostatistics 8:118-127), for images Fortin et al. 2018 (NeuroImage 167:104-120). Each
    quantity is modelled as a mean, effects of covariates that are to be kept, and for each batch a shift and a scale; shifts
    and scales of one batch are drawn together over the quantities, as far as the data do not speak for themselves. It
    learns from training patients alone; never fit it on patients that are to judge a model.

    Parameters
    ----------
    empirical_bayes : bool
        Draw the estimates of a batch together; needs three quantities or more to know how far they differ.
    mean_only : bool
        Shift only; for batches of a few patients, or where scales do not differ.
    reference : str, optional
        Batch whose level all others are brought to; it stays as it is. By default the level of all together.
    unknown : {"error", "own"}
        A batch in `transform` that was not there in `fit`: an error, or its shift and scale are found from its own patients
        (without any label), as in the evaluation on a protocol left out.

    Attributes
    ----------
    batches_ : list of str
    gamma_, delta_ : DataFrame
        Shift and scale of each batch and quantity, in units of the quantity's own spread.
    assumptions_ : DataFrame
        What was tested: test, batch or quantity, statistic, p, verdict (good, doubtful), meaning.
    """

    def __init__(
        self,
        empirical_bayes: bool = True,
        mean_only: bool = False,
        reference: str | None = None,
        unknown: str = "error",
    ):
        if unknown not in ("error", "own"):
            raise OptionError(f"unknown is '{unknown}'; expected 'error' or 'own'")
        self.empirical_bayes, self.mean_only, self.reference, self.unknown = (
            empirical_bayes,
            mean_only,
            reference,
            unknown,
        )

    def __repr__(self) -> str:
        return (
            f"ComBat(empirical_bayes={self.empirical_bayes}, mean_only={self.mean_only}, reference={self.reference!r}, "
            f"unknown={self.unknown!r})"
        )

    def fit(self, values: pd.DataFrame, batch: Any, covariates: Any = None) -> ComBat:
        """Learn shifts and scales.

        Parameters
        ----------
        values : DataFrame (patients, quantities)
            E.g. of ``CohortStore.quantities``; without missing values.
        batch : array of str (patients,)
            Protocol of each patient.
        covariates : DataFrame (patients, covariates), optional
            Numbers whose effect is to stay, e.g. age. A genotype that is to be predicted does not belong here.

        Raises
        ------
        DataError
            If a value is missing, a batch has fewer than two patients (one with `mean_only`), a quantity does not vary, or
            covariates cannot be told from batches.
        ShapeError, OptionError
        """
        import pandas as pd

        y, names = self._values(values)
        batch = self._batch(batch, len(y))
        x = self._covariates(covariates, len(y))
        self.quantities_, self.batches_ = names, sorted(set(batch))
        codes = np.searchsorted(self.batches_, batch)
        counts = np.bincount(codes)
        least = 1 if self.mean_only else 2
        if (counts < least).any():
            few = [f"'{name}' ({n})" for name, n in zip(self.batches_, counts, strict=True) if n < least]
            raise DataError(
                f"batches with fewer than {least} patients: {', '.join(few)}; join them with another protocol or leave them out"
            )
        if self.empirical_bayes and y.shape[1] < 3:
            raise DataError(
                f"{y.shape[1]} quantities are too few to draw estimates together; expected 3 or more, or empirical_bayes=False"
            )
        if self.reference is not None and self.reference not in self.batches_:
            raise DataError(f"there is no batch '{self.reference}' to refer to; there are: {', '.join(self.batches_)}")
        indicator = np.eye(len(self.batches_))[codes]
        design = np.column_stack([indicator, x])
        scaled = design / np.maximum(np.linalg.norm(design, axis=0), 1e-300)
        if np.linalg.matrix_rank(scaled) < design.shape[1]:
            raise DataError(
                "covariates cannot be told from batches (one of them is constant, or follows from the protocol); leave it out"
            )
        if len(y) <= design.shape[1]:
            raise DataError(f"{len(y)} patients are too few for {design.shape[1]} coefficients; leave out covariates")
        beta = np.linalg.lstsq(design, y, rcond=None)[0]
        n = len(self.batches_)
        self._slopes = beta[n:]
        residuals = y - design @ beta
        if self.reference is None:
            self._level = (counts / len(y)) @ beta[:n]
            variance = np.mean(residuals**2, axis=0)
        else:
            place = self.batches_.index(self.reference)
            self._level, variance = beta[place], np.mean(residuals[codes == place] ** 2, axis=0)
        if (variance <= 1e-24 * np.maximum(1.0, np.mean(y**2, axis=0))).any():
            constant = [name for name, v in zip(names, variance, strict=True) if v <= 1e-24]
            raise DataError(
                f"quantities that do not vary beside batch and covariates: {', '.join(constant) or names[0]}; leave them out"
            )
        self._spread = np.sqrt(variance)
        z = (y - self._level - x @ self._slopes) / self._spread
        self._gamma, self._delta = {}, {}
        for k, name in enumerate(self.batches_):
            if name == self.reference:
                self._gamma[name], self._delta[name] = np.zeros(z.shape[1]), np.ones(z.shape[1])
            else:
                self._gamma[name], self._delta[name] = self._estimate(z[codes == k])
        self.gamma_ = pd.DataFrame(self._gamma, index=names).T
        self.delta_ = pd.DataFrame(self._delta, index=names).T
        self.assumptions_ = _assumptions(z, batch, self.batches_, names, x, self._of_covariates)
        return self

    def transform(self, values: pd.DataFrame, batch: Any, covariates: Any = None) -> pd.DataFrame:
        """Values at the common level. `covariates` as in `fit`. Raises DataError for a batch that is not known."""
        import pandas as pd

        if not hasattr(self, "quantities_"):
            raise OptionError("this ComBat has learnt nothing yet: call fit first")
        y, names = self._values(values)
        if names != self.quantities_:
            raise ShapeError(
                f"the quantities are {', '.join(names)}; expected those of fit: {', '.join(self.quantities_)}"
            )
        batch = self._batch(batch, len(y))
        x = self._covariates(covariates, len(y))
        if x.shape[1] != len(self._slopes):
            raise ShapeError(f"there are {x.shape[1]} covariates; fit had {len(self._slopes)}: give the same ones")
        fixed = self._level + x @ self._slopes
        z = (y - fixed) / self._spread
        out = np.empty_like(z)
        for name in sorted(set(batch)):
            rows = batch == name
            if name in self._gamma:
                gamma, delta = self._gamma[name], self._delta[name]
            elif self.unknown == "own":
                if rows.sum() < 2:
                    raise DataError(
                        f"batch '{name}' is not known and has one patient; two are needed to find its shift and scale: leave "
                        "the patient out"
                    )
                gamma, delta = self._estimate(z[rows])
            else:
                raise DataError(
                    f"batch '{name}' was not there in fit (there were: {', '.join(self.batches_)}); leave its patients out, or "
                    "find its level from themselves: ComBat(unknown='own')"
                )
            out[rows] = (z[rows] - gamma) / np.sqrt(delta)
        index = values.index if isinstance(values, pd.DataFrame) else None
        return pd.DataFrame(out * self._spread + fixed, columns=names, index=index)

    def fit_transform(self, values: pd.DataFrame, batch: Any, covariates: Any = None) -> pd.DataFrame:
        """`fit`, then `transform` of the same patients."""
        return self.fit(values, batch, covariates).transform(values, batch, covariates)

    # Parts.

    def _values(self, values: Any) -> tuple[np.ndarray, list[str]]:
        import pandas as pd

        frame = values if isinstance(values, pd.DataFrame) else pd.DataFrame(np.asarray(values))
        names = [str(name) for name in frame.columns]
        y = frame.to_numpy(dtype=float, na_value=np.nan)
        if y.ndim != 2 or not y.size:
            raise ShapeError(
                f"values have shape {y.shape}; expected a row for each patient and a column for each quantity, and some of both"
            )
        if not np.isfinite(y).all():
            row, column = np.argwhere(~np.isfinite(y))[0]
            raise DataError(
                f"{names[column]} of patient {frame.index[row]} is missing or infinite; leave out the quantity or the patient"
            )
        return y, names

    @staticmethod
    def _batch(batch: Any, count: int) -> np.ndarray:
        batch = np.asarray([str(one) for one in batch], dtype=object)
        if len(batch) != count:
            raise ShapeError(f"there are {len(batch)} batches for {count} patients; expected one for each")
        return batch

    def _covariates(self, covariates: Any, count: int) -> np.ndarray:
        import pandas as pd

        if covariates is None:
            self._of_covariates = []
            return np.zeros((count, 0))
        frame = covariates if isinstance(covariates, pd.DataFrame) else pd.DataFrame(np.asarray(covariates))
        x = frame.to_numpy(dtype=float, na_value=np.nan)
        if len(x) != count:
            raise ShapeError(f"there are {len(x)} rows of covariates for {count} patients; expected one for each")
        if not np.isfinite(x).all():
            raise DataError(
                f"{frame.columns[int(np.argwhere(~np.isfinite(x))[0][1])]} is not known of every patient; leave it out"
            )
        self._of_covariates = [str(name) for name in frame.columns]
        return x

    def _estimate(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Shift and scale of one batch: posterior means under a normal and an inverse gamma prior (Johnson 2007, 3.2)."""
        n = len(z)
        gamma = z.mean(axis=0)
        delta = np.ones_like(gamma) if self.mean_only or n < 2 else z.var(axis=0, ddof=1)
        if not self.empirical_bayes or z.shape[1] < 3:
            return gamma, np.where(delta > 0, delta, 1.0)
        center, spread = gamma.mean(), gamma.var(ddof=1)
        if self.mean_only:
            return (n * spread * gamma + center) / (n * spread + 1), delta
        mean, variance = delta.mean(), delta.var(ddof=1)
        if variance <= 0 or spread <= 0:
            return gamma, delta
        a, b = (2 * variance + mean**2) / variance, (mean * variance + mean**3) / variance
        shift, scale = gamma, delta
        for _ in range(1000):
            new_shift = (n * spread * gamma + scale * center) / (n * spread + scale)
            residual = np.sum((z - new_shift) ** 2, axis=0)
            new_scale = (0.5 * residual + b) / (0.5 * n + a - 1)
            change = max(np.max(np.abs(new_shift - shift)), np.max(np.abs(new_scale / scale - 1)))
            shift, scale = new_shift, new_scale
            if change < 1e-10:
                break
        return shift, scale


def _assumptions(
    z: np.ndarray, batch: np.ndarray, batches: list[str], names: list[str], x: np.ndarray, covariates: list[str]
) -> pd.DataFrame:
    """Tests of what the model takes for granted, on standardised values before the adjustment."""
    import pandas as pd
    from scipy import stats

    rows: list[dict[str, Any]] = []

    def note(test: str, of: str, statistic: float, p: float, good: bool, meaning: str) -> None:
        rows.append(
            {
                "test": test,
                "of": of,
                "statistic": statistic,
                "p": p,
                "verdict": "good" if good else "doubtful",
                "meaning": meaning,
            }
        )

    parts = [z[batch == name] for name in batches]
    for name, part in zip(batches, parts, strict=True):
        enough = len(part) >= 10
        note("size", name, float(len(part)), np.nan, enough, "ten patients or more tell shift and scale of a batch")
    tests = len(names)
    for k, name in enumerate(names):
        columns = [part[:, k] for part in parts]
        if len(batches) > 1 and min(len(column) for column in columns) > 1:
            found = stats.f_oneway(*columns)
            note(
                "location differs",
                name,
                float(found.statistic),
                float(found.pvalue),
                True,
                "p small: there is a shift to take out",
            )
            found = stats.levene(*columns, center="median")
            note(
                "scale differs",
                name,
                float(found.statistic),
                float(found.pvalue),
                True,
                "p small: there is a scale to take out",
            )
        residual = np.concatenate(
            [(c - c.mean()) / (c.std(ddof=1) if len(c) > 1 and c.std() > 0 else 1.0) for c in columns]
        )
        if 3 <= len(residual) <= 5000:
            found = stats.shapiro(residual)
            normal = bool(found.pvalue * tests >= 0.05)
            meaning = "p small: not normal within batches; a logarithm may help"
            note("normal", name, float(found.statistic), float(found.pvalue), normal, meaning)
    for name, part in zip(batches, parts, strict=True):
        if len(names) >= 8:
            found = stats.shapiro(part.mean(axis=0))
            meaning = (
                "p small: shifts over the quantities are not normal, as the prior has them; try empirical_bayes=False"
            )
            note(
                "prior of shifts",
                name,
                float(found.statistic),
                float(found.pvalue),
                bool(found.pvalue >= 0.05),
                meaning,
            )
    for k, name in enumerate(covariates):
        if len(batches) > 1 and min(len(part) for part in parts) > 1:
            found = stats.f_oneway(*[x[batch == one, k] for one in batches])
            meaning = "p small: the covariate differs between batches, and what is taken for the one may be the other"
            note(
                "balanced covariate",
                name,
                float(found.statistic),
                float(found.pvalue),
                not found.pvalue < 0.05,
                meaning,
            )
    return pd.DataFrame(rows)
