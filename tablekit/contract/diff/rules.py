"""How the change of each field of the contract is judged: rules.md has a row a field, and a row a collection.

An empty verdict is that of another value. A field that no row knows is of a later minor version: it may come, and
breaks its readers when it goes or changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tablekit.contract.diff.changes import Level, Verdict, additive, breaking, neutral
from tablekit.contract.golden import STREAM_LABEL
from tablekit.model.errors import ExpressionError
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.templates import Template

_SAME: Final = neutral("it is written in another way and means the same")


@dataclass(frozen=True)
class Rule:
    """One field, or one collection of named objects. noun: what an object of the collection is called.

    another: the verdict of another value, or name; fuller: that of a value with more in it, where this is judged.
    comes, goes: from and to nothing. since: the version that brought it.
    """

    compared: str
    another: Verdict
    comes: Verdict
    goes: Verdict
    fuller: Verdict = _SAME
    since: tuple[int, int] = (1, 0)

    @property
    def noun(self) -> str:
        """Empty for a field."""
        return self.compared.removeprefix("each ") if self.compared.startswith("each ") else ""

    def judge(self, was: Any, now: Any) -> Verdict:
        """A changed field's verdict; None is nothing."""
        if was is None:
            return self.comes
        if now is None:
            return self.goes
        judge = _COMPARED.get(self.compared)
        return judge(self, was, now) if judge else self.another


def _list(rule: Rule, was: Any, now: Any) -> Verdict:
    """Of names, whose order is nobody's."""
    if not (isinstance(was, list) and isinstance(now, list)) or any(name not in now for name in was):
        return rule.another
    return neutral("the same in another order") if all(name in was for name in now) else rule.fuller


def _projection(rule: Rule, was: Any, now: Any) -> Verdict:
    order = ("KEYS_ONLY", "INCLUDE", "ALL")
    return rule.fuller if was in order and now in order and order.index(was) < order.index(now) else rule.another


def _expression(parse: Callable[[str], Any]) -> Callable[[Rule, Any, Any], Verdict]:
    def judge(rule: Rule, was: Any, now: Any) -> Verdict:
        try:
            return _SAME if isinstance(was, str) and isinstance(now, str) and parse(was) == parse(now) else rule.another
        except (ExpressionError, RecursionError):  # of a grammar that this tablekit doesn't know
            return rule.another

    return judge


def _stream(rule: Rule, was: Any, now: Any) -> Verdict:
    """A golden file's stream has a placeholder where AWS has the time at which the stream was made."""
    table, _, label = str(was).rpartition("/")
    other, _, other_label = str(now).rpartition("/")
    return _SAME if table == other and STREAM_LABEL in (label, other_label) else rule.another


def _templates(rule: Rule, was: Any, now: Any) -> Verdict:
    try:
        known, given = ({field for text in side.values() for field in Template(text).fields} for side in (was, now))
        if any(now.get(name) != text for name, text in was.items()):
            return rule.another
    except (ExpressionError, AttributeError, TypeError):  # of a form that this tablekit doesn't know
        return rule.another
    new = ", ".join(sorted(given - known))
    return breaking(f"every put must give {new} too") if new else rule.fuller


_COMPARED: Final[Mapping[str, Callable[[Rule, Any, Any], Verdict]]] = {
    "list": _list,
    "projection": _projection,
    "condition": _expression(parse_condition),
    "update": _expression(parse_update),
    "stream": _stream,
    "templates": _templates,
}


def _verdict(text: str) -> Verdict:
    level, _, why = text.partition(": ")
    return Verdict(Level(level), why)


def _read() -> dict[str, Rule]:
    """The rows, by the field's path; * is any name."""
    rows = Path(__file__).with_name("rules.md").read_text(encoding="utf-8").splitlines()[2:]
    found = {}
    for row in rows:
        path, since, compared, another, comes, goes = (cell.strip() for cell in row.strip("|").split("|"))
        first, _, fuller = another.partition(" / ")
        found[path.strip("`")] = Rule(
            compared,
            _verdict(first),
            _verdict(comes or first),
            _verdict(goes or first),
            _verdict(fuller) if fuller else _SAME,
            (1, int(since.removeprefix("1.") or 0)),
        )
    return found


RULES: Final = _read()
UNKNOWN: Final = Rule(
    "",
    breaking("a field that this tablekit does not know: who reads it finds something else"),
    comes=additive("a new field, which readers pass over"),
    goes=breaking("a field is missing: who reads it fails"),
)
"""A field that no row knows."""
