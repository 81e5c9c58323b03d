"""What a shell completes: stories, rule sets and relationships. It never creates a file, and is silent where nothing can be read."""

from typing import Any

import click
from click.shell_completion import CompletionItem

_MOST = 50
"""So many relationships are offered; a journal may have millions."""
_SECONDS = 1.0
"""How long a completion waits for the store."""


def story_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The bundled stories."""
    from journey_cli.stories import NAMES

    return _beginning(NAMES, incomplete)


def rule_sets(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The rule sets by name; else the files in which rules may be."""
    from journey_projections.rules.gallery import NAMES

    return _beginning(NAMES, incomplete) or [CompletionItem(incomplete, type="file")]


def mappings(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ready mappings by name."""
    from journey.formats.mappings import mapping_names

    return _beginning(mapping_names(), incomplete)


def relationships(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The first relationships in the journal that begin so."""
    from journey import JourneyError
    from journey.stores.limits import Limits
    from journey.stores.opening import open_store

    try:
        store = open_store(_store(ctx), read_only=True, limits=Limits(_SECONDS, 1))
        try:
            names = store.names_from([incomplete], _MOST)
        finally:
            store.close()
    except JourneyError:  # nobody can read an error in the middle of a line
        return []
    return _beginning(names, incomplete)


def relationships_or_files(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same; else files, since `FILE.jsonl` may stand for a relationship."""
    return relationships(ctx, parameter, incomplete) or [CompletionItem(incomplete, type="file")]


def _store(ctx: click.Context) -> str:
    params: dict[str, Any] = ctx.find_root().params
    return str(params.get("store") or "")


def _beginning(names: Any, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
