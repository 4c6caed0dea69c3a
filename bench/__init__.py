"""Reproducible benchmarks: ``./run bench NAME``. CPU time of one core, not wall time; ratios within one run."""
