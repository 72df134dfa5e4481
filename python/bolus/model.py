"""The attention-LSTM of Choi et al. 2019: networks, predictions, cross-validation and weight files.

Training goes through the estimator `bolus.IDHClassifier`.
"""

from bolus._core.model import (
    AttentionCourse,
    AttentionLSTM,
    CrossValidation,
    CrossValidationResult,
    FittedModel,
    NetworkShape,
    PatientPrediction,
    Prediction,
    TrainingHistory,
    attention_course,
    checkpoint_schema_version,
    load_checkpoint,
    random_network,
    save_checkpoint,
)

__all__ = [
    "AttentionCourse",
    "AttentionLSTM",
    "CrossValidation",
    "CrossValidationResult",
    "FittedModel",
    "NetworkShape",
    "PatientPrediction",
    "Prediction",
    "TrainingHistory",
    "attention_course",
    "checkpoint_schema_version",
    "load_checkpoint",
    "random_network",
    "save_checkpoint",
]

for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
del _name
