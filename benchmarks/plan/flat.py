"""Writes the same resources as a flat Pulumi program: plain calls of pulumi-aws with literal arguments.

It is the least that Python can say to the engine: no components, no model, no outputs, no look-ups. What it takes,
any Pulumi program of these resources takes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.errors import BenchmarkError
from benchmarks.plan.resources import UNKNOWN, Planned, texts

ATTRIBUTES = {"role": "id", "alarmActions": "arn", "okActions": "arn", "topic": "arn", "resourceArn": "arn"}
"""Property → the attribute of its source that it takes. Other unknown values can't be written flat."""
MAPS = ("tags", "dimensions")
"""Properties whose keys are data, and so aren't turned into Python's spelling."""
PROJECT = """\
name: flat
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: .venv
"""


def write(folder: Path, resources: Sequence[Planned]) -> None:
    """Write the program: one module a group, as people split a flat program that got long."""
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
    groups: dict[str, list[Planned]] = {}
    for resource in resources:
        groups.setdefault(resource.group, []).append(resource)
    modules = {group: f"resources_{re.sub('[^a-z0-9]', '_', group.lower())}" for group in groups}
    for group, members in groups.items():
        (folder / f"{modules[group]}.py").write_text(_module(group, members), encoding="utf-8")
    imports = "\n".join(f"import {module}  # noqa: F401" for module in modules.values())
    (folder / "__main__.py").write_text(f'"""Every resource, written flat."""\n\n{imports}\n', encoding="utf-8")


def _module(group: str, members: Sequence[Planned]) -> str:
    variables = {resource.urn: f"r{place}" for place, resource in enumerate(members)}
    calls = "".join(_call(resource, variables) for resource in members)
    return f'"""The resources of {group}."""\n\nimport pulumi\nimport pulumi_aws as aws\n\n{calls}'


def _call(resource: Planned, variables: dict[str, str]) -> str:
    lines = [repr(resource.name)]
    lines += [f"{_snake(name)}={_argument(resource, name, variables)}" for name in resource.inputs]
    options = [
        f"{name}=True" for name, on in (("protect", resource.protect), ("retain_on_delete", resource.retain)) if on
    ]
    if options:
        lines.append(f"opts=pulumi.ResourceOptions({', '.join(options)})")
    body = "".join(f"    {line},\n" for line in lines)
    return f"{variables[resource.urn]} = {_class(resource.type)}(\n{body})\n"


def _class(token: str) -> str:
    """`aws:cloudwatch/metricAlarm:MetricAlarm` → `aws.cloudwatch.MetricAlarm`."""
    package, module, name = token.split(":")
    return f"{package}.{module.split('/')[0]}.{name}"


def _argument(resource: Planned, name: str, variables: dict[str, str]) -> str:
    value = resource.inputs[name]
    if name not in resource.sources:
        return _literal(value, name in MAPS)
    sources = [variables[urn] for urn in resource.sources[name] if urn in variables]
    if name not in ATTRIBUTES or len(sources) != 1 or set(texts(value)) != {UNKNOWN}:
        raise BenchmarkError(
            f"{resource.name}: {name} is made of what only a deployment knows, in a way that the flat program can't "
            f"write; name its source's attribute in {__name__}.ATTRIBUTES"
        )
    reference = f"{sources[0]}.{ATTRIBUTES[name]}"
    return f"[{reference}]" if isinstance(value, list) else reference


def _literal(value: Any, data: bool) -> str:
    if isinstance(value, dict):
        pairs = (
            f"{(key if data else _snake(key))!r}: {_literal(inner, data or key in MAPS)}"
            for key, inner in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_literal(inner, data) for inner in value)}]"
    return repr(value)


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)
