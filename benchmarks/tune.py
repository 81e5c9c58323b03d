"""Tunes the compared rule sets to real trust ratings, and writes them to examples/tuned/ as data.

    python benchmarks/tune.py soc-sign-bitcoinotc.csv        (see docs/importing.md for the data; takes a minute or two)

What is asked of a rule set is whether a member's next rating will be good, told by the member's trust right before it: the area under
the curve (AUC), over ratings of members with at least five earlier ones. Parameters are chosen on the first 70 % of the rows by time,
by a seeded random search that ends in a walk along each parameter; the last 30 % only score what was chosen. scores.json beside the
rule sets has these scores, as published and tuned. `goodwill` is scored as it stands.
"""

import csv
import json
import math
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np

from journey import Interaction, Recorded
from journey.times import from_microseconds
from journey_projections import RuleSet
from journey_projections.compiled import replay_all
from journey_projections.encoding.columns import Columns, Dictionaries, columns_of
from journey_projections.rules.derived import derived
from journey_projections.rules.gallery import NAMES, rule_set
from journey_projections.rules.parameters import Parameter, parameters_of

TUNED = Path(__file__).resolve().parent.parent / "examples" / "tuned"
CHOSEN_ON = 0.7
EARLIER = 5
TRIALS, STEPS = 150, 4
Array = Any


def ratings(path: str) -> tuple[Columns, Array, Array]:
    """The ratings as touchpoints, as the mapping `bitcoin-otc` has them; whether each was good; and how many came before it."""
    records, good, earlier, met = [], [], [], dict[str, int]()
    with Path(path).open(encoding="utf-8") as file:
        for row in sorted(csv.DictReader(file), key=lambda row: float(row["time"])):
            at, quality = from_microseconds(int(float(row["time"]) * 1e6)), int(row["feature"]) / 10
            id = f"{row['from']}-{row['to']}"
            contact = Interaction(id=id, relationship=row["to"], occurred_at=at, competence=quality, benevolence=quality)
            records.append(Recorded(contact, at))
            good.append(quality > 0)
            earlier.append(met.get(row["to"], 0))
            met[row["to"]] = earlier[-1] + 1
    return columns_of(records, Dictionaries()), np.array(good), np.array(earlier)


def auc(trust: Array, good: Array) -> float:
    """The chance that a good rating was expected more than a bad one, ties counting half."""
    _, where, count = np.unique(trust, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[where]
    positives = int(good.sum())
    return float((ranks[good].sum() - positives * (positives + 1) / 2) / (positives * (len(good) - positives)))


class Scores:
    """The AUC of a rule set on either part of the rows."""

    def __init__(self, path: str) -> None:
        self.columns, self.good, earlier = ratings(path)
        rows, first = np.arange(len(self.good)), int(len(self.good) * CHOSEN_ON)
        self.parts = (earlier >= EARLIER) & (rows < first), (earlier >= EARLIER) & (rows >= first)

    def of(self, rules: RuleSet) -> tuple[float, float]:
        """On the first part and on the last."""
        told = replay_all(self.columns, rules, contributions=True).contributions
        assert told is not None
        before = np.empty(len(self.good))
        before[told["row"]] = told["before"]
        first, last = (auc(before[part], self.good[part]) for part in self.parts)
        return first, last


def drawn(parameter: Parameter, chance: random.Random) -> float:
    """Somewhere in a parameter's range; where that spans orders of magnitude, by its logarithm."""
    low, high = float(parameter.low or 0.0), float(parameter.high or 0.0)
    return math.exp(chance.uniform(math.log(low), math.log(high))) if low > 0 and high / low > 20 else chance.uniform(low, high)


def tuned(base: RuleSet, scores: Scores) -> dict[str, float]:
    """The parameters that score best on the first part."""
    chance, parameters = random.Random(f"{base.name} {base.version}"), parameters_of(base)

    def tried(values: dict[str, float]) -> tuple[float, dict[str, float]]:
        rounded = {name: value if value == defaults[name] else float(f"{value:.3g}") for name, value in values.items()}
        rounded = {name: min(max(value, span[name][0]), span[name][1]) for name, value in rounded.items()}
        return scores.of(derived(base, name="tried", version="1", parameters=rounded))[0], rounded

    defaults = {one.name: float(one.value) for one in parameters}
    span = {one.name: (float(one.low or 0.0), float(one.high or 0.0)) for one in parameters}
    best = tried(defaults)
    for _ in range(TRIALS):
        best = max(best, tried({one.name: drawn(one, chance) for one in parameters}), key=lambda one: one[0])
    for step in range(1, STEPS + 1):
        for name, (low, high) in span.items():
            for move in (-1, 1):
                value = best[1][name] + move * (high - low) * 0.5 ** (step + 2)
                best = max(best, tried({**best[1], name: min(high, max(low, value))}), key=lambda one: one[0])
    for one in parameters:  # what makes no difference stays as it was published
        best = max(tried({**best[1], one.name: defaults[one.name]}), best, key=lambda one: one[0])
    return best[1]


def write(base: RuleSet, values: dict[str, float]) -> None:
    """Write one rule set as data: only what differs from the base."""
    defaults = {one.name: one.value for one in parameters_of(base)}
    lines = [
        f"# `{base.name}` tuned to real trust ratings by benchmarks/tune.py, on the first 70 % of the rows by time.",
        f'base = "{base.name}"',
        f'name = "{base.name}_tuned"',
        'version = "1"',
        "",
        "[parameters]",
        *(f"{name} = {value!r}" for name, value in values.items() if value != defaults[name]),
    ]
    (TUNED / f"{base.name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Tune all, or those named after the file."""
    scores = Scores(sys.argv[1])
    print(f"{int(scores.parts[0].sum())} ratings to choose on, {int(scores.parts[1].sum())} to score on", flush=True)
    file = TUNED / "scores.json"
    reached_by: dict[str, list[float]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in sys.argv[2:] or NAMES:
        base = rule_set(name)
        published = scores.of(base)
        print(f"{name}: {published[0]:.4f} and {published[1]:.4f} as published", flush=True)
        reached_by[name] = [round(published[1], 3)]
        if name == "goodwill":
            continue
        values = tuned(base, scores)
        reached = scores.of(derived(base, name="tuned", version="1", parameters=values))
        print(f"{name}: {reached[0]:.4f} and {reached[1]:.4f} with {values}", flush=True)
        reached_by[name].append(round(reached[1], 3))
        write(base, values)
    file.write_text(json.dumps(reached_by, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
