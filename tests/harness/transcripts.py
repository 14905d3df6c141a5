"""Tables of what is asked and what is said to it, as a terminal shows it."""

import pytest


def transcript(asked: str, said: str, text: str) -> pytest.MarkDecorator:
    """Run a test with each of these.

    Parameters:
        asked: the test's parameter for what stands behind a ``$``.
        said: its parameter for the lines up to the next one.
        text: all of them; a backslash joins lines that are too long.
    """
    rows = [row.partition("\n") for row in text.strip().removeprefix("$").split("\n$")]
    pairs = [(question.strip(), answer) for question, _, answer in rows]
    return pytest.mark.parametrize(
        (asked, said), pairs, ids=[f"{question}: {answer}"[:80] for question, answer in pairs]
    )
