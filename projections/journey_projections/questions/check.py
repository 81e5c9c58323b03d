"""What in a journal is legal and nearly always a mistake: facts that move nothing, name nothing known, or lie far off."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from journey.amendments import Fact, LogFact, Merge, PeopleMerge
from journey.errors import UnsupportedSchema
from journey.history import History, Recorded
from journey.journal import Journal
from journey_projections.questions.checks.alike_names import People, alike_references, alike_relationships
from journey_projections.questions.checks.far_times import far_times
from journey_projections.questions.checks.finding import KINDS, Finding
from journey_projections.questions.checks.people import idle_people
from journey_projections.questions.checks.references import references
from journey_projections.questions.checks.unmoved import unmoved
from journey_projections.rules.gallery import rule_set
from journey_projections.rules.rule_set import RuleSet

__all__ = ["KINDS", "Finding", "check", "check_history"]


FEW = 100_000
"""Up to so many recorded facts all histories are read at once."""


def check(
    journal: Journal,
    now: datetime,
    relationships: Sequence[str] = (),
    rules: str | RuleSet = "goodwill",
    look: Callable[[History], object] = lambda _: None,
) -> Iterator[Finding]:
    """What recorded facts are nearly always a mistake, of some relationships or (none named) of all, history by history.

    Last come ids of relationships and people that are nearly one. What is dated after `now` (aware) lies in the future. `look` is shown
    each history. Raises UnknownName for a relationship or rules.
    """
    people = People()
    judged = rule_set(rules) if isinstance(rules, str) else rules
    histories = map(journal.history, relationships) if relationships else _everybody(journal)
    names = set[str]()
    for history in histories:
        look(history)
        names.add(history.relationship or "")
        people.add(history)
        yield from check_history(history, now, judged)
    yield from alike_relationships((one.relationship for one in journal.relationships()), names if relationships else ())
    yield from people.alike()


def check_history(history: History, now: datetime, rules: str | RuleSet = "goodwill") -> Iterator[Finding]:
    """The same of one history by itself."""
    judged = rule_set(rules) if isinstance(rules, str) else rules
    yield from unmoved(history, judged, now)
    yield from references(history)
    yield from idle_people(history)
    yield from far_times(history, now)
    yield from alike_references(history)


def _everybody(journal: Journal) -> Iterator[History]:
    """Every history by name; of a small journal all are read at once, which is much faster."""
    names = (one.relationship for one in journal.relationships())
    try:
        is_small = journal.last_position() <= FEW
    except UnsupportedSchema:  # an old file has no counters until it is written to
        is_small = False
    yield from _at_once(journal, names) if is_small else map(journal.history, names)


def _at_once(journal: Journal, names: Iterable[str]) -> Iterator[History]:
    """Histories made of one reading of the journal; those with a merge in them are read by themselves."""
    by_name: dict[str, list[Recorded[Fact]]] = {}
    merged = False
    for record in journal.read():
        merged |= isinstance(record.outline, Merge | PeopleMerge)
        if not isinstance(record.outline, LogFact) or record.outline.relationship:
            by_name.setdefault(record.outline.relationship, []).append(record)
    for name in names:
        yield journal.history(name) if merged else History.of_records(by_name[name], name)
