"""``make bench``: our servers and their peers side by side, in one run.

``run.py`` measures, ``report.py`` makes tables and ``plots.py`` pictures of what it has written.
docs/benchmarks.md says what is measured and how.
"""
