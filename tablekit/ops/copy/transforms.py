"""What becomes of an item on its way: declared as data (TOML or JSON), or a Python function where data can't say it.

A file has `[from]`, the keys of a source that is declared nowhere, and an `[[item]]` a kind of item, tried in order:

    [[item]]
    from = { PK = "USER#{user_id}", SK = "SOCIAL#{platform}#{account_id}" }    # or the name of a declared entity
    to = "social-accounts"                                                     # a table of the target's family
    as = "social_account"                          # its entity, whose key templates give its keys; or keys = { … }
    rename = { handle = "accountHandle" }                                      # old = new
    split = { name = "{first} {last}" }                                        # a text into attributes
    convert = { accountStatus = { from = "isActive", values = { true = "active", false = "inactive" } } }
    default = { accountType = "social_media" }                                 # where there is none
    compose = { id = "{user_id}#{platform}#{account_id}" }
    drop = ["legacy"]

They are done in this order. `{name}` is a field of `from`'s templates, else an attribute, a text or a number. The
source's own keys go, where the target has no attribute of that name.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tablekit.model import Table
from tablekit.model.attributes import Attribute, KeyType
from tablekit.model.errors import ExpressionError, did_you_mean
from tablekit.model.explain import explain
from tablekit.model.templates import Template, number_text
from tablekit.ops.errors import CopyError
from tablekit.ops.seed.values import Number, TypedItem, typed

Made = tuple[str, TypedItem]
"""The logical name of a table, and an item for it."""
Transform = Callable[[TypedItem], Iterable[Made]]
"""Raises ItemRefusedError for an item that it has no place for."""
To = Literal["S", "N", "BOOL", "SS", "NS", "L", "seconds", "time"]
_TRUTH: Final = ("false", "true", "0", "1")
_GIVES: Final[dict[str, str]] = {"seconds": "N", "time": "S"}
_TEXT: Final = frozenset({"S"})


class ItemRefusedError(Exception):
    """Why an item is not copied."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Convert(_Part):
    """An attribute's value from another's, or its own. to: its type, `seconds` of an ISO time, or `time` of seconds.

    values: the text of a value (true and false of a BOOL) -> what it becomes.
    """

    source: str | None = Field(default=None, alias="from")
    to: To | None = None
    values: dict[str, Any] = {}

    def convert(self, value: Mapping[str, Any], declared: str | None) -> dict[str, Any]:
        """The new value. declared: the attribute's type. Raises ItemRefusedError without saying the value."""
        ((kind, content),) = value.items()
        if self.values:
            text = ("true" if content else "false") if kind in ("BOOL", "NULL") else content
            if not isinstance(text, str) or text not in self.values:
                raise ItemRefusedError(f"a value that is not one of {', '.join(self.values)}")
            return typed(self.values[text], declared)
        if self.to is None or kind == self.to:
            return dict(value)
        try:
            return _converted(kind, content, self.to)
        except (ValueError, InvalidOperation, OverflowError, TypeError):
            raise ItemRefusedError(f"a value of type {kind} that can't be made {self.to}") from None


def _converted(kind: str, content: Any, to: To) -> dict[str, Any]:
    match kind, to:
        case "S", "N":
            return {"N": number_text(_number(content))}
        case "N", "S":
            return {"S": number_text(Decimal(content))}
        case "BOOL", "S" | "N":
            return {to: ("true" if content else "false") if to == "S" else str(int(content))}
        case "S" | "N", "BOOL":
            return {"BOOL": _TRUTH.index(content.lower()) % 2 == 1}
        case "S", "seconds":
            moment = datetime.fromisoformat(content)
            return {"N": str(int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()))}
        case "N", "time":
            return {"S": f"{datetime.fromtimestamp(int(Decimal(content)), UTC):%Y-%m-%dT%H:%M:%SZ}"}
        case "L", "SS" | "NS" if content and all(to[0] in each for each in content):
            return {to: list(dict.fromkeys(each[to[0]] for each in content))}
        case "SS" | "NS", "L":
            return {"L": [{kind[0]: each} for each in content]}
    raise ValueError


def _number(text: str) -> Decimal:
    found = Decimal(text)
    if not found.is_finite():
        raise ValueError
    return found


class ItemKind(_Part):
    """One kind of item, as the module's text says."""

    match: dict[str, str] | str = Field(alias="from")
    to: str | None = None
    entity: str | None = Field(default=None, alias="as")
    keys: dict[str, str] = {}
    rename: dict[str, str] = {}
    split: dict[str, str] = {}
    convert: dict[str, Convert] = {}
    default: dict[str, Any] = {}
    compose: dict[str, str] = {}
    drop: tuple[str, ...] = ()


class Source(_Part):
    """What a source that is declared nowhere must have."""

    keys: dict[str, KeyType]


class Declared(_Part):
    """A file of a transform."""

    purpose: str = ""
    source: Source | None = Field(default=None, alias="from")
    item: tuple[ItemKind, ...] = Field(min_length=1)

    @field_validator("item", mode="before")
    @classmethod
    def _tuple(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @classmethod
    def read(cls, text: str, shown: str) -> Self:
        """Of a file's text. shown: its name. Raises CopyError."""
        try:
            if shown.endswith(".json"):
                found = json.loads(text, parse_float=Number)
            else:
                found = tomllib.loads(text, parse_float=Number)
            return cls.model_validate(found)
        except ValidationError as error:
            raise CopyError(explain(shown, error)) from None
        except ValueError as error:
            raise CopyError(f"{shown}: {error}; fix the transform") from None


def checked(declared: Declared, shown: str, source: Table, known: bool, targets: Mapping[str, Table]) -> Transform:
    """The transform, held against both sides. known: whether the source is declared. Raises CopyError, a line each."""
    problems: list[str] = []
    rules: list[Rule] = []
    keys = {key.name: key.type for key in source.keys}
    types: dict[str, Attribute] = {name: Attribute(type=type_) for name, type_ in keys.items()}
    types |= source.types if known else {}
    if declared.source and declared.source.keys != keys:
        problems.append(f"from: keys are {declared.source.keys}, and FROM has {keys}")
    for number, kind in enumerate(declared.item, 1):
        try:
            found = Rule.of(kind, source, targets)
            if any(each.templates == found.templates for each in rules):
                problems.append(f"item {number}: from is that of an item before it, which gets them all")
            rules.append(found)
            problems += [f"item {number}: {problem}" for problem in found.problems(types, known)]
        except (ExpressionError, CopyError) as error:
            problems.append(f"item {number}: {error}")
    if problems:
        raise CopyError("\n".join(f"{shown}: {problem}" for problem in problems))

    def transform(item: TypedItem) -> list[Made]:
        for rule in rules:
            fields = rule.fields_of(item)
            if fields is not None:
                return [(rule.to, rule.made(item, fields))]
        raise ItemRefusedError("is of no kind that the transform has")

    return transform


@dataclass(frozen=True)
class Rule:
    """A kind of item between two tables. templates: of the source's attributes; keys: of the target's."""

    kind: ItemKind
    to: str
    target: Table
    templates: dict[str, Template]
    keys: dict[str, Template]
    gone: frozenset[str]

    @classmethod
    def of(cls, kind: ItemKind, source: Table, targets: Mapping[str, Table]) -> Rule:
        """Raises CopyError for a table or an entity that is not there."""
        to = kind.to or (next(iter(targets)) if len(targets) == 1 else "")
        if to not in targets:
            raise CopyError(f"to = {to!r} is not a table of TO{did_you_mean(to, targets)}; it has {', '.join(targets)}")
        target = targets[to]
        match = _entity(source, kind.match) if isinstance(kind.match, str) else kind.match
        keys = {**(_entity(target, kind.entity) if kind.entity else {}), **kind.keys}
        gone = {key.name for key in source.keys if key.name not in target.types} | set(kind.drop)
        templates = {name: Template(text) for name, text in match.items()}
        return cls(kind, to, target, templates, {n: Template(text) for n, text in keys.items()}, frozenset(gone))

    @cached_property
    def split(self) -> dict[str, Template]:
        """The templates of what is split."""
        return {name: Template(text) for name, text in self.kind.split.items()}

    @cached_property
    def composed(self) -> tuple[tuple[str, Template], ...]:
        """What is composed, the keys last."""
        texts = {name: Template(text) for name, text in self.kind.compose.items()}
        return (*texts.items(), *self.keys.items())

    @cached_property
    def defaults(self) -> dict[str, dict[str, Any]]:
        """The defaults in DynamoDB JSON."""
        return {name: typed(value, self._type(name)) for name, value in self.kind.default.items()}

    def _type(self, name: str) -> str | None:
        return self.target.types[name].type if name in self.target.types else None

    def fields_of(self, item: TypedItem) -> dict[str, str] | None:
        """The fields of an item of this kind; None of another one."""
        fields: dict[str, str] = {}
        for name, template in self.templates.items():
            text = item.get(name, {}).get("S")
            found = template.parse(text) if text is not None else None
            if found is None or any(fields.get(field, value) != value for field, value in found.items()):
                return None
            fields |= found
        return fields

    def made(self, item: TypedItem, fields: dict[str, Any]) -> TypedItem:
        """The item for the target. Raises ItemRefusedError."""
        kind = self.kind
        made = {name: value for name, value in item.items() if name not in kind.rename}
        made |= {new: item[old] for old, new in kind.rename.items() if old in item}
        for name, template in self.split.items():
            found = template.parse(made.get(name, {}).get("S", ""))
            if found is None:
                raise ItemRefusedError(f"attribute {name!r} is not of the form {template.text!r}")
            made |= {part: {"S": text} for part, text in found.items()}
        for name, conversion in kind.convert.items():
            if (value := made.get(conversion.source or name)) is not None:
                try:
                    made[name] = conversion.convert(value, self._type(name))
                except ItemRefusedError as error:
                    raise ItemRefusedError(f"attribute {conversion.source or name!r} has {error}") from None
        for name, value in self.defaults.items():
            made.setdefault(name, value)
        for name, template in self.composed:
            made[name] = {"S": template.render({field: _field(field, fields, made) for field in template.fields})}
        return {name: value for name, value in made.items() if name not in self.gone}

    def problems(self, types: Mapping[str, Attribute], known: bool) -> Iterator[str]:
        """What is wrong with it. types: of the source's attributes; known: all of them, it has no other."""
        kind = self.kind
        fields = {field for template in self.templates.values() for field in template.fields}
        pieces = {field for template in self.split.values() for field in template.fields}
        new = {*kind.rename.values(), *pieces, *kind.convert, *kind.default, *kind.compose, *self.keys}
        if known:
            there = types.keys() | pieces
            used = [*self.templates, *kind.rename, *kind.split, *kind.drop]
            used += [each.source or name for name, each in kind.convert.items()]
            used += [f for _, template in self.composed for f in template.fields if f not in fields | new]
            for name in dict.fromkeys(used):
                if name not in there | new:
                    yield f"{name!r} is neither a field of from nor an attribute of FROM{did_you_mean(name, there)}"
        if not self.templates:
            yield "from names no attribute; name those that tell this kind of item, with their templates"
        for name in self.templates:
            if name in types and "S" not in _types(types[name]):
                yield f"from: {name!r} is {types[name].type} in FROM, and only a text has a template's form"
        later = [*kind.split, *(each.source or name for name, each in kind.convert.items())]
        later += [field for _, template in self.composed for field in template.fields if field not in fields]
        for name in dict.fromkeys(later):
            if name in kind.rename.keys() - new:
                yield f"{name!r} is renamed before it is used; use {kind.rename[name]!r}"
        for name in sorted(new):
            if name not in self.target.types and self.target.attributes and name not in kind.drop:
                yield f"{name!r} is not an attribute of table {self.to!r}{did_you_mean(name, self.target.types)}"
        for step, name, given in self._given(types):
            declared = _types(self.target.types[name]) if name in self.target.types else given
            if given and name not in self.gone and not given & declared:
                fix = ": convert it" if step in ("FROM", "rename", "split") else ""
                is_, wanted = " or ".join(sorted(given)), " or ".join(sorted(declared))
                yield f"{step} gives {name!r} as {is_}, and table {self.to!r} declares {wanted}{fix}"
        for key in self.target.keys:
            kept = key.name not in self.gone and (not known or key.name in types)
            if key.name not in new and not kept:
                yield f"nothing gives key {key.name!r} of table {self.to!r}; give it by as, keys, compose or convert"

    def _given(self, types: Mapping[str, Attribute]) -> Iterator[tuple[str, str, frozenset[str]]]:
        """What the last step makes of each attribute: the step, the name, and the types, none where nobody knows."""
        kind, unknown = self.kind, frozenset[str]()
        made = {name: ("FROM", _types(each)) for name, each in types.items() if name not in kind.rename}
        for old, new in kind.rename.items():
            made[new] = ("rename", _types(types[old]) if old in types else unknown)
        made |= {field: ("split", _TEXT) for template in self.split.values() for field in template.fields}
        for name, each in kind.convert.items():
            values = frozenset(kind_ for value in each.values.values() for kind_ in typed(value, self._type(name)))
            same = made.get(each.source or name, ("", unknown))[1]
            made[name] = ("convert", values or (frozenset({_GIVES.get(each.to, each.to)}) if each.to else same))
        yield from (("default", name, frozenset(value)) for name, value in self.defaults.items())
        made |= {name: ("compose", _TEXT) for name, _ in self.composed}
        yield from ((step, name, given) for name, (step, given) in made.items())


def _types(attribute: Attribute) -> frozenset[str]:
    return frozenset({attribute.type, *attribute.also})


def _entity(table: Table, name: str) -> dict[str, str]:
    entities = {each.name: each.keys for each in table.entities}
    if name not in entities:
        has = f"it has {', '.join(entities)}" if entities else "it declares none: write the templates"
        raise CopyError(f"table {table.name!r} has no entity {name!r}{did_you_mean(name, entities)}; {has}")
    return entities[name]


def _field(field: str, fields: Mapping[str, Any], item: TypedItem) -> Any:
    if field in fields:
        return fields[field]
    value = item.get(field, {})
    if "S" in value:
        return value["S"]
    if "N" in value:
        return Decimal(value["N"])
    raise ItemRefusedError(f"has no {field!r} that is a text or a number, of which a key is composed")
