"""One patient from a scanner's folder to an explained prediction: :func:`predict`, also there as ``bolus.predict``.

The steps are those of the other modules; here they are joined stage by stage, kept in one folder with a documented layout,
found again when nothing changed, and put into a report.
"""

from bolus.patient._layout import LAYOUT, Entry
from bolus.patient._predict import predict, study_at
from bolus.patient._result import PatientResult
from bolus.patient._run import STAGES

__all__ = ["LAYOUT", "STAGES", "Entry", "PatientResult", "predict", "study_at"]

for _value in (Entry, PatientResult, predict, study_at):
    _value.__module__ = __name__
del _value
