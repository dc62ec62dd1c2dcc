"""What a program of another language gave the component package, as the models that all else is made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from components.schema import NOT_SET_HERE, LookupArguments
from tablekit.model.base import Settings
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import FamilyError, StageError
from tablekit.model.explain import explain
from tablekit.model.family import Family
from tablekit.model.stage import LOCAL, StageConfig
from tablekit.model.stage_settings import read_endpoints, setting_problems

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


class FamilyArguments(Settings):
    """The inputs of the component. `components/schema.py` describes them."""

    family: dict[str, Any]
    stage: str
    settings: dict[str, Any] = {}


_Arguments = TypeVar("_Arguments", FamilyArguments, LookupArguments)


def arguments(model: type[_Arguments], subject: str, given: Mapping[str, Any]) -> _Arguments:
    """What was given, plain; null is as not given. subject: what it was given to. Raises FamilyError."""
    # Names that begin with __ are the engine's own.
    values = {name: plain(value, name) for name, value in given.items() if not name.startswith("__")}
    try:
        return model.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise FamilyError(_neutral(explain(subject, error, model))) from None


def plain(value: Any, where: str) -> Any:
    """A value as Python has it: whole numbers as int, as all numbers come as floats over the engine's protocol.

    where: the value's place, for messages. Raises FamilyError for what is not known before the deployment.
    """
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))  # DynamoDB has no floats
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
        return Family.model_validate(given, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FamilyError(_neutral(explain(subject, error, Family, by_alias=True))) from None


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
    text = text.replace(": None is not allowed", ": null is not allowed")
    return _GIVE.sub(
        lambda found: f"; give {' or '.join(dict.fromkeys(_NAMES[name] for name in found[1].split(' or ')))}", text
    )
