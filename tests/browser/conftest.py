"""A browser for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.browser.browser import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as made:
        yield made
