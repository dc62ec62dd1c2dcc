"""`tablekit show`: all that is declared of a family, a table or an access pattern, in words."""

from __future__ import annotations

import json
import keyword
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer

from tablekit.model import installed
from tablekit.model.attributes import Attribute
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import CatalogueError, did_you_mean
from tablekit.model.family import Family
from tablekit.model.layout import Entity, Index, Retention
from tablekit.model.naming import PROD
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Role
from tablekit.model.table import Table
from tablekit.ops import examples
from tablekit.ops.samples import plain_items

Shown = dict[str, Any]
"""What is shown, by name: values, lists of them, and more of its kind. What is None or empty is left out as text."""

FamilyName = Annotated[str, typer.Argument(metavar="FAMILY", help="The family's key, as `tablekit list` has it.")]
PartName = Annotated[str | None, typer.Argument(metavar="TABLE|PATTERN", help="One of its tables or patterns.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def show(family: FamilyName, part: PartName = None, as_json: AsJson = False) -> None:
    """Show what is declared of a FAMILY, or of one TABLE or access PATTERN of it.

    Purposes, keys, indexes, retention, attributes, entities, expressions, who may run a pattern and how to call it.
    Example arguments are from the sample items. Exit code 1: there is no such family, table or pattern.
    """
    catalogue = installed()
    found = described(catalogue, catalogue.family(family), part)
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=_plain) if as_json else "\n".join(lines(found)))


def described(catalogue: Catalogue, family: Family, part: str | None = None) -> Shown:
    """What is declared of the family, or of its table or access pattern of that name. Raises CatalogueError."""
    if part is None:
        return _family(family)
    tables = [table for table in family.tables if table.name == part]
    if tables and part in family.patterns:
        both = _table(catalogue, family, tables[0])
        return {**both, "access pattern of that name": _pattern(catalogue, family, family.patterns[part])}
    if tables:
        return _table(catalogue, family, tables[0])
    if part in family.patterns:
        return _pattern(catalogue, family, family.patterns[part])
    names = [*(table.name for table in family.tables), *family.patterns]
    raise CatalogueError(
        f"family {family.key!r} has no table or access pattern {part!r}{did_you_mean(part, names)}; "
        f"`tablekit show {family.key}` names them"
    )


def lines(shown: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """The same as lines of text, a value a line: nothing is wrapped or padded."""
    for name, value in shown.items():
        if isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from lines(value, f"{indent}  ")
        elif isinstance(value, list) and any(len(str(each)) > 40 for each in value):
            yield f"{indent}{name}:"
            yield from (f"{indent}  {each}" for each in value)
        elif value not in (None, "", [], {}):
            yield f"{indent}{name}: {', '.join(map(str, value)) if isinstance(value, list) else _plain(value)}"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return sorted(value, key=str) if isinstance(value, set | frozenset) else value


def _family(family: Family) -> Shown:
    return {
        "family": family.key,
        "title": family.title,
        "document": family.document,
        "table names": family.table_name,
        "region": family.region or "by stage",
        "owner": family.owner,
        "cost centre": family.cost_centre,
        "tags": dict(family.tags),
        "reserved names": list(family.reserved),
        "budget": family.budget
        and {
            "purpose": family.budget.purpose,
            "amounts of a month": list(family.budget.alerts),
            "currency": family.budget.currency,
        },
        "growth": family.growth
        and {
            "purpose": family.growth.purpose,
            "limits of a table": family.growth.limits.model_dump(exclude_none=True) if family.growth.limits else {},
        },
        "metrics of its own": family.figures
        and {"namespace": family.figures.namespace, "metrics": dict(family.figures.metrics)},
        "tables": {table.name: table.purpose for table in family.tables},
        "access patterns": {
            table.name: {pattern.name: pattern.purpose for pattern in table.patterns} for table in family.tables
        },
        "roles": {role.name: _role(family, role) for role in family.roles},
    }


def _role(family: Family, role: Role) -> Shown:
    return {
        "purpose": role.purpose,
        "name in prod": family.role_name(role, PROD),
        "access": role.access,
        "access patterns": list(role.patterns),
        "assumed by": role.assumed_by,
        "bound to": role.tenant
        and f"items of the session tag {role.tenant.tag!r}, by the leading keys {', '.join(role.tenant.leading_keys)}",
        "metrics namespace": role.metrics_namespace,
        "may describe tables": role.describe or None,
        "reaches into": {
            f"{reach.family}{f' (option {reach.option})' if reach.option else ''}": {
                "purpose": reach.purpose,
                "access patterns": list(reach.patterns),
            }
            for reach in role.reaches
        },
    }


def _table(catalogue: Catalogue, family: Family, table: Table) -> Shown:
    return {
        "table": f"{family.key}/{table.name}",
        "purpose": table.purpose,
        "name in prod": family.table_name_for(table.name, PROD),
        "variable": family.variable(table.name),
        "keys": _keys(table),
        "TTL": table.ttl or (table.ttl_was and f"off, was on {table.ttl_was}"),
        "retention": _retention(table.retention),
        "classification": table.classification,
        "secrets": list(table.secrets),
        "stream": table.stream,
        "events": table.events and table.events.model_dump(mode="json"),
        "archive of expired items": table.archive and table.archive.purpose,
        "owner": table.owner or family.owner,
        "indexes": {index.name: _index(index) for index in table.indexes},
        "attributes": {name: _attribute(attribute) for name, attribute in table.attributes.items()},
        "entities": {entity.name: _entity(entity) for entity in table.entities},
        "access patterns": {
            pattern.name: _expressions(catalogue, family, family.patterns[pattern.name]) for pattern in table.patterns
        },
    }


def _pattern(catalogue: Catalogue, family: Family, pattern: AccessPattern) -> Shown:
    table = family.table(pattern.table)
    items = plain_items(family, table)
    example = examples.arguments(pattern, table, items)
    kinds = [entity.name for entity in table.written_by(pattern)]
    kind, item = examples.written(pattern, table, items)
    example |= {name: [item] if name == "items" else item for name in pattern.body}
    return {
        "access pattern": f"{family.key}/{pattern.name}",
        **_expressions(catalogue, family, pattern),
        "example": {name: _python(value) for name, value in example.items()},
        "call it": [
            "from tablekit.client import connect",
            f'connect(outputs).family("{family.key}").{_call(pattern, example, kinds, kind)}',
        ],
    }


def _call(pattern: AccessPattern, example: Mapping[str, Any], kinds: Sequence[str], kind: str | None) -> str:
    """kinds: the entities that it writes, of which the example is a `kind`: their items are made of their fields."""
    given = {name: name if name in pattern.body else repr(_python(value)) for name, value in example.items()}
    words = [f'"{pattern.name}"']
    if kind:
        words += ["*items" if name == "items" else name for name in pattern.body]
        given = {name: value for name, value in given.items() if name not in pattern.body}
        given |= {"entity": repr(kind)} if len(kinds) > 1 else {}
    if any(keyword.iskeyword(name) for name in given):
        words.append(f"**{{{', '.join(f'{name!r}: {value}' for name, value in given.items())}}}")
    else:
        words += [f"{name}={value}" for name, value in given.items()]
    return f"{'put' if kind else 'run'}({', '.join(words)})"


def _python(value: Any) -> Any:
    """A value as a person writes it: a whole number as an int."""
    if isinstance(value, dict):
        return {name: _python(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_python(inner) for inner in value]
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _expressions(catalogue: Catalogue, family: Family, pattern: AccessPattern) -> Shown:
    return {
        "purpose": pattern.purpose,
        "operation": f"{pattern.operation} on {pattern.table}{f'/{pattern.index}' if pattern.index else ''}",
        "key": pattern.key,
        "filter": pattern.filter,
        "condition": pattern.condition,
        "update": pattern.update,
        "projection": list(pattern.projection),
        "order": pattern.order if pattern.operation == "query" else None,
        "limit": pattern.limit,
        "why a scan": pattern.scan_reason,
        "writes": [entity.name for entity in family.table(pattern.table).written_by(pattern)],
        "parameters": [f"{name} {kind}" for name, kind in pattern.parameters.items()],
        "may run it": list(_roles(catalogue, family, pattern)),
    }


def _roles(catalogue: Catalogue, family: Family, pattern: AccessPattern) -> Iterator[str]:
    yield from (role.name for role in family.roles if pattern in family.patterns_of(role))
    for other in catalogue:
        for role in other.roles:
            for reach in role.reaches:
                if reach.family == family.key and pattern.name in reach.patterns:
                    yield f"{other.key}/{role.name}{f' (option {reach.option})' if reach.option else ''}"


def _keys(keyed: Table | Index) -> list[str]:
    return [f"{key.name} {key.type}" for key in keyed.keys]


def _index(index: Index) -> str:
    kind = f"{'local, ' if index.local else ''}{index.projection}"
    included = f" {', '.join(index.include)}" if index.include else ""
    return f"{', '.join(_keys(index))}; {kind}{included}; {index.purpose}"


def _attribute(attribute: Attribute) -> str:
    values = f"one of {', '.join(attribute.values)}" if attribute.values else ""
    return "; ".join(part for part in (" or ".join((attribute.type, *attribute.also)), values, attribute.note) if part)


def _entity(entity: Entity) -> Shown:
    return {
        "keys": dict(entity.keys),
        "attributes": list(entity.attributes),
        "retention": entity.retention and _retention(entity.retention),
    }


def _retention(retention: Retention) -> str:
    return f"{retention.days} days; {retention.reason}" if retention.days else retention.reason
