"""Components as Python objects, and functions of Python that components call."""
