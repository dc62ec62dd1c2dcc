"""How the change of each field of the contract is judged: a row a field, a row a collection.

A field that no row knows is of a later minor version: it may come, and breaks its readers when it goes or changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tablekit.contract.diff.changes import Verdict, additive, breaking, neutral
from tablekit.contract.golden import STREAM_LABEL
from tablekit.model.errors import ExpressionError
from tablekit.model.grammar import parse_condition, parse_update

Same = Callable[[Any, Any], bool]
Judge = Callable[[Any, Any], Verdict]


@dataclass(frozen=True)
class Rule:
    """One field. changes: from one value to another, or what judges the two. comes, goes: from and to nothing.

    same: whether two values that differ mean the same. parts: an object that changes by its fields' own rows.
    """

    changes: Verdict | Judge
    comes: Verdict
    goes: Verdict
    same: Same | None = None
    parts: bool = False

    def judge(self, was: Any, now: Any) -> Verdict:
        """The change's verdict; None is nothing."""
        if was is None:
            return self.comes
        if now is None:
            return self.goes
        if self.same and self.same(was, now):
            return neutral("it is written in another way and means the same")
        return self.changes if isinstance(self.changes, Verdict) else self.changes(was, now)


@dataclass(frozen=True)
class Collection:
    """Named objects of one kind. noun: what one is called."""

    noun: str
    comes: Verdict
    goes: Verdict
    renamed: Verdict


def always(verdict: Verdict, same: Same | None = None, parts: bool = False) -> Rule:
    """A field of which any change is judged alike."""
    return Rule(verdict, verdict, verdict, same, parts)


def _key(path: str, verdict: Verdict) -> dict[str, Rule]:
    """The rows of a key attribute."""
    return {path: always(verdict, parts=True), f"{path}.name": always(verdict), f"{path}.type": always(verdict)}


def _same_expression(parse: Callable[[str], Any]) -> Same:
    def same(was: Any, now: Any) -> bool:
        if not isinstance(was, str) or not isinstance(now, str):
            return False
        try:
            return bool(parse(was) == parse(now))
        except (ExpressionError, RecursionError):  # of a grammar that this tablekit doesn't know
            return False

    return same


def _same_stream(was: Any, now: Any) -> bool:
    """A golden file's stream has a placeholder where AWS has the time at which the stream was made."""
    table, _, label = str(was).rpartition("/")
    other, _, other_label = str(now).rpartition("/")
    return table == other and STREAM_LABEL in (label, other_label)


_PROJECTIONS: Final = ("KEYS_ONLY", "INCLUDE", "ALL")


def _index_projection(was: Any, now: Any) -> Verdict:
    if was in _PROJECTIONS and now in _PROJECTIONS and _PROJECTIONS.index(was) < _PROJECTIONS.index(now):
        return additive("the index has more attributes than it had")
    return breaking("the index has fewer attributes: what a query of it gave is missing")


def _pattern_projection(was: Any, now: Any) -> Verdict:
    if not (isinstance(was, list) and isinstance(now, list)) or any(name not in now for name in was):
        return breaking("it no longer gives every attribute that it gave")
    if all(name in was for name in now):
        return neutral("the same attributes in another order")
    return additive("it gives more attributes than it gave")


_KEY: Final = breaking("every call names the key's attributes, with their types")
_INDEX_KEY: Final = breaking("another index: queries name its key, and items without it are not in it")
_ARN: Final = always(breaking("policies and permissions name it"))
_TABLE: Final = breaking("another table: who reads the name anew finds none of the items, who kept the old one is left")
_RESULT: Final = breaking("the pattern gives, or writes, something else")
_PATTERN = "families.*.accessPatterns.*"

RULES: Final[dict[str, Rule]] = {
    "stage": always(breaking("every name carries the stage")),
    "families.*.region": always(breaking("tables, topic and alarms of another region are others, and empty")),
    "families.*.tables.*.name": always(_TABLE),
    "families.*.tables.*.arn": _ARN,
    "families.*.tables.*.streamArn": Rule(
        breaking("another stream: what reads the old one sees no more changes"),
        comes=additive("there is a stream to read"),
        goes=breaking("what reads the stream sees no more changes"),
        same=_same_stream,
    ),
    **_key("families.*.tables.*.hashKey", _KEY),
    **_key("families.*.tables.*.rangeKey", _KEY),
    "families.*.tables.*.ttlAttribute": Rule(
        breaking("items that have the old attribute stay for ever, others begin to vanish"),
        comes=breaking("items that have the attribute begin to vanish"),
        goes=breaking("items that were to vanish stay for ever"),
    ),
    "families.*.tables.*.indexes.*.arn": _ARN,
    **_key("families.*.tables.*.indexes.*.hashKey", _INDEX_KEY),
    **_key("families.*.tables.*.indexes.*.rangeKey", _INDEX_KEY),
    "families.*.tables.*.indexes.*.projection": Rule(
        _index_projection, comes=additive("it is said now"), goes=breaking("nobody knows what the index has")
    ),
    "families.*.roles.*.name": always(breaking("trust policies and permissions name the role; the old one is deleted")),
    "families.*.roles.*.arn": _ARN,
    "families.*.alarms.topicArn": Rule(
        breaking("another topic: who subscribed to the old one hears nothing"),
        comes=additive("there is a topic to subscribe to"),
        goes=breaking("who subscribed hears nothing"),
    ),
    "families.*.alarms.names": always(neutral("alarms are heard at the topic; their names are no promise")),
    f"{_PATTERN}.table": always(breaking("the pattern is of another table")),
    f"{_PATTERN}.index": always(breaking("another index may have other items, attributes and order")),
    f"{_PATTERN}.operation": always(breaking("another call, with other arguments, result and permission")),
    f"{_PATTERN}.keyCondition": always(_RESULT, _same_expression(parse_condition)),
    f"{_PATTERN}.filter": always(_RESULT, _same_expression(parse_condition)),
    f"{_PATTERN}.condition": always(
        breaking("writes that passed are refused, or the other way round"), _same_expression(parse_condition)
    ),
    f"{_PATTERN}.update": always(_RESULT, _same_expression(parse_update)),
    f"{_PATTERN}.projection": Rule(
        _pattern_projection,
        comes=breaking("it no longer gives every attribute"),
        goes=breaking("it gives every attribute, which a role that may read some is refused"),
    ),
    f"{_PATTERN}.order": always(breaking("items come the other way round")),
    f"{_PATTERN}.parameters.*": always(breaking("every call gives the argument in its old type")),
    "families.*.env.*": always(breaking("the variable leads to another table")),
}
"""By the field's path; * is any name."""

_NEW: Final = additive("what was there is as it was")


def _collection(noun: str, who: str) -> Collection:
    return Collection(noun, _NEW, breaking(f"{who} finds nothing"), breaking(f"{who} finds nothing under the old name"))


COLLECTIONS: Final[dict[str, Collection]] = {
    "families": _collection("family", "who reads the family"),
    "families.*.tables": _collection("table", "who reads the table"),
    "families.*.tables.*.indexes": _collection("index", "a query of the index"),
    "families.*.roles": _collection("role", "who runs as the role, or lets it in,"),
    "families.*.accessPatterns": _collection("access pattern", "who runs the pattern by its name"),
    "families.*.accessPatterns.*.parameters": Collection(
        "parameter",
        comes=breaking("every call must give it, and those that are there do not"),
        goes=breaking("calls that give it are refused"),
        renamed=breaking("calls give it by its old name, which is refused"),
    ),
    "families.*.env": _collection("variable", "who reads the variable"),
}
"""By the collection's path."""

UNKNOWN: Final = Rule(
    breaking("a field that this tablekit does not know: who reads it finds something else"),
    comes=additive("a new field, which readers pass over"),
    goes=breaking("a field is missing: who reads it fails"),
)
"""A field that no row knows."""
