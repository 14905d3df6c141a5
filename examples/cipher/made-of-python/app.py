"""The cipher, written in Python: its interface is in cipher.wit."""

import os
import string

import wit_world
from wit_world import exports


class TextCipher(exports.TextCipher):
    """The functions that are exported."""

    def encrypt(self, message: str) -> str:
        """Move each letter forward."""
        wit_world.audit_log(f"encrypt: {message}")
        return _shifted(message, _shift_amount())

    def decrypt(self, message: str) -> str:
        """Move each letter back."""
        wit_world.audit_log(f"decrypt: {message}")
        return _shifted(message, -_shift_amount())


def _shift_amount() -> int:
    return int(os.environ.get("SHIFT_AMOUNT", "3"))


def _shifted(message: str, by: int) -> str:
    small, large = string.ascii_lowercase, string.ascii_uppercase
    by %= 26
    moved = small[by:] + small[:by] + large[by:] + large[:by]
    return message.translate(str.maketrans(small + large, moved))
