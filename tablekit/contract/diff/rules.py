"""How the change of each field of the contract is judged: a row a field, a row a collection.

A field that no row knows is of a later minor version: it may come, and breaks its readers when it goes or changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablekit.contract.diff.changes import Verdict, additive, breaking, neutral
from tablekit.contract.golden import STREAM_LABEL
from tablekit.model.errors import ExpressionError
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.templates import Template

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


def _listed(fewer: str, more: str) -> Judge:
    """Judges a list of names, whose order is nobody's."""

    def judge(was: Any, now: Any) -> Verdict:
        if not (isinstance(was, list) and isinstance(now, list)) or any(name not in now for name in was):
            return breaking(fewer)
        return neutral("the same in another order") if all(name in was for name in now) else additive(more)

    return judge


_pattern_projection: Final = _listed(
    "it no longer gives every attribute that it gave", "it gives more attributes than it gave"
)


def _key_templates(was: Any, now: Any) -> Verdict:
    if not _texts(was) or not _texts(now) or any(now.get(name) != text for name, text in was.items()):
        return breaking("items are written under other keys, and those that are there are not found under them")
    try:
        known, given = ({field for text in side.values() for field in Template(text).fields} for side in (was, now))
    except ExpressionError:  # of a form that this tablekit doesn't know
        return breaking("the keys are composed in another way")
    if new := given - known:
        return breaking(f"every put must give {', '.join(sorted(new))} too")
    return additive("items get one more key, of fields that they have")


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for each in value.values())


_KEY: Final = breaking("every call names the key's attributes, with their types")
_INDEX_KEY: Final = breaking("another index: queries name its key, and items without it are not in it")
_ARN: Final = always(breaking("policies and permissions name it"))
_TABLE: Final = breaking("another table: who reads the name anew finds none of the items, who kept the old one is left")
_RESULT: Final = breaking("the pattern gives, or writes, something else")
_NOTE: Final = neutral("words for people")
_PATTERN = "families.*.accessPatterns.*"
_TABLES = "families.*.tables.*"

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
    f"{_TABLES}.streamViewType": Rule(
        breaking("what reads the stream finds other images of an item in it"),
        comes=additive("it is said what the stream has"),
        goes=breaking("nobody knows what the stream has"),
    ),
    f"{_TABLES}.kmsKeyArn": Rule(
        breaking("a role without permission for the new key is refused every call"),
        comes=breaking("a role without permission for the key is refused every call"),
        goes=neutral("no permission for a key is needed any more"),
    ),
    f"{_TABLES}.attributes.*.type": always(breaking("readers find, and writers give, another type")),
    f"{_TABLES}.attributes.*.also": always(breaking("readers find, and writers give, other types")),
    f"{_TABLES}.attributes.*.values": Rule(
        _listed("writers give a value that is refused now", "there is a value more"),
        comes=breaking("writers give values that are refused now"),
        goes=breaking("readers find values that they do not know"),
    ),
    f"{_TABLES}.attributes.*.note": always(_NOTE),
    f"{_TABLES}.entities.*.keys": Rule(
        _key_templates,
        comes=breaking("the keys are composed now"),
        goes=breaking("nobody knows how the keys are composed"),
    ),
    f"{_TABLES}.entities.*.attributes": Rule(
        _listed("writers give an attribute that is refused now", "there is an attribute more to give"),
        comes=breaking("writers give attributes that are refused now"),
        goes=neutral("any attribute of the table may be given"),
    ),
    f"{_TABLES}.entities.*.retentionDays": always(breaking("items are kept shorter or longer")),
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
    f"{_TABLES}.indexes.*.nonKeyAttributes": Rule(
        _listed("what a query of the index gave is missing", "the index has more attributes than it had"),
        comes=additive("it is said what the index has"),
        goes=breaking("nobody knows what the index has"),
    ),
    "families.*.roles.*.name": always(breaking("trust policies and permissions name the role; the old one is deleted")),
    "families.*.roles.*.arn": _ARN,
    "families.*.alarms.topicArn": Rule(
        breaking("another topic: who subscribed to the old one hears nothing"),
        comes=additive("there is a topic to subscribe to"),
        goes=breaking("who subscribed hears nothing"),
    ),
    "families.*.alarms.names": always(neutral("alarms are heard at the topic; their names are no promise")),
    f"{_PATTERN}.purpose": always(_NOTE),
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
    f"{_PATTERN}.limit": always(_RESULT),
    f"{_PATTERN}.entities": always(breaking("the pattern takes other items")),
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
    f"{_TABLES}.attributes": _collection("attribute", "who reads the attribute"),
    f"{_TABLES}.entities": _collection("entity", "who writes the entity"),
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

SINCE_1_1: Final = frozenset(
    {
        *(f"{_TABLES}.{name}" for name in ("streamViewType", "kmsKeyArn", "attributes", "entities")),
        f"{_TABLES}.indexes.*.nonKeyAttributes",
        *(f"{_PATTERN}.{name}" for name in ("purpose", "limit", "entities")),
    }
)
"""What version 1.1 brought; it is not compared where a side is older, which the version says."""

UNKNOWN: Final = Rule(
    breaking("a field that this tablekit does not know: who reads it finds something else"),
    comes=additive("a new field, which readers pass over"),
    goes=breaking("a field is missing: who reads it fails"),
)
"""A field that no row knows."""
