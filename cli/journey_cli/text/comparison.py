"""The text and JSON of `journey compare --all`: two rule sets over a whole journal."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journey_cli.session import Session
from journey_cli.text.console import console, counted, naming_failures, working, write_json

if TYPE_CHECKING:
    from journey_projections import RuleSet
    from journey_projections.questions.comparison import Comparison
    from journey_projections.questions.everyone import Failed
    from journey_projections.replaying.comparison import Reason

    Why = Mapping[int, Sequence[Reason]]

NOTABLE = 0.1
"""The share of a difference from which a reason for it has a line of its own, besides the weightiest."""
MOST_REASONS = 3
"""The most reasons shown in text; JSON has all."""


def print_comparison(
    session: Session, rules: "tuple[RuleSet, RuleSet]", as_of: str | None, known_at: str | None, ledger: Path | None, top: int
) -> None:
    """Compare two rule sets over every relationship, and print the `top` most changed ones."""
    with naming_failures() as failed:
        compared, why = _compared(session, rules, as_of, known_at, ledger, top, failed)
        if session.is_json:
            write_json(_shape(compared, rules, why, top))
        else:
            _print(compared, rules, why, top)


def _compared(
    session: Session,
    rules: "tuple[RuleSet, RuleSet]",
    as_of: str | None,
    known_at: str | None,
    ledger: Path | None,
    top: int,
    failed: "Failed",
) -> "tuple[Comparison, Why]":
    from journey import UnusableRules
    from journey.extras import extra
    from journey_projections import replay

    with extra("bulk", "comparing everybody"):
        from journey_projections.questions.comparison import compare_everyone
    from journey_projections.replaying.comparison import reasons

    with ExitStack() as files:
        journal = files.enter_context(session.reading())
        place_of_ledger = session.ledger_place(ledger, working)
        compared = compare_everyone(journal, rules, as_of, known_at, place_of_ledger, files, working, session.look, failed)
        why: dict[int, list[Reason]] = {}
        for place in compared.most(compared.difference, top):
            history = session.history_in(journal, compared.relationships[place], as_of, known_at)
            try:
                why[place] = reasons(*(replay(history, one) for one in rules))
            except UnusableRules as error:
                failed(compared.relationships[place], error)
    return compared, why


def _shape(compared: "Comparison", rules: "tuple[RuleSet, RuleSet]", why: "Why", top: int) -> dict[str, Any]:
    from journey_projections.replaying.replay import identify

    def side(place: int, number: int) -> dict[str, Any]:
        trust, state = ((compared.first, compared.first_state), (compared.second, compared.second_state))[number]
        return {"trust": float(trust[place]), "state": str(state[place]), "rank": float(compared.ranks[number][place])}

    def change(place: int) -> dict[str, Any]:
        return {
            "relationship": compared.relationships[place],
            "first": side(place, 0),
            "second": side(place, 1),
            "difference": float(compared.difference[place]),
        }

    sizes = abs(compared.difference)
    return {
        "rules": [identify(one).to_dict() for one in rules],
        "parameters": [{"name": name, "first": one, "second": other} for name, (one, other) in _changes(rules).items()],
        "relationships": len(compared),
        "differing": int((sizes > 0.0).sum()),
        "mean_difference": float(sizes.mean()) if len(compared) else 0.0,
        "largest_difference": float(sizes.max()) if len(compared) else 0.0,
        "rank_correlation": compared.rank_correlation,
        "states": [{"first": one, "second": other, "relationships": count} for one, other, count in compared.changed_states],
        "most_changed": [{**change(place), "reasons": [_reason(one) for one in because]} for place, because in why.items()],
        "biggest_moves": [change(place) for place in compared.most(compared.moves, top)],
    }


def _reason(one: "Reason") -> dict[str, Any]:
    return {
        "first_cause": one.first_cause,
        "second_cause": one.second_cause,
        "first": one.first,
        "second": one.second,
        "difference": one.difference,
        "touchpoints": one.touchpoints,
        "touchpoint": one.touchpoint,
    }


def _print(compared: "Comparison", rules: "tuple[RuleSet, RuleSet]", why: "Why", top: int) -> None:
    from journey_cli.text import drawing

    out = console()
    first, second = (one.name for one in rules)
    out.print(" against ".join(f"{one.name} {one.version} ({one.hash})" for one in rules) + f", {counted(len(compared), 'relationship')}")
    changes = ", ".join(f"{name} {one} → {other}" for name, (one, other) in _changes(rules).items())
    if changes:
        out.print(changes)
    sizes = abs(compared.difference)
    if not (sizes > 0.0).any():
        out.print("no trust differs")
        return
    alike = "no ranking" if compared.rank_correlation is None else f"Spearman's ρ {compared.rank_correlation:.4f}"
    out.print(f"trust differs in {int((sizes > 0.0).sum())}, by {sizes.mean():.3f} in the mean of all and {sizes.max():.3f} at the most")
    out.print(f"the ranking: {alike}, {int((compared.moves != 0.0).sum())} on another place")
    for before, after, count in compared.changed_states:
        out.print(f"{counted(count, 'relationship')} from {before} to {after}")
    out.print("\nwhose trust differs most, and why")
    rows = drawing.table(
        out, "relationship", first, second, "change", "why", right=(first, second, "change"), ids=("relationship",), spare=(first, second)
    )
    for place, because in why.items():
        cells = (compared.relationships[place], *(f"{trust[place]:.3f}" for trust in (compared.first, compared.second)))
        first_why, *more = reasons_in_words(because)
        rows.add_row(*cells, drawing.signed(float(compared.difference[place])), first_why)
        for one in more:
            rows.add_row("", "", "", "", one)
    out.print(rows)
    if not (compared.moves != 0.0).any():
        return
    out.print("\nwho moves most in the ranking")
    columns = ("rank", "goes to", first, second)
    rows = drawing.table(out, "relationship", *columns, right=columns, ids=("relationship",), spare=(first, second))
    for place in compared.most(compared.moves, top):
        places = (f"{ranks[place]:g}" for ranks in compared.ranks)
        rows.add_row(compared.relationships[place], *places, *(f"{trust[place]:.3f}" for trust in (compared.first, compared.second)))
    out.print(rows)


def _changes(rules: "tuple[RuleSet, RuleSet]") -> "dict[str, tuple[Any, Any]]":
    """The parameters in which two rule sets differ, where one is the other with changed parameters."""
    from journey_projections.rules.derived import changes_of

    first, second = rules
    return changes_of(second, first) if type(first.parameters) is type(second.parameters) else {}


def reasons_in_words(why: "Sequence[Reason]") -> list[str]:
    """The weightiest reasons in words: at least one, where there is any."""
    difference = sum(one.difference for one in why)
    return [_in_words(one) for one in [*why[:1], *(one for one in why[1:MOST_REASONS] if abs(one.difference) >= NOTABLE * abs(difference))]]


def _in_words(one: "Reason") -> str:
    """A reason in words."""
    from journey_cli.text import drawing

    is_the_same = one.first_words == one.second_words
    cause = one.first_words if is_the_same else f"{_briefly(one.first_words)} → {_briefly(one.second_words)}"
    words = f"{drawing.signed(one.first)} → {drawing.signed(one.second)}  {cause}"
    if one.touchpoint is None:
        return words
    most = f"{one.touchpoint}" if one.touchpoints == 1 else f"{counted(one.touchpoints, 'touchpoint')}, most by {one.touchpoint}"
    return f"{words} ({most})"


def _briefly(words: str) -> str:
    """What a cause says first, without what it adds."""
    return words.partition(";")[0]
