"""Placeholder."""
class CohortReport: pass
