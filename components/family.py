"""A whole family."""

from __future__ import annotations

from typing import Any

import pulumi

from components.access import AccessRoles
from components.alarms import FamilyAlarms
from components.backups import FamilyBackups
from components.events import FamilyEvents
from components.keys import FamilyKeys
from components.parameters import FamilyParameters
from components.resource import child, token
from components.table import FamilyTable
from components.watches import FamilyBudget, FamilyDashboard
from tablekit.contract import export_family
from tablekit.model.staged import Account, StagedFamily


class TableFamily(pulumi.ComponentResource):
    """Everything that one family's declaration asks for in a stage: tables, roles and alarms, and by setting keys,
    replicas, a dashboard, a budget, backups, events and parameters.

    name: what its resources' names begin with; in this project's own stacks it is the family's key, and stays it.
    Output: exported, the family's part of the contract.
    """

    exported: pulumi.Output[dict[str, Any]]

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("TableFamily"), name, None, opts)
        keys = FamilyKeys(name, family, account, opts=child(self)) if family.key_alias else None
        arns = keys.arns if keys else {}
        made_before = child(self, depends_on=keys.made if keys else None)
        self.tables = {
            key: FamilyTable(f"{name}-{key}", family, table, account, opts=made_before, keys=arns)
            for key, table in family.tables.items()
        }
        # What refuses the creation of an existing table is to refuse it before anything else is made.
        after = child(self, depends_on=list(self.tables.values()) if family.exists_already else None)
        self.roles = AccessRoles(name, family, account, opts=after)
        self.alarms = FamilyAlarms(name, family, account, opts=after)
        alarms = [self.alarms]
        alarms += [FamilyAlarms(f"{name}-{each.region}", each, account, opts=after) for each in family.elsewhere]
        if family.dashboard:
            FamilyDashboard(name, family, opts=after)
        if family.budget:
            FamilyBudget(name, family, account, opts=child(self, depends_on=[self.alarms]))
        if family.backups:
            before = child(self, depends_on=[*self.tables.values(), *alarms])
            FamilyBackups(name, family, account, opts=before, keys=arns)
        if family.pipes:
            streams = {key: table.stream_arn for key, table in self.tables.items()}
            before = child(self, depends_on=[*self.tables.values(), self.alarms])
            FamilyEvents(name, family, account, streams, opts=before, keys=arns)
        self.exported = pulumi.Output.all(
            table_arns={key: table.arn for key, table in self.tables.items()},
            stream_arns={key: table.stream_arn for key, table in self.tables.items()},
            role_arns=self.roles.arns,
            topic_arn=self.alarms.topic_arn,
            alarm_names=self.alarms.names,
            key_arns=arns,
        ).apply(lambda made: export_family(family, account, **made).model_dump(by_alias=True))
        self.parameters = (
            FamilyParameters(name, family, self.exported, opts=child(self)) if family.stage.publish_parameters else None
        )
        self.register_outputs({"exported": self.exported})
