"""``python -m unit_wasm`` is ``unit-wasm``."""

import sys

from unit_wasm.cli import main

if __name__ == "__main__":
    sys.exit(main())
