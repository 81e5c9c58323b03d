"""The bundled stories: histories written to show one thing each, with the edits that would have changed them."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journey.counterfactuals import Edit, apply_edits, pairs
from journey.errors import UnknownName
from journey.history import History
from journey.reading import read_json
from journey.touchpoints import fields_of

NAMES = (
    "cold-meeting",
    "spilled-beer",
    "crisis-tested",
    "crisis-hidden",
    "honest-course",
    "silent-course",
    "silent-customer",
    "declined-engagement",
    "accepted-engagement",
    "unmasked",
)


@dataclass(frozen=True)
class Story:
    """A history with what to say about it, and the edits (perhaps none) that change its course."""

    name: str
    title: str
    summary: str
    eve: str
    lesson: str
    history: History
    counterfactual: tuple[Edit, ...]
    counterfactual_words: str

    @property
    def otherwise(self) -> History | None:
        """The history with the counterfactual edits, or None where the story has none."""
        return apply_edits(self.history, self.counterfactual) if self.counterfactual else None


def story(name: str) -> Story:
    """A bundled story by name. Raises UnknownName."""
    if name not in NAMES:
        raise UnknownName.of("story", name, NAMES, f"there is {', '.join(NAMES)}")
    folder = Path(__file__).with_name("stories")
    content = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    lines = (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return Story(
        name=name,
        title=content["title"],
        summary=content["summary"],
        eve=content["eve"],
        lesson=content["lesson"],
        history=History.of(map(read_json, lines)),
        counterfactual=tuple(pairs(content.get("counterfactual", []))),
        counterfactual_words=content.get("counterfactual_words", ""),
    )


_NAMED_IN_STORIES = ("id", "relationship", "episode", "promise")


def side_by_side() -> list[dict[str, Any]]:
    """Every story as plain fields for one journal: what two stories call alike has the story's name before it in each."""
    stories = {name: [fields_of(touchpoint) for touchpoint in story(name).history] for name in NAMES}
    users = {
        field: Counter(value for rows in stories.values() for value in {row[field] for row in rows if field in row})
        for field in _NAMED_IN_STORIES
    }
    return [
        {**row, **{field: f"{name}-{row[field]}" for field in _NAMED_IN_STORIES if field in row and users[field][row[field]] > 1}}
        for name, rows in stories.items()
        for row in rows
    ]
