"""Two rule sets over a whole journal, told: `journey compare --all`."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journey_cli.session import Session
from journey_cli.text.console import console, counted, working, write_json

if TYPE_CHECKING:
    from journey_projections import RuleSet
    from journey_projections.questions.comparison import Comparison
    from journey_projections.replaying.comparison import Reason

    Why = Mapping[int, Sequence[Reason]]

NOTABLE = 0.1
"""The share of a difference from which a reason for it has a line of its own, besides the weightiest."""
TOLD = 3
"""How many reasons are told in text at the most; JSON has all."""


def tell_contrast(
    session: Session, rules: "tuple[RuleSet, RuleSet]", as_of: str | None, known_at: str | None, ledger: Path | None, top: int
) -> None:
    """Compare two rule sets over every relationship, and tell of the `top` most changed ones."""
    from journey.extras import extra
    from journey_projections import replay

    with extra("bulk", "comparing everybody"):
        from journey_projections.questions.comparison import compare_everyone
    from journey_projections.replaying.comparison import reasons

    with ExitStack() as files:
        journal = files.enter_context(session.reading())
        found = compare_everyone(journal, rules, as_of, known_at, session.ledger_place(ledger, working), files, working, session.look)
        why: dict[int, list[Reason]] = {}
        for place in found.most(found.difference, top):
            history = session.history_in(journal, found.relationships[place], as_of, known_at)
            why[place] = reasons(*(replay(history, one) for one in rules))
    if session.is_json:
        write_json(_shape(found, rules, why, top))
    else:
        _print(found, rules, why, top)


def _shape(found: "Comparison", rules: "tuple[RuleSet, RuleSet]", why: "Why", top: int) -> dict[str, Any]:
    from journey_projections.replaying.replay import identify

    def side(place: int, number: int) -> dict[str, Any]:
        trust, state = ((found.first, found.first_state), (found.second, found.second_state))[number]
        return {"trust": float(trust[place]), "state": str(state[place]), "rank": float(found.ranks[number][place])}

    def change(place: int) -> dict[str, Any]:
        return {
            "relationship": found.relationships[place],
            "first": side(place, 0),
            "second": side(place, 1),
            "difference": float(found.difference[place]),
        }

    sizes = abs(found.difference)
    return {
        "rules": [identify(one).to_dict() for one in rules],
        "parameters": [{"name": name, "first": one, "second": other} for name, (one, other) in _changes(rules).items()],
        "relationships": len(found),
        "differing": int((sizes > 0.0).sum()),
        "mean_difference": float(sizes.mean()) if len(found) else 0.0,
        "largest_difference": float(sizes.max()) if len(found) else 0.0,
        "rank_correlation": found.rank_correlation,
        "states": [{"first": one, "second": other, "relationships": count} for one, other, count in found.changed_states],
        "most_changed": [{**change(place), "reasons": [_reason(one) for one in told]} for place, told in why.items()],
        "biggest_moves": [change(place) for place in found.most(found.moves, top)],
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


def _print(found: "Comparison", rules: "tuple[RuleSet, RuleSet]", why: "Why", top: int) -> None:
    from journey_cli.text import drawing

    out = console()
    first, second = (one.name for one in rules)
    out.print(" against ".join(f"{one.name} {one.version} ({one.hash})" for one in rules) + f", {counted(len(found), 'relationship')}")
    changes = ", ".join(f"{name} {one} → {other}" for name, (one, other) in _changes(rules).items())
    if changes:
        out.print(changes)
    sizes = abs(found.difference)
    if not (sizes > 0.0).any():
        out.print("no trust differs")
        return
    alike = "no ranking" if found.rank_correlation is None else f"Spearman's ρ {found.rank_correlation:.4f}"
    out.print(f"trust differs in {int((sizes > 0.0).sum())}, by {sizes.mean():.3f} in the mean of all and {sizes.max():.3f} at the most")
    out.print(f"the ranking: {alike}, {int((found.moves != 0.0).sum())} on another place")
    for before, after, count in found.changed_states:
        out.print(f"{counted(count, 'relationship')} from {before} to {after}")
    out.print("\nwhose trust differs most, and why")
    rows = drawing.table(out, "relationship", first, second, "change", "why", right=(first, second, "change"))
    for place, told in why.items():
        cells = (found.relationships[place], *(f"{trust[place]:.3f}" for trust in (found.first, found.second)))
        first_why, *more = said(told)
        rows.add_row(*cells, drawing.signed(float(found.difference[place])), first_why)
        for one in more:
            rows.add_row("", "", "", "", one)
    out.print(rows)
    if not (found.moves != 0.0).any():
        return
    out.print("\nwho moves most in the ranking")
    columns = ("rank", "goes to", first, second)
    rows = drawing.table(out, "relationship", *columns, right=columns)
    for place in found.most(found.moves, top):
        places = (f"{ranks[place]:g}" for ranks in found.ranks)
        rows.add_row(found.relationships[place], *places, *(f"{trust[place]:.3f}" for trust in (found.first, found.second)))
    out.print(rows)


def _changes(rules: "tuple[RuleSet, RuleSet]") -> "dict[str, tuple[Any, Any]]":
    """The parameters in which two rule sets differ, where one is the other with changed parameters."""
    from journey_projections.rules.derived import changes_of

    first, second = rules
    return changes_of(second, first) if type(first.parameters) is type(second.parameters) else {}


def said(why: "Sequence[Reason]") -> list[str]:
    """The weightiest reasons in words: at least one, where there is any."""
    difference = sum(one.difference for one in why)
    return [_said(one) for one in [*why[:1], *(one for one in why[1:TOLD] if abs(one.difference) >= NOTABLE * abs(difference))]]


def _said(one: "Reason") -> str:
    """A reason in words."""
    from journey_cli.text import drawing

    said_by_both = one.first_words == one.second_words
    words = one.first_words if said_by_both else f"{_briefly(one.first_words)} → {_briefly(one.second_words)}"
    told = f"{drawing.signed(one.first)} → {drawing.signed(one.second)}  {words}"
    if one.touchpoint is None:
        return told
    most = f"{one.touchpoint}" if one.touchpoints == 1 else f"{counted(one.touchpoints, 'touchpoint')}, most by {one.touchpoint}"
    return f"{told} ({most})"


def _briefly(words: str) -> str:
    """What a cause says first, without what it adds."""
    return words.partition(";")[0]
