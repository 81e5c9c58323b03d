"""How well the early warnings foresee that customers leave: made-up customers of five firms, whose endings are known.

    python benchmarks/early_warnings.py [--seed N] [--customers N]      (customers of each firm; the first run also compiles the rules)

Endings come from a model that is not our rules, see `leaving_customers.py`. The firms: careful; silent, which lets failures, requests and
promises wait; churning, whose people change all the time, mostly without an introduction; clumsy, where much goes wrong and is answered at
once; quiet, where nothing is recorded of what displeases customers, who stop coming before they leave.

Every 30 days each method is asked of every customer who is still there: do they leave within 90 days? Thresholds are those with the best
F1 over the customer-months of one seed, one for all firms; the figures are of the next three seeds. An AUC is the chance that a month
with an exit ahead was ranked above one without. The lead is the median time in days from the first of the alarms that stood until an exit
to it. False alarms, per customer and year, are those that ended, or lasted, with no exit within 90 days. Two last rows show how much there
is to foresee: they know what nobody can know, the customer's discontent, and also their temper and what they have decided.

Of each kind of warning it is told how often it opened for a customer and year, and what share of those customers left within 90 days,
which is also told of any day. What was answered in time, and what is not due yet, is left out.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from leaving_customers import END, FIRMS, START, Life, lives

from journey import History
from journey_projections.compiled import replay_all
from journey_projections.early_warnings import WARNING_PARAMETERS, warning_course
from journey_projections.early_warnings.state import KINDS, PROMISE_DUE, UNANSWERED_REQUEST
from journey_projections.encoding.codes import NEVER
from journey_projections.encoding.columns import Columns, Dictionaries, columns_of

Array = npt.NDArray[Any]
AHEAD, EVERY, TESTS = 90, 30, 3
MONTHS = np.arange(EVERY, END - AHEAD, EVERY)
METHODS = ("warnings", "urgency", "goodwill exit risk", "health score", "recency")
HIDDEN = ("(discontent)", "(and decision)")
COLUMNS = [(firm, max(8, len(firm) + 1)) for firm in FIRMS]


class Risks(NamedTuple):
    """What each method says of each customer (rows) at each of MONTHS, the days until they leave (or inf), if they are there, and where."""

    methods: dict[str, Array]
    left: Array
    there: Array
    firm: Array


def risks_of(all_lives: Sequence[tuple[str, Life]]) -> Risks:
    """Ask every method every month; nothing that happens later is known."""
    columns = columns_of((record for _, life in all_lives for record in History.of(life.facts).records), Dictionaries())
    opened, exits = (np.array([getattr(life, name) for _, life in all_lives])[:, None] for name in ("opened", "exit"))
    by_month = [asked(columns, int(day), len(all_lives)) for day in MONTHS]
    methods = {name: np.stack([month[place] for month in by_month], axis=1) for place, name in enumerate(METHODS)}
    for name, field in zip(HIDDEN, ("discontent", "mind"), strict=True):
        methods[name] = np.array([getattr(life, field) for _, life in all_lives])[:, MONTHS // 7 - 1]
    left = np.where(exits < END, exits, np.inf) - MONTHS
    return Risks(methods, left, (opened <= MONTHS) & (left > 0), np.array([name for name, _ in all_lives]))


def asked(columns: Columns, day: int, customers: int) -> list[Array]:
    """What METHODS say of every customer on a day; 0 where nothing is known yet."""
    at = START + timedelta(days=day)
    goodwill, health = replay_all(columns, at=at, warnings=WARNING_PARAMETERS), replay_all(columns, "health_score", at=at)
    watches, outlooks, instant = goodwill.watches, goodwill.outlooks, int(at.timestamp() * 1e6)
    assert watches is not None and outlooks is not None
    may_wait = (watches["kind"] <= UNANSWERED_REQUEST) | (watches["kind"] == PROMISE_DUE)
    in_time = np.where(may_wait & (watches["due"] >= instant), WARNING_PARAMETERS.in_time, 1.0)
    gravest = np.zeros(customers)
    np.maximum.at(gravest, watches["relationship"], watches["severity"] * watches["certainty"] * in_time)
    unheard = np.where(outlooks["heard_at"] == NEVER, 0.0, (instant - outlooks["heard_at"].astype(float)) / 8.64e10)
    others = np.zeros((4, customers))
    others[:, goodwill.relationship] = outlooks["urgency"], goodwill.exit_risk, 1.0 - health.trust, unheard
    return [gravest, *others]


def auc(risks: Array, is_near: Array) -> float:
    """The chance that a month with an exit ahead was ranked above one without, ties counting half."""
    _, place, count = np.unique(risks, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    near = int(is_near.sum())
    return float((ranks[is_near].sum() - near * (near + 1) / 2) / (near * (len(risks) - near)))


def best_threshold(risks: Array, is_near: Array) -> float:
    """The risk from which an alarm has the best F1."""
    falling = np.argsort(-risks, kind="stable")
    hits, alarms = np.cumsum(is_near[falling]), np.arange(1, len(risks) + 1)
    last_of_equals = np.append(np.diff(risks[falling]) != 0, True)
    return float(risks[falling][np.argmax(np.where(last_of_equals, 2 * hits / (alarms + is_near.sum()), 0.0))])


def alarm_runs(alarms: Array, left: Array) -> tuple[list[float], int]:
    """The leads in days of the exits that were foreseen, and how many runs of alarms were false."""
    leads, false = list[float](), 0
    for row, days in zip(alarms, left, strict=True):
        for first, after in np.flatnonzero(np.diff(row, prepend=False, append=False)).reshape(-1, 2):
            if days[after - 1] <= EVERY:
                leads.append(days[first])
            false += int(days[after - 1] > AHEAD)
    return leads, false


def scores(risks: Array, left: Array, there: Array, threshold: float) -> str:
    """How one method did: the figures of a row."""
    is_near, alarms = there & (left <= AHEAD), there & (risks >= threshold)
    hits = int((alarms & is_near).sum())
    precision, recall = hits / max(1, alarms.sum()), hits / is_near.sum()
    f1 = 2 * hits / (alarms.sum() + is_near.sum())
    leads, false = alarm_runs(alarms, left)
    lead, a_year = f"{median(leads):6.0f}" if leads else "     -", false * 365 / EVERY / there.sum()
    return f"{precision:10.2f} {recall:6.2f} {f1:6.2f} {auc(risks[there], is_near[there]):6.2f} {lead} {a_year:8.2f}"


def by_method(tuned: Risks, tests: Sequence[Risks]) -> Iterator[str]:
    """How each method did, overall and at each firm."""
    near, there = tuned.left <= AHEAD, tuned.there
    thresholds = {name: best_threshold(risks[there], near[there]) for name, risks in tuned.methods.items()}
    methods = {name: np.concatenate([one.methods[name] for one in tests]) for name in thresholds}
    left, there, firms = (np.concatenate([getattr(one, name) for one in tests]) for name in ("left", "there", "firm"))
    for firm in ("all", *FIRMS):
        rows = (firms == firm) | (firm == "all")
        base = (left[rows] <= AHEAD)[there[rows]].mean()
        yield f"\n{f'{firm}: {base:.1%} leave':30} {'precision':>10} {'recall':>6} {'F1':>6} {'AUC':>6} {'lead':>6} {'false':>8}"
        for name, threshold in thresholds.items():
            says = f"from {threshold:.2f}" if firm == "all" else ""
            yield f"  {name:18} {says:10}{scores(methods[name][rows], left[rows], there[rows], threshold)}"
    yield f"\n{'AUC by seed':20}" + "".join(f"{number:7}" for number in range(1, len(tests) + 1))
    for name in thresholds:
        each = (auc(one.methods[name][one.there], (one.left <= AHEAD)[one.there]) for one in tests)
        yield f"  {name:18}" + "".join(f"{one:7.3f}" for one in each)


def by_kind(all_lives: Sequence[tuple[str, Life]]) -> Iterator[str]:
    """How often each kind of warning opened, and what became of the customer."""
    opened, hits, leads = Counter[tuple[str, str]](), Counter[tuple[str, str]](), defaultdict[str, list[float]](list)
    for firm, life in all_lives:
        for one in warning_course(History.of(life.facts), START + timedelta(days=END)):
            since = (one.since - START) / timedelta(days=1)
            if one.due is None and since < min(END - AHEAD, life.exit):
                opened[one.kind, firm] += 1
                if life.exit < END and life.exit - since <= AHEAD:
                    hits[one.kind, firm] += 1
                    leads[one.kind].append(life.exit - since)
    yield f"\n{'warnings by kind':22}{'a year':>6}{'left':>6}{'lead':>5}" + "".join(f"{firm:>{wide}}" for firm, wide in COLUMNS)
    days, near = Counter[str](), Counter[str]()
    for firm, life in all_lives:
        until = min(life.exit, END - AHEAD)
        days[firm] += max(0, until - life.opened)
        near[firm] += max(0, until - max(life.opened, life.exit - AHEAD)) if life.exit < END else 0
    each = "".join(f"{near[firm] / days[firm]:{wide}.2f}" for firm, wide in COLUMNS)
    yield f"{'(any day)':22}{'':6}{sum(near.values()) / sum(days.values()):6.2f}{'':5}{each}"
    for kind in KINDS:
        many, good = (sum(count[kind, firm] for firm in FIRMS) for count in (opened, hits))
        if many:
            each = "".join(f"{hits[kind, firm] / (opened[kind, firm] or 1):{wide}.2f}" for firm, wide in COLUMNS)
            yield f"{kind:22}{many * 365 / sum(days.values()):6.2f}{good / many:6.2f}{median(leads[kind] or [0.0]):5.0f}{each}"


def main() -> None:
    """Print how each method did, and each kind of warning."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1, help="by which thresholds are chosen; the next three test them")
    parser.add_argument("--customers", type=int, default=300, help="of each firm")
    options = parser.parse_args()
    if options.customers < 20:
        parser.error(f"`{options.customers}` customers of a firm are too few to measure; give at least 20")
    tests = [lives(options.seed + number, options.customers) for number in range(1, TESTS + 1)]
    tuned = risks_of(lives(options.seed, options.customers))
    lines = *by_method(tuned, list(map(risks_of, tests))), *by_kind([one for some in tests for one in some])
    print("\n".join(lines).lstrip())


if __name__ == "__main__":
    main()
