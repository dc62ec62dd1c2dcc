"""The families to generate code for: those of a stack's outputs, or those declared. The same code comes of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tablekit.client.entities import EntityForm, entity_form
from tablekit.client.requests import Pattern
from tablekit.contract import VERSION, Contract, ExportedFamily, ExportedTable, expected_family
from tablekit.model import Catalogue, StageConfig, installed
from tablekit.model.errors import did_you_mean
from tablekit.model.naming import PROD
from tablekit.model.staged import Account, staged_families
from tablekit.ops import sources
from tablekit.ops.codegen.names import Scope, pascal
from tablekit.ops.errors import CodegenError

CONTRACT: Final = VERSION.split(".")[0]
"""The contract's major version: generated code serves every minor one of it."""

_KEYED: Final = ("get", "query", "update", "delete")
"""Operations that begin at a key."""


@dataclass(frozen=True)
class Source:
    """One family as code is generated for it; nothing in it is of a stage.

    variables: environment variable by logical table name. patterns: by name, in name order. forms: those of the
    entities, by table and name.
    """

    key: str
    tables: Mapping[str, ExportedTable]
    variables: Mapping[str, str]
    patterns: Mapping[str, Pattern]
    forms: Mapping[tuple[str, str], EntityForm]

    def item_names(self, scope: Scope) -> dict[tuple[str, str], str]:
        """A type's name for each entity, of table and entity where two tables have one of that name."""
        entities = [entity for _, entity in self.forms]
        return {
            (table, entity): scope.give(
                f"{pascal(self.key, *([table] if entities.count(entity) > 1 else []), entity)}Item",
                f"entity {entity!r} of table {table!r} of family {self.key!r}",
            )
            for table, entity in self.forms
        }


def found(keys: Iterable[str], outputs: Path | None, stack: str | None) -> list[Source]:
    """The families of these keys, of all where none is named, in key order.

    Raises CodegenError for a key that isn't there, ContractError and CatalogueError where the source can't be had.
    """
    exported = _exported(sources.outputs(outputs, stack) if outputs or stack else _declared(installed()))
    chosen = sorted(set(keys)) or sorted(exported)
    for key in chosen:
        if key not in exported:
            raise CodegenError(f"no family {key!r}{did_you_mean(key, exported)}; there are {', '.join(exported)}")
    if not chosen:
        raise CodegenError("the outputs have no family; is it the right stack, and was it deployed?")
    return [source(key, exported[key]) for key in chosen]


def source(key: str, family: ExportedFamily) -> Source:
    """A family of the contract. Raises CodegenError where the contract contradicts itself."""
    if not family.tables:
        raise CodegenError(f"family {key!r}: the contract has no table of it; deploy the stack anew")
    variables: dict[str, str] = {}
    for variable, physical in sorted(family.env.items()):
        for name, table in family.tables.items():
            if table.name == physical:
                variables.setdefault(name, variable)
    for name in family.tables:
        if name not in variables:
            raise CodegenError(
                f"family {key!r}: the contract has no variable for table {name!r}; deploy the stack anew"
            )
    patterns = {}
    for name, pattern in sorted(family.access_patterns.items()):
        if pattern.table not in family.tables:
            raise CodegenError(f"{key}/{name}: the contract has no table {pattern.table!r}; deploy the stack anew")
        if pattern.operation in _KEYED and not pattern.key_condition:
            raise CodegenError(
                f"{key}/{name}: the contract has no keyCondition, which a {pattern.operation} needs; "
                "deploy the stack anew"
            )
        # A stack's outputs have their keys in the order of the alphabet, a declaration in its own.
        sorted_ = pattern.model_copy(update={"parameters": dict(sorted(pattern.parameters.items()))})
        patterns[name] = Pattern(f"{key}/{name}", sorted_, family.tables[pattern.table])
    tables = dict(sorted(family.tables.items()))
    forms = {
        (name, entity): entity_form(table, entity)
        for name, table in tables.items()
        for entity in sorted(table.entities)
    }
    return Source(key, tables, variables, patterns, forms)


def _exported(found: Contract | Mapping[str, ExportedFamily]) -> Mapping[str, ExportedFamily]:
    return found.families if isinstance(found, Contract) else found


def _declared(catalogue: Catalogue) -> dict[str, ExportedFamily]:
    """The declared families as prod would export them; names and ARNs, which code is not made of, are made up."""
    stage = StageConfig(stage=PROD, region="us-east-1", families=tuple(catalogue.families))
    return {
        key: expected_family(family, Account("0" * 12)) for key, family in staged_families(stage, catalogue).items()
    }
