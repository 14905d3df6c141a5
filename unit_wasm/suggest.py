"""The nearest known name to one that is not known, for error messages."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["did_you_mean", "nearest"]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that somebody may have meant, in whatever case; None: there is none."""
    # difflib takes longer to import than the whole start path may spend on names that are right.
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.lower(), list(by_lower), n=1)
    return by_lower[near[0]] if near else None


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a hint for a misspelt name.

    Parameters:
        name: what was written.
        known: every name that is allowed in its place.

    Returns:
        ``did you mean "component"?``, or the list of the allowed names where none is near and the
        list is short, or None.
    """
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f'did you mean "{near}"?'
    if 0 < len(names) <= 12:
        return "known here: " + ", ".join(names)
    return None
