"""The cipher of examples/cipher as those write it who have FastAPI: a peer of ``functions.py``."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

SMALL = "abcdefghijklmnopqrstuvwxyz"
PLACES = 3


class Given(BaseModel):
    """What a call has."""

    message: str


def _shifted(text: str, by: int) -> str:
    small = SMALL[by % 26 :] + SMALL[: by % 26]
    return text.translate(str.maketrans(SMALL + SMALL.upper(), small + small.upper()))


@app.post("/encrypt")  # type: ignore[untyped-decorator, unused-ignore]
async def encrypt(given: Given) -> dict[str, str]:
    """Move each letter forward."""
    return {"result": _shifted(given.message, PLACES)}


@app.post("/decrypt")  # type: ignore[untyped-decorator, unused-ignore]
async def decrypt(given: Given) -> dict[str, str]:
    """Move each letter back."""
    return {"result": _shifted(given.message, -PLACES)}
