"""wasi:keyvalue: the functions that host calls name, on a store.

Python's clients and not C's: a call leaves the worker's thread in any case, because a store may
take its time, and that way is most of what one costs: a client in C would save an eighth of it with
SQLite, and a quarter with Redis (docs/capabilities.md has the figures). SQLite's library and
Redis's protocol are in neither product then.
"""
