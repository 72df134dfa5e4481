"""Drawing without matplotlib: slices as PNG and SVG, charts as SVG, for the report of a patient and for notebooks."""
