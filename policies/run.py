"""What one run of the pack knows: the stage, its configuration, and what the families declare."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import families
from policies.resource import FAMILY, RESOURCE_POLICY, ROLE, ROLE_POLICY, TABLE, Resource
from tablekit.model import Catalogue, Family, Role
from tablekit.model.naming import PROD, PROJECT

_OTHER_STAGES = ("dev", "local", "another")
"""Stages beside prod whose names a role is compared with: any would do, since each puts its own name in front."""


class Run:
    """One preview or update of one stack.

    stage: the stack's name. config: the stack's settings as the engine sends them, secret ones left out.
    settings: each rule's own configuration, by rule and property.
    """

    def __init__(self, stage: str = PROD, project: str = PROJECT, config: Mapping[str, str] | None = None) -> None:
        self.stage = stage
        self.project = project
        self.config = dict(config or {})
        self.settings: dict[str, dict[str, Any]] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The declared families, loaded when the first rule asks: the engine waits until the rules are known."""
        return families.catalogue()

    @cached_property
    def _declared(self) -> dict[tuple[str, str], tuple[Family, Any]]:
        """By type and Pulumi name, which is stable and free of the stage."""
        found: dict[tuple[str, str], tuple[Family, Any]] = {}
        for family in self.catalogue:
            for table in family.tables:
                found[TABLE, f"{family.key}-{table.name}"] = family, table
                found[RESOURCE_POLICY, f"{family.key}-{table.name}-deny-writes"] = family, table
            for role in family.roles:
                found[ROLE, f"{family.key}-{role.name}"] = family, role
                found[ROLE_POLICY, f"{family.key}-{role.name}"] = family, role
        return found

    def declared(self, resource: Resource) -> tuple[Family, Any] | None:
        """The family of a table, a role or a policy of either, and that table or role; None for one of nobody here."""
        return self._declared.get((resource.type, resource.name))

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """Prod, this stage, and others that could stand beside them in one account."""
        return tuple(dict.fromkeys((PROD, self.stage, *_OTHER_STAGES)))

    @cached_property
    def owners(self) -> dict[str, tuple[Family, str]]:
        """Every declared table's name in every stage, with its family and the stage."""
        return {
            family.table_name_for(table.name, stage): (family, stage)
            for stage in self.stages
            for family in self.catalogue
            for table in family.tables
        }

    def own_tables(self, family: Family) -> set[str]:
        """The family's prefix pattern, where it has one, and its tables' names."""
        prefix = family.prefix(self.stage)
        names = {family.table_name_for(table.name, self.stage) for table in family.tables}
        return names | ({f"{prefix}*"} if prefix else set())

    def reached_tables(self, family: Family, role: Role) -> set[tuple[str, str]]:
        """The tables of other families that a role may reach for, with the action on each."""
        options, found = self.configured("options", []), set()
        for reach in role.reaches:
            if reach.option is None or reach.option in options:
                other = self.catalogue.family(reach.family)
                for pattern in (other.patterns[name] for name in reach.patterns):
                    found.add((other.table_name_for(pattern.table, self.stage), pattern.action))
        return found

    def configured(self, name: str, default: Any) -> Any:
        """A setting of the stage, parsed as JSON where it is a list or an object."""
        text = self.config.get(f"{PROJECT}:{name}")
        if text is None or self.project != PROJECT:
            return default
        return json.loads(text) if text[:1] in ("[", "{") else text

    def deployed(self, resources: Iterable[Resource]) -> list[Family]:
        """The declared families that the stack deploys: those it has a component of, and those its settings name."""
        names = {each.name for each in resources if each.type == FAMILY} | set(self.configured("families", []))
        return [family for family in self.catalogue if family.key in names]
