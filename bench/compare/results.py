"""The raw file: every value of a run, what it was measured on, and what could not be measured."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "results"
RAW = "run.json"
FORMAT = 1
DIGITS = 5


@dataclass(frozen=True)
class PeerInfo:
    """A peer as tables and plots need it."""

    key: str
    name: str
    version: str
    ours: bool


@dataclass
class Results:
    """One run.

    Parameters:
        run: when, from which commit, how long, and how the load was made.
        machine: processor, cores and kernel; neither its name nor a path.
        versions: of what is not a peer.
        missing: peers that are not on the machine: name and why.
        values: by case, measure and peer; one for each round.
        lost: by case and peer, why there are no values, or no more.
    """

    run: dict[str, Any]
    machine: dict[str, Any]
    versions: dict[str, str]
    peers: list[PeerInfo]
    missing: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    lost: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, case: str, peer: str, **measured: float) -> None:
        """Note values of a round: ``rate`` in 1/s, ``p50``, ``p90``, ``p99`` and so on."""
        for measure, value in measured.items():
            rows = self.values.setdefault(case, {}).setdefault(measure, {})
            rows.setdefault(peer, []).append(float(f"{value:.{DIGITS}g}"))

    def lose(self, case: str, peer: str, why: str) -> None:
        """Note why a cell has no values, or no more."""
        self.lost.setdefault(case, {}).setdefault(peer, why)

    def of(self, case: str, measure: str, peer: str) -> list[float]:
        """Return the values of a cell; none where it was lost."""
        if peer in self.lost.get(case, {}):
            return []
        return self.values.get(case, {}).get(measure, {}).get(peer, [])

    def median(self, case: str, measure: str, peer: str) -> float | None:
        """Return the median of a cell, None where it has no values."""
        values = self.of(case, measure, peer)
        return statistics.median(values) if values else None

    def ratios(self, case: str, measure: str, over: str, under: str) -> list[float]:
        """Return one peer's values divided by another's, round by round."""
        pairs = zip(self.of(case, measure, over), self.of(case, measure, under), strict=False)
        return [a / b for a, b in pairs if b]

    def merge(self, part: Results) -> None:
        """Take the cases of a later run in the place of those of this one, which says so.

        Raises:
            ValueError: it is of another machine, or of other peers.
        """
        for name in ("cpu", "cores", "kernel"):
            if self.machine[name] != part.machine[name]:
                raise ValueError(f"the run was made on another machine: {name}")
        if gone := {peer.key for peer in self.peers} - {peer.key for peer in part.peers}:
            raise ValueError(f"the run has peers that are not here: {', '.join(sorted(gone))}")
        for case in {*part.values, *part.lost}:
            for ours, theirs in ((self.values, part.values), (self.lost, part.lost)):
                ours.pop(case, None)
                if case in theirs:
                    ours[case] = theirs[case]  # type: ignore[assignment]
        self.peers, self.missing = part.peers, part.missing
        told = {name: part.run[name] for name in ("time", "commit")}
        cases = sorted({*part.values, *part.lost})
        self.run.setdefault("parts", []).append({**told, "cases": cases})

    def write(self, path: Path) -> None:
        """Write the raw file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"format": FORMAT, **asdict(self)}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read a raw file.

        Raises:
            ValueError: another version wrote it.
        """
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.pop("format") != FORMAT:
            raise ValueError(f"{path.name} is of another format")
        document["peers"] = [PeerInfo(**peer) for peer in document["peers"]]
        return cls(**document)


def newest() -> Path | None:
    """Return the raw file of the newest run to be published; their folders begin with the time."""
    return max(FOLDER.glob(f"*/{RAW}"), default=None)
