"""The nearest known name to one that is not known, for error messages."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that somebody may have meant, in whatever case; None: there is none."""
    # difflib takes longer to import than the whole start path may spend on names that are right.
    from difflib import get_close_matches

    # One that is more than twice as long is never near, and who looks at it pays for its length.
    by_lower = {each.lower(): each for each in known if 3 * len(each) >= len(name)}
    if not by_lower:
        return None
    near = get_close_matches(name.lower(), list(by_lower), n=1)
    return by_lower[near[0]] if near else None


def guess(name: str, known: Iterable[str]) -> str | None:
    """Return ``did you mean "component"?`` for a misspelt name; None: none is near."""
    near = nearest(name, sorted(known))
    return None if near is None else f'did you mean "{near}"?'


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a hint for a misspelt name.

    Parameters:
        name: what was written.
        known: every name that is allowed in its place.

    Returns:
        What :func:`guess` returns, or the list of the allowed names where none is near and the
        list is short, or None.
    """
    names = sorted(known)
    near = guess(name, names)
    if near is None and 0 < len(names) <= 12:
        return "known here: " + ", ".join(names)
    return near
