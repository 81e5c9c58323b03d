"""A mapping suggested from what a source holds: its columns, and a SELECT for each time in a row, to be decided and run by `--sql`.

It never decides what something means: it names the fields that a column may be, by its name and values, and marks what to decide.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from journey.errors import UnreadableSource
from journey.formats.opening import Source
from journey.formats.readers import table_of
from journey.formats.seen_columns import Column

LOOKED_AT = 10_000
"""So many rows are looked at."""
_PERSON = r"(_?id|_?name|_?email)?$"
_FIELDS = {
    "relationship": (
        r"customer_unique",
        rf"^(customer|client|requester|contact|buyer|member|account){_PERSON}",
        rf"(customer|client|requester|contact|account|company|organi[sz]ation|who|user|person){_PERSON}",
        r"email",
    ),
    "representative": (r"assignee|assigned", r"agent|owner|^rep|employee|staff|advis|clerk|handled"),
    "episode": (r"(ticket|case|conversation|order|thread|issue|incident)(_?(id|number|key))?$", r"^id$"),
    "note": (r"comment|note|body|description|message", r"subject|text|title"),
}
"""By their names, the columns that a field may come from, the likeliest first."""
_SCORE, _AMOUNT = r"score|rating|csat|nps|stars|satisfaction", r"amount|price|total|value|revenue"
_DUE = r"due|deadline|estimated|promised|expected|sla"
_HAPPENED = (
    (r"updat|modif|chang|sync|delet|stamp$|approv|accept|confirm|carrier|ship|dispatch", None),
    (r"deliver|arrived|received", "delivery"),
    (r"purchas|bought|paid|^order_?(date|time)", "purchase_made"),
    (r"review|rat(ed|ing)|survey|answer", "feedback_given"),
    (r"creat|open|submit|ask|report|start|begin|enter", "request_made"),
)
"""By its name, what happened at a time; None where nothing did that the customer would notice."""


def suggest(sources: Sequence[Source]) -> str:
    """The text of a mapping of the first source, in SQL with comments; the others are tables beside it.

    Raises UnreadableSource where one cannot be read, or the first is empty.
    """
    (rows, columns), *others = [_seen(source) for source in sources]
    if not rows:
        raise UnreadableSource(f"{sources[0].name}: has no rows to suggest a mapping from", "name a file with some")
    names = [source.path.name for source in sources]
    tables = [(f"the table `{name.split('.')[0]}`", *seen) for name, seen in zip(names[1:], others, strict=True)]
    return "\n".join((*_head(names, rows, columns, tables), *_body(names[0], columns), ""))


def _seen(source: Source) -> tuple[int, list[Column]]:
    """How many rows were looked at, and what they show of each column."""
    table = table_of(source)
    rows = [row.fields for row in islice(table.rows, LOOKED_AT) if row.problem is None]
    columns = {name: Column(name) for name in table.columns}
    for row in rows:
        for name, value in row.items():
            columns[name].values[str(value)] += 1
    return len(rows), list(columns.values())


def _head(names: Sequence[str], rows: int, columns: Sequence[Column], others: Sequence[tuple[str, int, list[Column]]]) -> Iterator[str]:
    zone = " --time-zone Europe/Rome" if any(one.kind in ("local", "day_first") for one in columns) else ""
    yield f"-- A mapping of {names[0]} to touchpoints, suggested from its first {rows} rows. Decide what is marked DECIDE, then try it:"
    yield f"--   journey import {' '.join(names)} --sql THIS_FILE{zone} --dry-run"
    if zone:
        yield "-- Its times have no offset: DECIDE which time zone they are of."
    for title, count, seen in (("the table `source`", rows, columns), *others):
        widest = max((len(one.name) for one in seen), default=0)
        yield "--"
        yield f"-- The columns of {title}:"
        for one in seen:
            yield f"--   {one.name.ljust(widest)}  {one.said(count)}"
    yield "--"
    yield "-- DECIDE what each block means, and delete those that mean nothing: docs/coding-guide.md says which everyday words are which"
    yield "-- kinds and numbers. A column that changes later, such as a status, knows the future: date what it says by when it became so,"
    yield "-- or leave it out. What only a person can judge goes into a column of its own, with how sure they are as `certainty` and who"
    yield "-- they are as `source`."
    yield ""


def _body(name: str, columns: Sequence[Column]) -> Iterator[str]:
    times = [(one, _kind(one)) for one in columns if one.is_time and not one.is_like(_DUE)]
    blocks = [(one, kind) for one, kind in times if kind is not None] or [(one, "interaction") for one, _ in times[:1]]
    if any(kind == "delivery" for _, kind in blocks) and any(one.is_time and one.is_like(_DUE) for one in columns):
        blocks.insert(0, (blocks[0][0], "promise_made"))
    scores = [one for one in columns if one.kind == "number" and one.is_like(_SCORE)]
    if scores and blocks and all(kind != "feedback_given" for _, kind in blocks):
        blocks.append((blocks[-1][0], "feedback_given"))
    for one, kind in times:
        if kind is None:
            yield f"-- `{one.name}` is left out: a change of the row, or a step on the way, is nothing that the customer notices."
    if not blocks:
        yield "-- No column has times. DECIDE where they come from; if from another file, that becomes a table called by its name:"
        yield f"--   journey import {name} OTHER.csv --sql THIS_FILE        (… FROM source JOIN OTHER USING (id))"
        blocks = [(Column("DECIDE"), "interaction")]
    for number, (one, kind) in enumerate(blocks):
        yield from ("", "UNION ALL BY NAME", "") if number else ()
        yield from _block(name.split(".")[0], columns, one, kind, scores)
    yield ""
    yield "ORDER BY occurred_at, id"


def _kind(column: Column) -> str | None:
    """What happened at the times of a column, by its name; None where nothing did."""
    return next((kind for pattern, kind in _HAPPENED if column.is_like(pattern)), "interaction")


def _block(stem: str, columns: Sequence[Column], at: Column, kind: str, scores: Sequence[Column]) -> Iterator[str]:
    """One SELECT: what happened at the times of a column."""
    taken = {at.name}
    lines = [(f"'{kind}' AS kind", "DECIDE what this is"), _id(stem, columns, at, kind)]
    for name in _FIELDS:
        one = _first(columns, name, taken)
        if one is not None:
            taken.add(one.name)
            lines.append((f"{one.sql} AS {name}", "DECIDE whether this is the customer" if name == "relationship" else ""))
        elif name == "relationship":
            lines.append(("NULL AS relationship", "DECIDE which column is the customer"))
    lines.append((f"{at.at} AS occurred_at", ""))
    lines += _said(columns, kind, scores)
    needed = [at, *scores[:1]] if kind == "feedback_given" else [at]
    yield f"-- {at.name}"
    yield "SELECT"
    for number, (line, why) in enumerate(lines):
        yield f"    {line}{',' if number < len(lines) - 1 else ''}{f'  -- {why}' if why else ''}"
    yield "FROM source"
    yield "WHERE " + " AND ".join(f"{one.sql} IS NOT NULL" for one in needed)


def _id(stem: str, columns: Sequence[Column], at: Column, kind: str) -> tuple[str, str]:
    unique, whose = _unique(columns), _first(columns, "relationship", {at.name})
    keys = [unique] if unique is not None else [one for one in (whose, at) if one is not None]
    start, end = stem.replace("'", "''"), re.sub(r"\W+", "-", at.name.lower()).strip("-")
    parts = " || '-' || ".join(one.sql for one in keys)
    end = {"feedback_given": f"{end}-score", "promise_made": f"{end}-promise"}.get(kind, end)
    why = "the same in every export" if unique is not None else "DECIDE: no two may be the same"
    return f"'{start}-' || {parts} || '-{end}' AS id", why


def _unique(columns: Sequence[Column]) -> Column | None:
    """The first column that tells rows apart, and is no text that happens to."""
    return next(
        (one for one in columns if one.is_unique and not one.is_time and one.is_like(r"(^|_)(id|key|number|no|code)$|^order$")), None
    )


def _first(columns: Sequence[Column], name: str, taken: Collection[str]) -> Column | None:
    """The column that a field may come from."""
    free = [one for one in columns if one.name not in taken and one.values and not one.is_time]
    return next((one for pattern in _FIELDS[name] for one in free if one.is_like(pattern)), None)


def _said(columns: Sequence[Column], kind: str, scores: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """The fields of a kind's own."""
    due = next((one.at for one in columns if one.is_time and one.is_like(_DUE)), None)
    promise = _unique(columns) or _first(columns, "episode", ())
    if kind == "promise_made":
        yield f"{promise.sql if promise else 'NULL'} AS promise", ""
        yield "0.7 AS level", "DECIDE what was promised: 0.7 is what is usual"
        yield f"{due} AS due", ""
    elif kind == "request_made":
        if due is not None:
            yield f"{due} AS due", "DECIDE whether it was to be answered by then"
    elif kind == "purchase_made":
        for one in [one for one in columns if one.kind == "number" and one.is_like(_AMOUNT)][:1]:
            yield f"{one.sql} AS amount", ""
    elif kind == "delivery":
        if due is not None:
            yield f"{promise.sql if promise else 'NULL'} AS promise", ""
        yield "0.7 AS delivered", "DECIDE what was delivered: 0.7 is what was agreed"
    elif kind == "interaction":
        yield "0.3 AS benevolence", "DECIDE how it went: 0.3 is friendly, -0.4 is curt, NULL says nothing"
    elif not scores:
        yield "0.5 AS score", "DECIDE the score, from 0 to 1"
    else:
        numbers = [float(value) for value in scores[0].values]
        low, high = (1, 5) if min(numbers) >= 1 and max(numbers) <= 5 else (0, 10) if max(numbers) <= 10 else (0, 100)
        yield f"({scores[0].sql} - {low}) / {high - low}.0 AS score", f"DECIDE: read as going from {low} to {high}"
