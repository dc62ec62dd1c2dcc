"""What a program of another language gave the component package, as the models that all else is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from components.schema import NOT_SET_HERE, SPELLING
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import FamilyError, StageError, did_you_mean
from tablekit.model.explain import explain
from tablekit.model.family import Family
from tablekit.model.stage import LOCAL, StageConfig, read_endpoints, setting_problems

_SETTINGS = {field.alias or name for name, field in StageConfig.model_fields.items()} - NOT_SET_HERE
_KINDS: Final[dict[type, str]] = {str: "a text", list: "a list", dict: "an object"}
_NAMES: Final = {
    "str": "a text",
    "int": "a number",
    "Decimal": "a number",
    "bool": "true or false",
    "None": "null",
    "dict": "an object",
    "list": "a list",
    "tuple": "a list",
    "set": "a set",
    "frozenset": "a set",
    "bytes": "bytes",
}
"""Python's types, as the model's messages name them -> what a person of any language calls them."""
_GIVE: Final = re.compile(rf"; give ((?:{'|'.join(_NAMES)})(?: or (?:{'|'.join(_NAMES)}))*)$", re.MULTILINE)


def arguments(given: Mapping[str, Any], kinds: Mapping[str, type], required: Set[str]) -> dict[str, Any]:
    """The arguments by name, plain, those that were not given left out. Raises FamilyError.

    kinds: what each may be, one of str, list (of texts) and dict. Languages without types let anything through.
    """
    found = {}
    for name, value in given.items():
        if name.startswith("__"):  # the engine's own
            continue
        if name not in kinds:
            raise FamilyError(f"{name}: no such argument{did_you_mean(name, kinds)}; there are {', '.join(kinds)}")
        if (known := plain(value, name)) is not None:
            found[name] = known
    for name in kinds:
        if name in required and name not in found:
            raise FamilyError(f"{name}: required, and not given; add it")
        if name in found and not isinstance(found[name], kinds[name]):
            raise FamilyError(f"{name}: {found[name]!r} is not allowed: give {_KINDS[kinds[name]]}")
        if name in found and kinds[name] is list:
            for place, item in enumerate(found[name]):
                if not isinstance(item, str):
                    shown = "null" if item is None else repr(item)
                    raise FamilyError(f"{name}[{place}]: {shown} is not allowed: give a text")
    return found


def plain(value: Any, where: str) -> Any:
    """A value as Python has it: whole numbers as int, as all numbers come as floats over the engine's protocol.

    where: the value's place, for messages. Raises FamilyError for what is not known before the deployment.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, list):
        return [plain(item, f"{where}[{place}]") for place, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    raise FamilyError(
        f"{where}: is a secret, or another resource's output that is not known yet; a declaration is checked before "
        "anything is made: give a value that the program knows, from its own configuration"
    )


def read_family(given: Mapping[str, Any]) -> Family:
    """The declared family. Raises FamilyError, with the fields as the package spells them."""
    key = given.get("key")
    subject = f"family {key!r}" if isinstance(key, str) else "family"
    try:
        return Family.model_validate(_as_declared(given, Family.model_json_schema(), subject))
    except ValidationError as error:
        raise FamilyError(_neutral(explain(subject, error, Family, SPELLING))) from None


def read_stage(
    stage: str, settings: Mapping[str, Any], aws: Mapping[str, Any], family: Family, catalogue: Catalogue
) -> StageConfig:
    """The stage's configuration, checked alone and against the family. Raises StageError.

    settings: as the program gave them. aws: the program's own configuration in namespace `aws` (region, endpoints).
    """
    catalogue.check_stage(stage)
    subject = f"stage {stage!r}: settings"
    if not (region := settings.get("region") or aws.get("region")):
        raise StageError(f"{subject}: region is not set, nor is aws:region; set one, as region: eu-west-2")
    ours = {name: value for name, value in settings.items() if name not in ("region", *NOT_SET_HERE)}
    for name in settings.keys() & NOT_SET_HERE:
        raise StageError(f"{subject}: {name}: is not set here, but by the project that owns a whole stage; remove it")
    for name in ours:
        if name not in _SETTINGS:
            near = did_you_mean(name, _SETTINGS) or f"; there are {', '.join(sorted(_SETTINGS))}"
            raise StageError(f"{subject}: {name}: no such field{near}; remove it or fix its name")
    given = {**ours, "stage": stage, "region": region, "families": [family.key]}
    if stage == LOCAL:
        # On the emulator no service may be left to its address on AWS.
        try:
            given["endpoints"] = read_endpoints(aws.get("endpoints"))
        except ValueError as error:
            raise StageError(f"stage {stage!r}: aws:endpoints: {error}") from None
    try:
        config = StageConfig.model_validate(given)
    except ValidationError as error:
        raise StageError(_neutral(explain(subject, error, StageConfig))) from None
    for name, problem in setting_problems(config, catalogue):
        raise StageError(f"{subject}: {name}: {problem}")
    return config


def _neutral(text: str) -> str:
    """A message of the model without Python's names of types: who reads it writes YAML or TypeScript."""
    return _GIVE.sub(
        lambda found: f"; give {' or '.join(dict.fromkeys(_NAMES[name] for name in found[1].split(' or ')))}", text
    )


def _as_declared(
    value: Any, schema: Mapping[str, Any], subject: str, where: str = "", definitions: Mapping[str, Any] | None = None
) -> Any:
    """A value with the declaration's field names for the package's; the names that a map is keyed by stay.

    schema: what the model's JSON Schema says of the value, definitions: of the types that it refers to. subject, where:
    for messages. Raises FamilyError for a field in the declaration's own spelling, which is not the package's.
    """
    definitions = schema.get("$defs", {}) if definitions is None else definitions
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    for alternative in schema.get("anyOf", ()):
        if alternative.get("type") != "null":
            return _as_declared(value, alternative, subject, where, definitions)
    if isinstance(value, Mapping) and "properties" in schema:
        named = {SPELLING[name]: name for name in schema["properties"]}
        for key in value:
            if key in schema["properties"] and key not in named:
                raise FamilyError(
                    f"{subject}: {where}{key}: no such field; did you mean {SPELLING[key]!r}?; "
                    "remove it or fix its name"
                )
        return {
            named.get(key, key): _as_declared(
                item, schema["properties"].get(named.get(key), {}), subject, f"{where}{key}.", definitions
            )
            for key, item in value.items()
        }
    if isinstance(value, Mapping):
        inner = schema.get("additionalProperties")
        inner = inner if isinstance(inner, Mapping) else {}
        return {key: _as_declared(item, inner, subject, f"{where}{key}.", definitions) for key, item in value.items()}
    if isinstance(value, list):
        inner = schema.get("items", {})
        before = where.removesuffix(".")
        return [
            _as_declared(item, inner, subject, f"{before}[{place}].", definitions) for place, item in enumerate(value)
        ]
    if isinstance(value, float) and "type" not in schema:
        return Decimal(repr(value))  # an example's argument: DynamoDB has no floats
    return value
