"""How one property looks to Pulumi and to the service, and when two values of it mean the same."""

from __future__ import annotations

import io
import json
import re
import urllib.parse
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .values import Archive, order_key


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


TEXT_NUMBER: Final = Codec(str, int)
"""A number that the service writes as text (SQS attributes)."""


def in_order(values: Any) -> Any:
    """A list sorted, so that its order means nothing."""
    return sorted(values or [], key=order_key)


BAG: Final = Codec(canon=in_order)
"""A list whose order means nothing."""


# -- policies ----------------------------------------------------------------------------------------------------


def _document(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _document_back(value: Any) -> str:
    if isinstance(value, str):
        # IAM gives documents percent-encoded, other services as they are.
        return urllib.parse.unquote(value) if value.startswith("%7B") else value
    return json.dumps(value)


_EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def _canonical(value: Any) -> Any:
    """A form without order, in which one value is a list of one, and an account is its number and not its root user."""
    if isinstance(value, Mapping):
        given = {name: part if isinstance(part, list) else [part] for name, part in value.items() if part not in _EMPTY}
        return {name: in_order([_canonical(one) for one in parts]) for name, parts in given.items()}
    root = re.fullmatch(r"arn:[\w-]+:iam::(\d{12}):root", value) if isinstance(value, str) else None
    return root[1] if root else value


def _policy(value: Any) -> Any:
    """A form in which policies are equal that the AWS plugin holds for equivalent; any other text as it is."""
    try:
        document = json.loads(value)
    except (ValueError, TypeError):
        return value
    return _canonical(document) if isinstance(document, Mapping) and "Statement" in document else value


POLICY: Final = Codec(_document, _document_back, lambda v: _policy(v) if v else v)
"""An IAM policy as text: the order of lists means nothing, and one text is a list of one."""


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError):
        return value


JSON: Final = Codec(_document, _document_back, _parsed)
"""A JSON document as text, whose spaces and order of names mean nothing."""


# -- maps and nested objects -------------------------------------------------------------------------------------


def pairs(key: str, value: str) -> Codec:
    """A map that the service writes as a list of pairs."""

    def encode(given: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{key: name, value: item} for name, item in sorted(given.items())]

    def decode(given: list[dict[str, Any]]) -> dict[str, Any]:
        return {entry[key]: entry[value] for entry in given}

    return Codec(encode, decode)


TAGS: Final = pairs("Key", "Value")
DIMENSIONS: Final = pairs("Name", "Value")


MAP: Final = Codec(dict, lambda value: dict(value or {}))
"""A map that the service has as one, as some have their tags."""


def _packed(archive: Archive) -> bytes:
    """A zip file: the same for the same texts, whenever it is made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sorted(archive.files.items()):
            packed.writestr(zipfile.ZipInfo(name), text)
    return made.getvalue()


ZIPPED: Final = Codec(_packed)
"""An archive, which the service never gives back as it came."""


def capitalized(value: Any, first: Callable[[str], str] = str.upper) -> Any:
    """An object with the first letter of its names in capitals, at any depth: as the services write them."""
    if isinstance(value, Mapping):
        return {first(key[0]) + key[1:]: capitalized(item, first) for key, item in value.items()}
    if isinstance(value, list):
        return [capitalized(item, first) for item in value]
    return value


def uncapitalized(value: Any) -> Any:
    """And back."""
    return capitalized(value, str.lower)


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

    encode: Callable[[Any], Any] = capitalized
    decode: Callable[[Any], Any] = uncapitalized

    def equal(self, wanted: Any, actual: Any) -> bool:
        return _within(wanted, actual)


NESTED: Final = Nested()
