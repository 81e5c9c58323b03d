"""A SELECT as DuckDB parses it, so that it can say from which row of the source each result came, and fail row by row."""

import copy
import json
from typing import Any

import duckdb

from journey.formats.sql.loading import first_lines

_SHOWN = 1000
"""For so many failures, the query is run again to see what DuckDB says."""
_SIMPLE = ("COLUMN_REF", "CONSTANT", "STAR")


class Query:
    """One SELECT over the table `source` and others.

    `place` is the expression for the row of `source`, None where a result has no one row; `computed` are the columns that may fail.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, sql: str) -> None:
        self.sql = sql
        self._connection = connection
        self._failures = 0
        (parsed,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0]
        self._tree = json.loads(parsed)
        statements = self._tree.get("statements") or [{"node": {}}]
        self._node = statements[0]["node"]
        is_plain = self._node.get("type") == "SELECT_NODE"
        self.computed = (
            [one["alias"] for one in self._node["select_list"] if one["alias"] and one["class"] not in _SIMPLE] if is_plain else []
        )
        self.place = self._place() if is_plain else None

    def text(self, *, has_places: bool, is_tried: bool = False) -> str:
        """The query; with the row of `source` as a last column; and tried, so that what fails is NULL, and true as `NAME.failed`."""
        if not has_places and not is_tried:
            return self.sql
        node = copy.deepcopy(self._node)
        if is_tried:
            columns = node["select_list"]
            tried = [one for one in columns if one["alias"] in self.computed and one["class"] not in _SIMPLE]
            node["select_list"] = [_try(one, one["alias"]) if one in tried else one for one in columns]
            node["select_list"] += [_is_null(_try(_is_null(one)), f"{one['alias']}.failed") for one in tried]
        if has_places:
            node["select_list"].append(self.place)
        return self._written(node)

    def failure(self, column: str, place: int | None) -> str:
        """Why the query failed at a column in a row of the source, in DuckDB's words."""
        self._failures += 1
        if place is None or self._failures > _SHOWN:
            return "the query cannot compute it"
        node = copy.deepcopy(self._node)
        node["select_list"] = [one for one in node["select_list"] if one["alias"] == column]
        node["modifiers"] = []
        node["where_clause"] = _where(self.place, place, node["where_clause"])
        try:
            # Not a cursor, which does not have the parameters.
            self._connection.execute(self._written(node)).fetchall()
        except duckdb.Error as error:
            return first_lines(error)
        return "the query cannot compute it"

    def _written(self, node: dict[str, Any]) -> str:
        tree = {**self._tree, "statements": [{**self._tree["statements"][0], "node": node}]}
        ((text,),) = self._connection.cursor().execute("SELECT json_deserialize_sql(?)", [json.dumps(tree)]).fetchall()
        return str(text)

    def _place(self) -> dict[str, Any] | None:
        """The row of `source`, if the query can say it: not if it groups, or makes rows distinct."""
        name = _name_of_source(self._node["from_table"])
        if name is None:
            return None
        # A column of this name hides the number of the row.
        has_rowid = self._connection.execute("SELECT 1 FROM (DESCRIBE source) WHERE lower(column_name) = 'rowid'").fetchall()
        if has_rowid or any(one["type"] == "DISTINCT_MODIFIER" for one in self._node["modifiers"]):
            return None
        self.place = {
            "class": "COLUMN_REF",
            "type": "COLUMN_REF",
            "alias": "source.row",
            "query_location": 0,
            "column_names": [name, "rowid"],
        }
        try:
            self._connection.execute(f"DESCRIBE {self.text(has_places=True)}")
        except duckdb.Error:
            return None
        return self.place


def _name_of_source(table: dict[str, Any]) -> str | None:
    """What the table `source` is called in a FROM."""
    match table["type"]:
        case "BASE_TABLE":
            return (table["alias"] or "source") if table["table_name"].lower() == "source" else None
        case "JOIN":
            return _name_of_source(table["left"]) or _name_of_source(table["right"])
    return None


def _operator(kind: str, children: list[Any], alias: str = "") -> dict[str, Any]:
    return {"class": "OPERATOR", "type": kind, "alias": alias, "query_location": 0, "children": children}


def _try(expression: dict[str, Any], alias: str = "") -> dict[str, Any]:
    return _operator("OPERATOR_TRY", [{**expression, "alias": ""}], alias)


def _is_null(expression: dict[str, Any], alias: str = "") -> dict[str, Any]:
    return _operator("OPERATOR_IS_NULL", [{**expression, "alias": ""}], alias)


def _where(column: dict[str, Any] | None, value: int, also: dict[str, Any] | None) -> dict[str, Any]:
    constant = {"class": "CONSTANT", "type": "VALUE_CONSTANT", "alias": "", "query_location": 0}
    literal = {**constant, "literal": {"kind": "INTEGER", "text": str(value)}}
    is_row = {"class": "COMPARISON", "type": "COMPARE_EQUAL", "alias": "", "query_location": 0, "left": column, "right": literal}
    if also is None:
        return is_row
    return {"class": "CONJUNCTION", "type": "CONJUNCTION_AND", "alias": "", "query_location": 0, "children": [is_row, also]}
