"""The component package: what Pulumi asks of it, for programs in any language.

It has one component, `TableFamily`, which is this project's own, made of a declaration that comes as arguments; and one
function, `getFamily`, which reads a family of another stack's outputs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws
from pulumi.provider import ConstructResult, Provider, main
from pulumi.provider.provider import CheckFailure, InvokeResult

from components.arguments import FamilyArguments, arguments, read_family, read_stage
from components.family import TableFamily
from components.schema import COMPONENT, FUNCTION, PACKAGE_VERSION, SCHEMA_FILE, LookupArguments
from tablekit.contract import ExportedFamily, family_of, policy, read, table_of
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import TablekitError
from tablekit.model.stage_settings import check_account
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.stack import check_family


class TableFamilies(Provider):
    """The package `dynamodb-tables`, as a Pulumi plug-in."""

    def __init__(self) -> None:
        super().__init__(PACKAGE_VERSION, SCHEMA_FILE.read_text(encoding="utf-8"))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Mapping[str, Any],
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make a family. What is wrong with its declaration comes as one message, before anything is registered."""
        if resource_type != COMPONENT:
            raise pulumi.InputPropertiesError(f"{resource_type}: no such component; there is {COMPONENT}", [])
        try:
            given = arguments(FamilyArguments, COMPONENT, inputs)
            declared = read_family(given.family)
            catalogue = Catalogue([declared])
            aws = {name: pulumi.Config("aws").get(name) for name in ("region", "endpoints")}
            stage = read_stage(given.stage, given.settings, aws, declared, catalogue)
            family = StagedFamily(declared, stage, catalogue)
            check_family(family)
            account = Account(pulumi_aws.get_caller_identity().account_id, pulumi_aws.get_partition().partition)
            check_account(stage, account.id)
        except TablekitError as error:
            # Not without a list, even of nothing: the SDK fails on its own error then.
            raise pulumi.InputPropertiesError(str(error), []) from None
        made = TableFamily(name, family, account, options)
        names = [field.alias or name for name, field in ExportedFamily.model_fields.items()]
        return ConstructResult(made.urn, {name: made.exported[name] for name in names})

    def invoke(self, token: str, args: Mapping[str, Any]) -> InvokeResult:
        """Read a family of a stack's outputs; what isn't there comes as one message."""
        if token != FUNCTION:
            return InvokeResult({}, [CheckFailure("", f"{token}: no such function; there is {FUNCTION}")])
        try:
            return InvokeResult(found_family(arguments(LookupArguments, FUNCTION, args)))
        except TablekitError as error:
            return InvokeResult({}, [CheckFailure("outputs", str(error))])


def found_family(given: LookupArguments) -> dict[str, Any]:
    """What `getFamily` gives, null fields left out. Raises ContractError where something isn't there."""
    contract = read(given.outputs, given.stack)
    family = family_of(contract, given.family)
    for table in given.tables:
        table_of(contract, given.family, table)
    patterns = given.access_patterns
    return {
        **family.model_dump(by_alias=True, exclude_none=True),
        "stage": contract.stage,
        "contractVersion": contract.contract_version,
        "policy": json.dumps(policy(contract, given.family, patterns)) if patterns else "",
    }


def serve(words: list[str]) -> None:
    """Answer the engine until it ends this process."""
    main(TableFamilies(), words)
