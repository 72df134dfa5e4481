"""A cohort: many patients through ``bolus.predict`` on any number of machines, and the tables that come of it.

::

    cohort = bolus.Cohort("cohort.csv", weights="idh.safetensors")
    result = cohort.run("results", workers=4)
    result.store.dataset()           # for IDHClassifier
    result.store.quantities()        # for statistics
"""

from bolus.cohort._cohort import Cohort
from bolus.cohort._harmonise import ComBat, common_time_base
from bolus.cohort._protocols import leave_one_protocol_out
from bolus.cohort._report import CohortReport, CohortReportResult
from bolus.cohort._result import CohortResult
from bolus.cohort._store import CohortStore
from bolus.cohort._table import CohortPatient, read_table

__all__ = [
    "Cohort",
    "CohortPatient",
    "CohortReport",
    "CohortReportResult",
    "CohortResult",
    "CohortStore",
    "ComBat",
    "common_time_base",
    "leave_one_protocol_out",
    "read_table",
]

for _value in (
    Cohort,
    CohortPatient,
    CohortReport,
    CohortReportResult,
    CohortResult,
    CohortStore,
    ComBat,
    common_time_base,
    leave_one_protocol_out,
    read_table,
):
    _value.__module__ = __name__
del _value
