"""How one property looks to Pulumi and to the service, and when two values of it mean the same."""

from __future__ import annotations

import json
import re
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .values import canonical, order_key


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Codec:
    """`encode` gives the service's form, `decode` Pulumi's, `canon` a form that is equal where the meaning is."""

    encode: Callable[[Any], Any] = _same
    decode: Callable[[Any], Any] = _same
    canon: Callable[[Any], Any] = _same

    def equal(self, wanted: Any, actual: Any) -> bool:
        """Whether two of Pulumi's forms mean the same."""
        return bool(self.canon(wanted) == self.canon(actual))


PLAIN: Final = Codec()

TEXT_BOOL: Final = Codec(lambda v: "true" if v else "false", lambda v: str(v).lower() == "true")
"""A boolean that the service writes as text (SNS attributes)."""

TEXT_INT: Final = Codec(str, lambda v: int(v) if str(v) else None)
"""A whole number that the service writes as text (SNS attributes)."""


def _sorted(values: Any) -> Any:
    return sorted(values or [], key=order_key)


BAG: Final = Codec(canon=_sorted)
"""A list whose order means nothing."""


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _document_back(value: Any) -> str:
    if isinstance(value, str):
        # IAM gives documents percent-encoded, other services as they are.
        return urllib.parse.unquote(value) if value.startswith("%7B") else value
    return json.dumps(value)


JSON: Final = Codec(_document, _document_back, lambda v: canonical(v) if v else v)
"""A JSON document as text; spacing and the order of keys mean nothing."""


def _texts(value: Any) -> list[str]:
    """One text is a list of one, and order means nothing."""
    return sorted(value, key=order_key) if isinstance(value, list) else [] if value is None else [value]


def _principal(name: str) -> str:
    """An account is named by its number or by its root user."""
    root = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):root", name)
    return root[1] if root else name


def _principals(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {kind: sorted(map(_principal, _texts(names))) for kind, names in value.items() if names}
    return value if value is None else _principal(value)


def _statement(given: Mapping[str, Any]) -> dict[str, Any]:
    conditions = given.get("Condition") or {}
    return {
        "Sid": given.get("Sid") or "",
        "Effect": str(given.get("Effect") or "").lower(),
        **{name: _texts(given.get(name)) for name in ("Action", "NotAction", "Resource", "NotResource")},
        **{name: _principals(given.get(name)) for name in ("Principal", "NotPrincipal")},
        "Condition": {
            operator: {key: _texts(values) for key, values in keys.items()} for operator, keys in conditions.items()
        },
    }


def _policy(value: Any) -> Any:
    """A form in which policies are equal that the AWS plugin holds for equivalent; any other text as JSON."""
    try:
        document = json.loads(value)
        statements = document["Statement"]
        listed = [_statement(one) for one in (statements if isinstance(statements, list) else [statements])]
        return [document.get("Version") or "", document.get("Id") or "", _sorted(listed)]
    except (ValueError, TypeError, KeyError, AttributeError):
        return canonical(value)


POLICY: Final = Codec(_document, _document_back, lambda v: _policy(v) if v else v)
"""An IAM policy as text: the order of lists means nothing either, and one text is a list of one."""


def pairs(key: str, value: str) -> Codec:
    """A map that the service writes as a list of pairs."""

    def encode(given: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{key: name, value: item} for name, item in sorted(given.items())]

    def decode(given: list[dict[str, Any]]) -> dict[str, Any]:
        return {entry[key]: entry[value] for entry in given}

    return Codec(encode, decode)


TAGS: Final = pairs("Key", "Value")
DIMENSIONS: Final = pairs("Name", "Value")


@dataclass(frozen=True)
class Field:
    """One property of a nested object. `name` is Pulumi's; `aws` the service's, by default with a capital."""

    name: str
    aws: str = ""
    codec: Codec = PLAIN
    default: Any = None

    def __post_init__(self) -> None:
        if not self.aws:
            object.__setattr__(self, "aws", self.name[0].upper() + self.name[1:])


def record(*fields: Field) -> Codec:
    """A nested object."""

    def encode(given: Mapping[str, Any]) -> dict[str, Any]:
        return {f.aws: f.codec.encode(given[f.name]) for f in fields if given.get(f.name) is not None}

    def decode(given: Mapping[str, Any]) -> dict[str, Any]:
        return {f.name: f.codec.decode(given[f.aws]) for f in fields if given.get(f.aws) is not None}

    def canon(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if given is None:
            return None
        filled = {f.name: f.default if given.get(f.name) is None else given[f.name] for f in fields}
        return {f.name: f.codec.canon(filled[f.name]) for f in fields}

    return Codec(encode, decode, canon)


def records(*fields: Field, ordered: bool = False) -> Codec:
    """A list of nested objects."""
    one = record(*fields)

    def canon(given: list[Any] | None) -> list[Any]:
        found = [one.canon(entry) for entry in given or []]
        return found if ordered else _sorted(found)

    return Codec(
        lambda given: [one.encode(entry) for entry in given],
        lambda given: [one.decode(entry) for entry in given],
        canon,
    )


def _capital(value: Any, first: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {first(key[0]) + key[1:]: _capital(item, first) for key, item in value.items()}
    if isinstance(value, list):
        return [_capital(item, first) for item in value]
    return value


def _within(wanted: Any, actual: Any) -> bool:
    """Whether all that is wanted is there; the service fills in the rest."""
    if isinstance(wanted, Mapping):
        there = actual if isinstance(actual, Mapping) else {}
        return all(_within(item, there.get(key)) or not (item or there.get(key)) for key, item in wanted.items())
    if isinstance(wanted, list):
        there_list = actual if isinstance(actual, list) else []
        return len(wanted) == len(there_list) and all(map(_within, wanted, there_list))
    return bool(wanted == actual)


@dataclass(frozen=True)
class Nested(Codec):
    """An object named as the service has it but for the first letter, at any depth; only what is asked counts."""

    encode: Callable[[Any], Any] = lambda value: _capital(value, str.upper)
    decode: Callable[[Any], Any] = lambda value: _capital(value, str.lower)

    def equal(self, wanted: Any, actual: Any) -> bool:
        return _within(wanted, actual)


NESTED: Final = Nested()
