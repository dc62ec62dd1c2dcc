"""Rules on tables: what keeps their data, who may read it at rest, what they cost and what they are called."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policies.resource import Resource
from policies.rule import Setting, rule
from policies.run import Run
from tablekit.model import limits
from tablekit.model.naming import PROD
from tablekit.resources import TABLE

_TAGS = ("project", "family", "stage", "owner", "cost-centre", "table", "data-classification")
_KEPT = ("pointInTimeRecovery", "deletionProtectionEnabled", "serverSideEncryption", "globalSecondaryIndexes", "ttl")


@rule(
    "table-recovery",
    TABLE,
)
def recovery(table: Resource, run: Run) -> Iterator[str]:
    """Point-in-time recovery is on: without it a bad write or delete can't be undone."""
    if not table.get("pointInTimeRecovery", "enabled", default=False):
        yield "point-in-time recovery is off; set pointInTimeRecovery.enabled to true"


@rule(
    "table-recovery-window",
    TABLE,
    others="advisory",
    settings={
        "minimumDays": Setting(
            {"type": "integer", "minimum": limits.PITR_DAYS[0], "maximum": limits.PITR_DAYS[-1]},
            14,
            "the shortest window allowed, days",
        )
    },
)
def recovery_window(table: Resource, run: Run) -> Iterator[str]:
    """The recovery window is long enough: damage is often found days later, and a shorter window has then forgotten
    the good state.
    """
    if not table.get("pointInTimeRecovery", "enabled", default=False):
        return
    # A window that is not given is the service's longest.
    days = table.get("pointInTimeRecovery", "recoveryPeriodInDays", default=limits.PITR_DAYS[-1])
    least = run.settings["table-recovery-window"]["minimumDays"]
    if not least <= days <= limits.PITR_DAYS[-1]:
        yield (
            f"its recovery window is {days} days; allowed are {least} to {limits.PITR_DAYS[-1]}: "
            f"set pointInTimeRecoveryDays in Pulumi.{run.stage}.yaml"
        )


@rule(
    "table-deletion-protection",
    TABLE,
    others="disabled",
)
def deletion_protection(table: Resource, run: Run) -> Iterator[str]:
    """Deletion protection is on: AWS then refuses to delete the table, whoever asks."""
    if not table.get("deletionProtectionEnabled", default=False):
        yield f"deletionProtectionEnabled is false; set deletionProtection: true in Pulumi.{run.stage}.yaml"


@rule("table-protect", TABLE, others="disabled")
def protect(table: Resource, run: Run) -> Iterator[str]:
    """The table is protected in Pulumi: a plan that deletes or replaces it then fails before anything is touched."""
    if not table.protect:
        yield f"protect is false; set protect: true in Pulumi.{run.stage}.yaml"


@rule("table-encryption", TABLE)
def encryption(table: Resource, run: Run) -> Iterator[str]:
    """Encryption by a KMS key is on: with it the use of the key is logged; without it DynamoDB's own key leaves no
    trace.
    """
    if not table.get("serverSideEncryption", "enabled", default=False):
        yield "serverSideEncryption.enabled is false; set it to true"


@rule(
    "table-customer-key",
    TABLE,
    prod="advisory",
    others="disabled",
    settings={
        "classifications": Setting(
            {"type": "array", "items": {"type": "string", "enum": ["pii", "confidential", "internal"]}},
            ["pii"],
            "the data classifications that need such a key",
        )
    },
)
def customer_key(table: Resource, run: Run) -> Iterator[str]:
    """Data about persons is under a customer-managed key: the key's policy is then a second lock, and withdrawing it
    makes the data unreadable.
    """
    declared = run.declared(table)
    held = declared[1].classification if declared else table.get("tags", "data-classification")
    if held not in run.settings["table-customer-key"]["classifications"]:
        return
    if not table.get("serverSideEncryption", "kmsKeyArn"):
        yield (
            f"holds {held} under the AWS-managed key; "
            f"set encryption: customer-managed and kmsKeyArns, or family-keys, in Pulumi.{run.stage}.yaml"
        )


@rule(
    "table-billing",
    TABLE,
    settings={
        "fixed": Setting({"type": "array", "items": {"type": "string"}}, [PROD], "the stages that may fix capacity")
    },
)
def billing(table: Resource, run: Run) -> Iterator[str]:
    """A table is on demand, or its capacity is scaled, or fixed by prod's own file: fixed capacity throttles when it is
    short, and costs while nobody uses it.
    """
    # A mode that is not given is the provider's default.
    if table.get("billingMode", default="PROVISIONED") != "PROVISIONED":
        return
    declared, config = run.declared(table), run.config_of_stage
    named = config.provisioned if declared and config else {}
    capacity = named.get(f"{declared[0].key}/{declared[1].name}") if declared else None
    if not capacity:
        yield "billing mode is PROVISIONED, expected PAY_PER_REQUEST: set it, or give the capacity in provisioned"
    elif capacity.up_to.read and capacity.up_to.write:
        return
    elif run.stage not in (stages := run.settings["table-billing"]["fixed"]):
        yield (
            f"capacity is fixed in stage {run.stage}, expected only in {', '.join(stages) or 'none'}: give provisioned "
            f"of the table upTo for read and write, or remove it there, in Pulumi.{run.stage}.yaml"
        )


@rule("table-tags", TABLE)
def tags(table: Resource, run: Run) -> Iterator[str]:
    """The tags are complete: costs, owners and the classification of data are found by them."""
    given = table.get("tags", default={})
    for key in _TAGS:
        if key not in given:
            yield f"no tag {key!r}; the tags are {', '.join(_TAGS)}: add it"


@rule("table-name", TABLE)
def name(table: Resource, run: Run) -> Iterator[str]:
    """A table of nobody here has no name of a family's, nor a reserved one: its roles could use it, and a reserved name
    is a live table.
    """
    if run.declared(table):
        return
    physical = table.get("name", default="")
    for family in run.catalogue:
        for pattern in family.reserved:
            if fnmatchcase(physical, pattern):
                yield f"the name {physical!r} exists already ({pattern!r} is reserved beside family {family.key!r})"
        for stage in run.stages:
            prefix = family.prefix(stage)
            names = {family.table_name_for(each.name, stage) for each in family.tables}
            if physical in names or (prefix and physical.startswith(prefix)):
                yield f"the name {physical!r} is of family {family.key!r} in {stage}; its roles could use it: rename it"


@rule("table-ignored-changes", TABLE)
def ignored(table: Resource, run: Run) -> Iterator[str]:
    """No protection is exempt from updates: what is ignored stays as it is on AWS, whatever the program and this pack
    say.
    """
    # Indexes that autoscaling moves may be; `stack-inputs` looks at them all the same.
    expected = run.expected().get((table.type, table.name))
    moved = {path.partition(".")[0] for path in expected.moves} if expected else set()
    for path in table.ignore_changes:
        if path not in moved and (path == "*" or path.startswith(_KEPT)):
            yield f"ignoreChanges has {path!r}; remove it, or the rule on it proves nothing"
