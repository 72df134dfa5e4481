"""
The compiled part of bolus. Use the package bolus, which presents all of it.
"""
from __future__ import annotations
from . import core
from . import dsc
from . import simulate
from . import evaluate
from . import io
from . import preprocess
from . import segment
from . import model
from . import pipeline
__all__: list[str] = ['core', 'dsc', 'evaluate', 'io', 'model', 'pipeline', 'preprocess', 'segment', 'simulate']
__version__: str = '0.1.0'
