"""A whole family."""

from __future__ import annotations

from typing import Any

import pulumi

from components.access import AccessRoles
from components.alarms import FamilyAlarms
from components.naming import child, token
from components.parameters import FamilyParameters
from components.table import FamilyTable
from tablekit.contract import export_family
from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family
from tablekit.model.permissions import Account
from tablekit.model.stage import StageConfig


class TableFamily(pulumi.ComponentResource):
    """Everything that one family's declaration asks for in a stage: tables, roles, alarms, and parameters if it is set.

    name: what its resources' names begin with; in this project's own stacks it is the family's key, and stays it.
    catalogue: the families that its roles may reach into, the family itself among them.
    Output: exported, the family's part of the contract.
    """

    exported: pulumi.Output[dict[str, Any]]

    def __init__(
        self,
        name: str,
        family: Family,
        stage: StageConfig,
        catalogue: Catalogue,
        account: pulumi.Output[Account],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("TableFamily"), name, None, opts)
        self.tables = {
            table.name: FamilyTable(f"{name}-{table.name}", family, table, stage, opts=child(self))
            for table in family.tables
        }
        # What refuses the creation of an existing table is to refuse it before anything else is made.
        after = child(self, depends_on=list(self.tables.values()) if stage.exists_already(family) else None)
        self.roles = AccessRoles(f"{name}-roles", name, family, catalogue, stage, account, opts=after)
        self.alarms = FamilyAlarms(f"{name}-alarms", name, family, stage, opts=after)
        self.exported = pulumi.Output.all(
            table_arns={key: table.arn for key, table in self.tables.items()},
            stream_arns={key: table.stream_arn for key, table in self.tables.items()},
            role_arns=self.roles.arns,
            topic_arn=self.alarms.topic_arn,
            alarm_names=self.alarms.names,
        ).apply(lambda made: export_family(family, stage, **made).model_dump(by_alias=True))
        self.parameters = (
            FamilyParameters(f"{name}-parameters", name, family, stage, self.exported, opts=child(self))
            if stage.publish_parameters
            else None
        )
        self.register_outputs({"exported": self.exported})
