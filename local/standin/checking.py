"""Check: fits the inputs to the SDK's schema, makes up the name that isn't given, and asks the type's own checks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from . import checks, published, schema
from .schema import Complaint
from .spec import ResourceType
from .values import Props, has_unknown

DEFAULTS: Final = "__defaults"
"""Key of the inputs under which the plugin lists those that it made up, as the real one does."""

RANDOM_DIGITS: Final = 7


def check(spec: ResourceType, urn: str, old: Props, new: Props, seed: bytes) -> tuple[Props, list[Complaint]]:
    """The inputs to go on with, and what is wrong with them."""
    known = schema.of(spec.token)
    inputs = {key: value for key, value in new.items() if not key.startswith("__")}
    faults = schema.complaints(inputs, known, owner=spec.token)
    if faults:
        return inputs, faults
    faults = [_not_carried(spec, name, value) for name, value in inputs.items() if _is_foreign(spec, name)]
    inputs = {name: _as_text(value, known.inputs[name]) for name, value in inputs.items()}
    inputs = {name: value for name, value in inputs.items() if not _asks_nothing(spec, name, value)}
    inputs.update(_made_up_name(spec, urn, old, inputs, seed))
    faults.extend(_published(spec, inputs))
    for one in (*spec.checks, checks.tags, checks.region):
        faults.extend(one(inputs))
    return inputs, faults


def _published(spec: ResourceType, inputs: Props) -> Iterator[Complaint]:
    """What the service's own model refuses of the calls that would make it."""
    known = {name: value for name, value in inputs.items() if name != "tags" and not has_unknown(value)}
    if spec.requests is None:
        methods = [op.method for op in (spec.create, *(step.op for step in spec.steps)) if op]
        for prop in spec.settable:
            shapes = [published.members(spec.service, method).get(prop.aws) for method in methods]
            if prop.name in known and any(shapes):
                value = prop.codec.encode(known[prop.name])
                yield from published.complaints(next(filter(None, shapes)), value, prop.name)
    elif known.keys() >= inputs.keys() - {"tags"}:
        for method, arguments in spec.requests(known):
            if spec.held is not None and (said := published.misshapen(spec.service, method, arguments)):
                yield Complaint("", f"{spec.token}: AWS would not take the request: {said}")
            for name, value in arguments.items():
                shape = published.members(spec.service, method)[name]
                yield from published.complaints(shape, value, name[0].lower() + name[1:])


def _is_foreign(spec: ResourceType, name: str) -> bool:
    prop = spec.by_name.get(name)
    return name not in ("region", DEFAULTS) and (prop is None or prop.output)


def _asks_nothing(spec: ResourceType, name: str, value: Any) -> bool:
    """An empty list of what the service chooses is the same as none: the plugin keeps what is there."""
    prop = spec.by_name.get(name)
    return value == [] and prop is not None and prop.computed


def _not_carried(spec: ResourceType, name: str, value: Any) -> Complaint:
    carried = ", ".join(sorted(prop.name for prop in spec.settable))
    return schema.refuse(
        name,
        value,
        f"what the stand-in AWS plugin carries of {spec.token}: {carried}",
        "Leave it out, add it to local/standin/catalog, or run with the real plugin: AWS_PLUGIN=real.",
    )


def _as_text(value: Any, kind: schema.Kind) -> Any:
    """A JSON document given as an object goes on as text."""
    if kind is schema.DOCUMENT and isinstance(value, Mapping) and not has_unknown(value):
        return json.dumps(value, separators=(",", ":"))
    return value


def _made_up_name(spec: ResourceType, urn: str, old: Props, inputs: Props, seed: bytes) -> Props:
    """The name where none is given: the old one if that was made up, else logical name and random digits."""
    name = spec.named
    if not name or inputs.get(name) is not None:
        return {}
    if name in (old.get(DEFAULTS) or ()) and old.get(name):
        return {name: old[name], DEFAULTS: [name]}
    digits = hashlib.sha256(seed or urn.encode()).hexdigest()[:RANDOM_DIGITS]
    return {name: f"{spec.name_prefix}{urn.split('::')[-1]}-{digits}", DEFAULTS: [name]}
