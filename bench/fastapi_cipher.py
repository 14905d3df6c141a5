"""The cipher of examples/cipher as those write it who have FastAPI: a peer of ``functions.py``."""

from __future__ import annotations

from fastapi import FastAPI
from pydantic import BaseModel
from wsgi_cipher import PLACES, shifted

app = FastAPI()


class Given(BaseModel):
    """What a call has."""

    message: str


@app.post("/encrypt")  # type: ignore[untyped-decorator, unused-ignore]
async def encrypt(given: Given) -> dict[str, str]:
    """Move each letter forward."""
    return {"result": shifted(given.message, PLACES)}


@app.post("/decrypt")  # type: ignore[untyped-decorator, unused-ignore]
async def decrypt(given: Given) -> dict[str, str]:
    """Move each letter back."""
    return {"result": shifted(given.message, -PLACES)}
