"""Generated code of declared families, as `tablekit codegen` writes it of a stack's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tablekit.client import from_dynamodb
from tablekit.client.requests import Pattern
from tablekit.model import Catalogue, Entity, Family, S, batch_write, get, one_of, put, query, update
from tablekit.model.templates import decompose
from tablekit.ops.codegen import python, source, typescript
from tests.support import declare, tables

LANGUAGES = {"py": "python", "ts": "typescript"}
PATTERNS = (
    declare.pattern(),
    declare.writing(),
    get("order", "one order",
                  key="order_id = '{tenant}#{number}'", example={"tenant": "t", "number": "1"}),
    update("import", "a sum", key="order_id = :class",
                  update="SET total = total + :sum", example={"class": "1", "sum": 1}),
    batch_write("load-orders", "many orders"),
)  # fmt: skip
"""The patterns of the small family whose code is kept as a snapshot."""


def generated(language: str) -> str:
    """The code of a small family, in `py` or `ts`."""
    found = sources([declare.family(patterns=PATTERNS)])
    module = python.module if language == "py" else typescript.module
    return module(found, f"tablekit codegen {LANGUAGES[language]}")


def sources(families: Iterable[Family]) -> list[source.Source]:
    """The families as stage dev exports them."""
    catalogue = Catalogue(families)
    contract = tables.outputs(catalogue, declare.stage("dev", catalogue))
    return [source.source(key, exported) for key, exported in sorted(contract.families.items())]


def write(folder: Path, families: Iterable[Family], name: str = "families", only: str | None = None) -> None:
    """Write a module in each language. only: the key of the one family to generate."""
    found = [each for each in sources(families) if only in (None, each.key)]
    (folder / f"{name}.py").write_text(python.module(found, "tablekit codegen python"))
    (folder / f"{name}.ts").write_text(typescript.module(found, "tablekit codegen typescript"))


def fields_of(pattern: Pattern, items: Iterable[Mapping[str, Any]]) -> tuple[str | None, list[dict[str, Any]]]:
    """What is given to write these items, in DynamoDB JSON: the first of the pattern's entities, and its items' fields.

    None, and the items, where the table has no entities.
    """
    plain = [from_dynamodb(item) for item in items]
    for entity, form in pattern.forms.items():
        keys = pattern.table.entities[entity].keys
        taken = [(item, decompose(keys, item)) for item in plain]
        if found := [
            {name: value for name, value in {**fields, **item}.items() if name in form.fields}
            for item, fields in taken
            if fields is not None
        ]:
            return entity, found
    return None, plain


def odd() -> Family:
    """A family whose names are keywords, hold hyphens, or mean something else in one of the languages."""
    table = declare.table(
        name="2nd.table-x",
        hash_key=S("content-type"),
        range_key=S("sort key"),
        indexes=(declare.index(name="class", hash_key=S("sort key"), range_key=None),),
        attributes={"ttl": "N", "default": "N", "it's x": one_of("y", '"z"'), "marks": "SS", "paid": "BOOL"},
        entities=(
            Entity(name="the class", keys={"sort key": "A.*#{self}#B${{{options}}}#{self}"}),
            Entity(name="list", keys={"sort key": r'say "${{x}}" `hi` \ */ {__type}'}, attributes=("default", "marks")),
        ),
    )
    key = """"content-type" = :class AND "sort key" = 'A.*#{self}#B${{{options}}}#{self}'"""
    example = {"class": "c", "self": "s", "options": "o"}
    patterns = (
        get("constructor", "a word of TypeScript", key=key,
                      projection=("default", "content-type"), example=example),
        update("import", "a word of both", key=key,
                      condition="default <> 0.5 AND default < 9007199254740993 AND paid = true",
                      update="""SET "it's x" = :x""", example={**example, "x": "y"}),
        query("list", "a built-in", index="class",
                      key=r""""sort key" = 'say "${{x}}" `hi` \ */ {__type}'""", order="descending",
                      filter="contains(marks, :str) OR ttl > :dict",
                      parameters={"str": "S", "__type": "S"}, example={"str": "m", "dict": 1, "__type": "t"}),
        batch_write("super", "items", entity="the class"),
        put("default", "an item of either kind"),
    )  # fmt: skip
    return declare.family(key="odd-names", table_name="odd-{table}", tables=(table,), patterns=patterns)
