"""What one run of the pack knows: the stage with its settings, the families, and what they ask for on AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

import families
from policies.allowed import Allowance, allowances
from policies.compare import differences, settled
from policies.resource import Resource
from tablekit.model import Catalogue, Family, Table
from tablekit.model.errors import TablekitError
from tablekit.model.naming import PROD, PROJECT
from tablekit.model.stage import StageConfig
from tablekit.model.stage_settings import load_stage, setting
from tablekit.model.staged import Account
from tablekit.resources import TABLE, Expected, stack_resources

_OTHER_STAGES = ("dev", "local", "another")
"""Stages beside prod whose names a table is compared with: any would do, since each puts its own name in front."""
_NOBODY = Account("<account id>")
"""Stands for the account where no text has named one yet."""


class Run:
    """One preview or update of one stack.

    stage: the stack's name. config: the stack's settings as the engine sends them.
    settings: each rule's own configuration, by rule and property. analyzed: the URNs that were judged one by one.
    not_judged: what only the update will know, as `label: property`.
    """

    def __init__(self, stage: str = PROD, project: str = PROJECT, config: Mapping[str, str] | None = None) -> None:
        self.stage = stage
        self.own = project == PROJECT
        self.config = dict(config or {})
        self.settings: dict[str, dict[str, Any]] = {}
        self.analyzed: set[str] = set()
        self.not_judged: list[str] = []
        self.today = date.today()
        self._account: Account | None = None
        self._one_by_one = Lock()
        self._expected: dict[Account, dict[tuple[str, str], Expected]] = {}

    @cached_property
    def catalogue(self) -> Catalogue:
        """The declared families, loaded when the first rule asks: the engine waits until the rules are known."""
        return families.catalogue()

    @cached_property
    def _read(self) -> tuple[StageConfig | None, tuple[Allowance, ...], str]:
        """The stage's configuration, the allowances, and what is wrong with either."""
        try:
            allowed = allowances()
            ours, aws = self._namespace(PROJECT), self._namespace("aws")
            config = load_stage(self.stage, ours, aws, self.catalogue) if self.own else None
            for _ in stack_resources(config, self.catalogue, _NOBODY) if config else ():
                pass
        except TablekitError as error:
            return None, (), str(error)
        return config, allowed, ""

    @property
    def config_of_stage(self) -> StageConfig | None:
        """The stage's configuration; None in another project's stack, or where it is wrong."""
        return self._read[0]

    @property
    def problem(self) -> str:
        """Why the stage's configuration or the allowances can't be read; empty where they can."""
        return self._read[2]

    def allowance(self, rule: str, subject: str) -> Allowance | None:
        """Who lets the rule's finding on a resource of that Pulumi name pass, be it no longer."""
        return next((each for each in self._read[1] if each.fits(rule, subject)), None)

    def _namespace(self, name: str) -> dict[str, Any]:
        prefix = f"{name}:"
        return {key.removeprefix(prefix): setting(v) for key, v in self.config.items() if key.startswith(prefix)}

    @cached_property
    def provider(self) -> dict[str, Any]:
        """What the stack's settings give its AWS provider."""
        return self._namespace("aws")

    @cached_property
    def _tables(self) -> dict[str, tuple[Family, Table]]:
        """By Pulumi name, which is stable and free of the stage."""
        return {f"{family.key}-{table.name}": (family, table) for family in self.catalogue for table in family.tables}

    def declared(self, resource: Resource) -> tuple[Family, Table] | None:
        """The family of a table of this project's own stack, and that table; None for any other resource."""
        return self._tables.get(resource.name) if self.own and resource.type == TABLE else None

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """Prod, this stage, and others that could stand beside them in one account."""
        return tuple(dict.fromkeys((PROD, self.stage, *_OTHER_STAGES)))

    def expected(self, account: Account = _NOBODY) -> dict[tuple[str, str], Expected]:
        """What the stage is to have in an account, by type and Pulumi name; nothing in another project's stack."""
        if account not in self._expected:
            config = self.config_of_stage
            found = stack_resources(config, self.catalogue, account) if config else ()
            self._expected[account] = {each.key: each for each in found}
        return self._expected[account]

    def differences(self, resource: Resource) -> list[str]:
        """How a resource that is expected differs from what is expected of it.

        The account is the one that the stage allows, or else the first with which a resource is as expected: a text
        that names two is not taken at its word.
        """
        best: list[str] | None = None
        with self._one_by_one:  # or two at once would each find an account of its own
            for account in self._accounts(resource):
                expected = self.expected(account)[resource.type, resource.name]
                inputs = settled(expected, resource.inputs, resource.ignore_changes)
                found = list(differences(expected, self._without_default_tags(inputs, expected)))
                if not found and expected != self.expected()[resource.type, resource.name]:
                    self._account = account
                if best is None or len(found) < len(best):
                    best = found
        return best or []

    def _accounts(self, resource: Resource) -> list[Account]:
        if self._account:
            return [self._account]
        text = repr(resource.inputs)
        partition = match[1] if (match := re.search(r"arn:(aws[a-z-]*):", text)) else "aws"
        allowed = self.config_of_stage.allowed_account_ids if self.config_of_stage else ()
        found = allowed or dict.fromkeys(re.findall(r"\b\d{12}\b", text))
        return [Account(each, partition) for each in found] or [_NOBODY]

    def _without_default_tags(self, inputs: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
        """The AWS plugin adds `aws:defaultTags` to what the program gave."""
        defaults = self.provider.get("defaultTags")
        added = defaults.get("tags", {}) if isinstance(defaults, Mapping) else {}
        tags = inputs.get("tags")
        if not added or not isinstance(tags, Mapping):
            return inputs
        own = expected.inputs.get("tags", {})
        return {**inputs, "tags": {key: value for key, value in tags.items() if key in own or added.get(key) != value}}
