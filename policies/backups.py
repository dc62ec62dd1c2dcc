"""Rules on backups: each table has them, they end, nobody shortens them, and somebody hears when they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from typing import Any

from policies.resource import NotKnownError, Resource, of_type
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.resources import BACKUP_PLAN, BACKUP_SELECTION, EVENT_RULE, EVENT_TARGET, TABLE, VAULT, VAULT_LOCK


def _lifecycles(plan: Resource) -> Iterator[tuple[str, str, int | None]]:
    """Of each rule and each copy: what a message calls it, the vault it goes to, and after how many days it goes."""
    for each in plan.get("rules", default=[]):
        label, region = f"rule {each.get('ruleName')!r}", plan.get("region", default="")
        yield label, f"{region}:{each.get('targetVaultName')}", (each.get("lifecycle") or {}).get("deleteAfter")
        for copy in each.get("copyActions") or ():
            parts = str(copy.get("destinationVaultArn")).split(":")
            where = f"{parts[3]}:{parts[-1]}" if len(parts) > 3 else ""
            yield f"{label}, copy to {where}", where, (copy.get("lifecycle") or {}).get("deleteAfter")


@rule("backup-ends", BACKUP_PLAN)
def ends(plan: Resource, run: Run) -> Iterator[str]:
    """Each rule and copy says when a backup is deleted: one without a date is kept, and paid for, for ever."""
    for label, _, days in _lifecycles(plan):
        if not days:
            yield f"{label} has no lifecycle.deleteAfter; give its days"


@rule("backup-lock", prod="mandatory", others="advisory")
def lock(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each vault is locked: without a lock, who gets hold of the account deletes the backups with the tables."""
    locked = {(each.get("backupVaultName"), each.get("region")) for each in of_type(resources, VAULT_LOCK)}
    for vault in of_type(resources, VAULT):
        if (vault.get("name"), vault.get("region")) not in locked:
            yield Finding(f"{vault.label}: has no lock; set backupVault.lock to governance", vault.urn)


@rule("backup-lock-range")
def lock_range(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each rule and copy keeps as long as its own vault's lock takes: outside of it every job fails, and not before."""
    ranges = {
        f"{each.get('region')}:{each.get('backupVaultName')}": (
            each.get("minRetentionDays", default=0),
            each.get("maxRetentionDays", default=float("inf")),
        )
        for each in of_type(resources, VAULT_LOCK)
    }
    for plan in of_type(resources, BACKUP_PLAN):
        for label, vault, days in _lifecycles(plan):
            least, most = ranges.get(vault, (0, float("inf")))
            if days and not least <= days <= most:
                text = f"{label} keeps {days} days, and the lock of its vault takes {least} to {most}: change one"
                yield Finding(f"{plan.label}: {text}", plan.urn)


@rule("backup-selection", prod="mandatory", others="advisory")
def selection(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Where there are backups, each table is selected, by its name and its tags: one that slips out is missed only when
    somebody wants it back.
    """
    selections = of_type(resources, BACKUP_SELECTION)
    for table in of_type(resources, TABLE) if selections else ():
        with suppress(NotKnownError):  # the update judges it; what is not known of one table says nothing of another
            if not any(_selects(each, table) for each in selections):
                text = "no backup selection has its name and tags; put it into its family, whose selection takes it"
                yield Finding(f"{table.label}: {text}", table.urn)


def _selects(selection: Resource, table: Resource) -> bool:
    tags: Mapping[str, Any] = table.get("tags", default={})
    named = [str(arn).rpartition(":table/") for arn in selection.get("resources", default=[])]
    region = table.get("region")
    here = [name for place, _, name in named if not region or place.split(":")[3:4] in ([region], ["*"])]
    wanted = [
        (str(pair.get("key")).removeprefix("aws:ResourceTag/"), pair.get("value"))
        for each in selection.get("conditions", default=[])
        for pair in each.get("stringEquals") or ()
    ]
    return any(fnmatchcase(table.physical, name) for name in here) and all(tags.get(key) == v for key, v in wanted)


@rule("backup-alert")
def alert(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A rule on failed backups has a target, and is on: without one, backups fail for months and nobody hears."""
    heard = {(each.get("rule"), each.get("region")) for each in of_type(resources, EVENT_TARGET) if each.get("arn")}
    for each in of_type(resources, EVENT_RULE):
        if "aws.backup" not in _sources(each):
            continue
        if (each.get("name"), each.get("region")) not in heard:
            yield Finding(f"{each.label}: has no target; give it the topic of the family's alarms", each.urn)
        if each.get("state", default="ENABLED") == "DISABLED":
            yield Finding(f"{each.label}: state is 'DISABLED'; remove it", each.urn)


def _sources(event_rule: Resource) -> list[Any]:
    try:
        found = json.loads(event_rule.get("eventPattern", default="{}"))
    except ValueError:
        return []
    return list(found.get("source") or ()) if isinstance(found, Mapping) else []
