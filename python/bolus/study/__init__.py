"""The whole study of Choi et al. 2019 on any cohort, in one call::

    cohort = bolus.simulate.CohortSimulator(seed=0)()
    result = bolus.study.reproduce(cohort)            # tables, figures, checklists, report
    result.tables["results"]                          # beside the paper's figures
    result.plot("roc").figure_
    result.save("study")                              # CSV, PNG, weights, provenance, report

Own patients: give a ``Dataset`` or the curves, and ``clinical=`` a table with a row for each patient.
"""

from bolus.study._checklist import claim, tripod_ai
from bolus.study._panels import PANELS
from bolus.study._result import StudyResult
from bolus.study._run import reproduce
from bolus.study.published import PUBLISHED

__all__ = ["PANELS", "PUBLISHED", "StudyResult", "claim", "reproduce", "tripod_ai"]

for _value in (StudyResult, reproduce, claim, tripod_ai):
    _value.__module__ = __name__
del _value
