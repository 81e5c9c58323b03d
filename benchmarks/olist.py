"""Judges real orders of a marketplace before their reviews are known: does trust foresee the bad ones, and how far does it spread?

    python benchmarks/olist.py FOLDER [RULES]        (the CSV files of the Brazilian e-commerce data by Olist; takes half a minute)

Each order is a promise with its estimated date, and a delivery on the day it came, both at the level that docs/coding-guide.md uses;
nothing else of an order is told. Three questions are asked, each of the trust that those facts leave, against a review of 1 or 2 stars:

- of each customer, when the order came;
- of each customer, right before the review was written, whether the order had come or not;
- of each seller, to whom also earlier reviews are told as feedback, when the order came.

For each it writes the area under the curve (AUC: the chance that a bad review had less trust before it than another), and the spread of
trust from the 5th to the 95th percentile. Without the data it says so, and does nothing. The data may not be copied into this project.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from journey import Delivery, FeedbackGiven, History, PromiseMade, Touchpoint
from journey_projections import RuleSet, replay
from journey_projections.rules.loading import load_rules

LEVEL = 0.7
BAD = 2
MICROSECOND = timedelta(microseconds=1)


class Order(NamedTuple):
    """One order; `came` is None while it has not come. The review is the first that was answered."""

    id: str
    customer: str
    seller: str
    bought: datetime
    due: datetime
    came: datetime | None
    reviewed: datetime
    stars: int


def orders(folder: Path) -> Iterator[Order]:
    """The orders that were reviewed."""
    people = {row["customer_id"]: row["customer_unique_id"] for row in _rows(folder, "customers")}
    sellers = {row["order_id"]: row["seller_id"] for row in _rows(folder, "order_items")}
    reviews: dict[str, tuple[datetime, int]] = {}
    for row in _rows(folder, "order_reviews"):
        answered = _instant(row["review_answer_timestamp"])
        if answered and (row["order_id"] not in reviews or answered < reviews[row["order_id"]][0]):
            reviews[row["order_id"]] = answered, int(row["review_score"])
    for row in _rows(folder, "orders"):
        bought, due = _instant(row["order_purchase_timestamp"]), _instant(row["order_estimated_delivery_date"])
        if bought and due and row["order_id"] in reviews:
            came = _instant(row["order_delivered_customer_date"])
            day = due + timedelta(days=1) - MICROSECOND  # the estimate is a day, and the whole of it is in time
            seller = sellers.get(row["order_id"], "nobody")
            yield Order(row["order_id"], people[row["customer_id"]], seller, bought, day, came, *reviews[row["order_id"]])


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"olist_{name}_dataset.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def told(order: Order, relationship: str, *, reviews: bool) -> Iterator[Touchpoint]:
    """An order as touchpoints."""
    ours: dict[str, Any] = {"relationship": relationship}
    yield PromiseMade(id=f"{order.id}-p", occurred_at=order.bought, promise=order.id, level=LEVEL, due=order.due, **ours)
    if order.came is not None:
        yield Delivery(id=f"{order.id}-d", occurred_at=order.came, promise=order.id, delivered=LEVEL, **ours)
    if reviews:
        yield FeedbackGiven(id=f"{order.id}-r", occurred_at=order.reviewed, score=(order.stars - 1) / 4, **ours)


def by_customer(all_orders: Sequence[Order], rules: RuleSet, *, before_review: bool) -> Iterator[tuple[float, bool]]:
    """The trust of each customer in the marketplace before a review, and whether the review was bad."""
    for some in _grouped(all_orders, "customer"):
        history = History.of([one for order in some for one in told(order, "r", reviews=False)])
        for order in some:
            at = order.reviewed - MICROSECOND if before_review else order.came
            if at is not None and at >= order.bought:
                yield replay(history, rules, at=at).trust, order.stars <= BAD


def by_seller(all_orders: Sequence[Order], rules: RuleSet) -> Iterator[tuple[float, bool]]:
    """The trust in each seller when an order came, and whether its review, not known yet, was bad."""
    for some in _grouped(all_orders, "seller"):
        history = History.of([one for order in some for one in told(order, "r", reviews=True)])
        after = {one.touchpoint: one.after for one in replay(history, rules).contributions}
        for order in some:
            if order.came is not None and order.came < order.reviewed:
                yield after[f"{order.id}-d"], order.stars <= BAD


def _grouped(all_orders: Sequence[Order], by: str) -> list[list[Order]]:
    groups = defaultdict[str, list[Order]](list)
    for order in all_orders:
        groups[getattr(order, by)].append(order)
    return list(groups.values())


def auc(trust: Sequence[float], is_bad: Sequence[bool]) -> float:
    """The chance that a bad review had less trust before it than another one, ties counting half."""
    ranks, ordered, place = dict[float, float](), sorted(trust), 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end] == ordered[place]:
            end += 1
        ranks[ordered[place]] = (place + end + 1) / 2
        place = end
    good = sum(not bad for bad in is_bad)
    summed = sum(ranks[one] for one, bad in zip(trust, is_bad, strict=True) if not bad)
    return (summed - good * (good + 1) / 2) / (good * (len(is_bad) - good))


def line(question: str, pairs: Sequence[tuple[float, bool]]) -> str:
    """What came out of one question."""
    trust, bad = [one for one, _ in pairs], [one for _, one in pairs]
    ordered = sorted(trust)
    low, high = (ordered[round(share * (len(ordered) - 1))] for share in (0.05, 0.95))
    return f"{question:36} {len(pairs):7,} {sum(bad) / len(bad):7.1%} {auc(trust, bad):7.3f} {low:8.3f} {high:8.3f} {high - low:8.4f}\n"


def measure(folder: Path, rules: RuleSet) -> None:
    """Ask all three questions."""
    all_orders = list(orders(folder))
    write = sys.stdout.write
    write(f"{len(all_orders):,} reviewed orders, under {rules.name} {rules.version} ({rules.hash})\n")
    write(f"{'':36} {'orders':>7} {'bad':>7} {'AUC':>7} {'5 %':>8} {'95 %':>8} {'spread':>8}\n")
    write(line("customer, when the order came", list(by_customer(all_orders, rules, before_review=False))))
    write(line("customer, right before the review", list(by_customer(all_orders, rules, before_review=True))))
    write(line("seller, when the order came", list(by_seller(all_orders, rules))))


if __name__ == "__main__":
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("olist")
    if (data / "olist_orders_dataset.csv").exists():
        measure(data, load_rules(sys.argv[2] if len(sys.argv) > 2 else "goodwill"))
    else:
        sys.stdout.write(f"skipped: there is no olist_orders_dataset.csv in {data}\n")
