"""Short ways to write histories in tests: days after the start, one line a touchpoint."""

from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from journey import History, Touchpoint, read_touchpoint
from journey.reading import validated
from journey.testing import START, at_day
from journey.touchpoints import CURRENCY_PATTERN
from journey_projections import Replay, replay

F = TypeVar("F", bound=BaseModel)
STEPS = ("acknowledge", "admit", "help", "explain", "prevent")


def touchpoint(day: float, kind: str, **fields: Any) -> Touchpoint:
    """One touchpoint; its id is made of its kind, day and fields."""
    id = f"{kind}-{day}-" + "-".join(f"{name}{value}" for name, value in sorted(fields.items()))
    return read_touchpoint({"kind": kind, "id": id[:200], "relationship": "r", "occurred_at": at_day(day), **fields})


def contact(day: float, quality: float, who: str | None = None) -> Touchpoint:
    """A contact of that competence and benevolence."""
    return touchpoint(day, "interaction", competence=quality, benevolence=quality, representative=who)


def years(count: float, quality: float = 0.6, who: str | None = None, start: float = 0.0) -> list[Touchpoint]:
    """Monthly contacts for some years."""
    return [contact(start + 30 * month, quality, who) for month in range(round(count * 12))]


def failure(day: float, severity: float, breach: str = "competence", episode: str = "e", **fields: Any) -> Touchpoint:
    """A failure."""
    return touchpoint(day, "failure_occurred", severity=severity, breach=breach, episode=episode, **fields)


def steps(day: float, *names: str, episode: str = "e") -> list[Touchpoint]:
    """Recovery steps hours apart; all five when none is named."""
    return [touchpoint(day + number / 10, "recovery_step_taken", step=name, episode=episode) for number, name in enumerate(names or STEPS)]


def bad(day: float, manner: str, severity: float = 0.5, episode: str = "e", **fields: Any) -> Touchpoint:
    """A failed response."""
    return touchpoint(day, "response_failed", manner=manner, severity=severity, episode=episode, **fields)


def replayed(*parts: Touchpoint | list[Touchpoint], day: float | None = None) -> Replay:
    """The replay of touchpoints and lists of them."""
    flat = [one for part in parts for one in (part if isinstance(part, list) else [part])]
    return replay(History.of(flat), at=None if day is None else at_day(day))


def trust(*parts: Touchpoint | list[Touchpoint], day: float | None = None) -> float:
    """The trust of that replay."""
    return replayed(*parts, day=day).trust


def full(model: type[F]) -> F:
    """A touchpoint with every field, none at its default."""
    fields: dict[str, Any] = {}
    for name, schema in model.model_json_schema()["properties"].items():
        schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
        match schema:
            case {"enum": choices}:
                fields[name] = choices[-1]
            case {"const": kind}:
                fields[name] = kind
            case {"type": "boolean"}:
                fields[name] = not model.model_fields[name].default
            case {"type": "number"}:
                fields[name] = 0.25
            case {"type": "integer"}:
                fields[name] = 3
            case {"format": "date-time"}:
                fields[name] = (START + timedelta(days=1)).isoformat()
            case {"pattern": pattern} if pattern == CURRENCY_PATTERN:
                fields[name] = "EUR"
            case {"type": "object"}:
                fields[name] = {"benevolence": 0.25, "note": "note é"}
            case _:
                fields[name] = f"{name} é"
    return validated(model, fields)
