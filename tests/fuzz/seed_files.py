"""The first inputs of the fuzz targets: tests/fuzz/seeds/NAME/, text as it is, bytes as hex."""

from pathlib import Path

from tests.harness.server import ROOT

SEEDS = ROOT / "tests" / "fuzz" / "seeds"


def read_seeds(name: str) -> dict[str, bytes]:
    """Return the seeds of a target by the names of their files."""
    return {
        path.stem: bytes.fromhex(path.read_text("ascii"))
        if path.suffix == ".hex"
        else path.read_bytes()
        for path in sorted((SEEDS / name).iterdir())
    }


def write_seeds(name: str, folder: Path) -> Path:
    """Write the seeds of a target as bytes into a folder, and return that."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, data in read_seeds(name).items():
        (folder / seed).write_bytes(data)
    return folder
