"""The only door to the C code: all that touches ``ffi`` and ``lib``, and what is said there."""
