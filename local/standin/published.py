"""What a service's published model refuses of a request: botocore carries it, and boto3 looks at half of it.

Checked here is the other half: the values of an enumeration, the length of a text or list, the range of a number, and
the pattern of a text. What the model does not know stands in `checks`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .schema import Complaint, refuse


@functools.cache
def _service(name: str) -> Any:
    from botocore.loaders import Loader  # here, as not every request needs it
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(name, "service-2"), name)


@functools.cache
def _input(service: str, method: str) -> Any:
    from botocore import xform_name

    model = _service(service)
    operation = next(name for name in model.operation_names if xform_name(name) == method)
    return model.operation_model(operation).input_shape


def members(service: str, method: str) -> Mapping[str, Any]:
    """The arguments of a boto3 method, as the service describes them."""
    found: Mapping[str, Any] = _input(service, method).members
    return found


def misshapen(service: str, method: str, arguments: Mapping[str, Any]) -> str:
    """What boto3 itself would say of a request before it sent it; empty where nothing."""
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(arguments, _input(service, method))
    return str(report.generate_report()) if report.has_errors() else ""


def complaints(shape: Any, value: Any, path: str) -> Iterator[Complaint]:
    """What of a value the model refuses; `path` is where it stands."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name in value.keys() & shape.members.keys():
            yield from complaints(shape.members[name], value[name], f"{path}.{name[0].lower()}{name[1:]}")
        return
    if shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from complaints(shape.member, item, f"{path}[{index}]")
    if allowed := _violated(shape.metadata, value):
        yield refuse(path, value, allowed, "Correct it.")


def _violated(rules: Mapping[str, Any], value: Any) -> str:
    """What is allowed instead of a value; empty where the value is."""
    if (choices := rules.get("enum")) and value not in choices:
        return ", ".join(choices)
    if {"min", "max"} & rules.keys():
        size, of = (len(value), f", it has {len(value)}") if isinstance(value, str | list) else (value, "")
        least, most = rules.get("min", 0), rules.get("max")
        if size < least or (most is not None and size > most):
            unit = " characters" if isinstance(value, str) else " entries" if of else ""
            return f"{least} {'or more' if most is None else f'to {most}'}{unit}{of}"
    pattern = _pattern(rules.get("pattern", ""))
    return f"what matches {pattern.pattern}" if pattern and not pattern.fullmatch(str(value)) else ""


@functools.cache
def _pattern(text: str) -> re.Pattern[str] | None:
    """A pattern of the model; none where it is written in a way that Python does not know (`\\p{L}`)."""
    try:
        return re.compile(text, re.ASCII) if text else None
    except re.error:
        return None
