"""Rules on tables: what keeps their data, who may read it at rest, what they cost and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from policies.resource import SCALING_TARGET, TABLE, Resource
from policies.rule import Finding, Setting, rule
from policies.run import Run
from tablekit.model import Family, Table, limits
from tablekit.model.naming import PROD, PROJECT

_TAGS = ("project", "family", "stage", "owner", "cost-centre", "table", "data-classification")
_KEPT = ("pointInTimeRecovery", "deletionProtectionEnabled", "serverSideEncryption", "globalSecondaryIndexes", "ttl")
_MODES = ["PAY_PER_REQUEST", "PROVISIONED"]


@rule(
    "table-recovery",
    TABLE,
    controls=(
        "Security Hub DynamoDB.2",
        "Checkov CKV_AWS_28",
        "Checkov CKV_AWS_165",
        "Prowler dynamodb_tables_pitr_enabled",
        "cdk-nag DDB3",
        "Trivy AWS-0024",
    ),
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
    controls=("Security Hub DynamoDB.6", "Prowler dynamodb_table_deletion_protection_enabled"),
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
    controls=("Checkov CKV_AWS_119", "Prowler dynamodb_tables_kms_cmk_encryption_enabled", "Trivy AWS-0025"),
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
            f"set encryption: customer-managed and kmsKeyArns in Pulumi.{run.stage}.yaml"
        )


@rule(
    "table-billing",
    TABLE,
    settings={
        "prod": Setting({"type": "array", "items": {"enum": _MODES}}, _MODES, "the modes allowed in prod"),
        "others": Setting({"type": "array", "items": {"enum": _MODES}}, _MODES[:1], "the modes allowed elsewhere"),
    },
)
def billing(table: Resource, run: Run) -> Iterator[str]:
    """The billing mode is one that the stage allows: provisioned capacity costs while nobody uses it, and throttles
    when it is short.
    """
    # A mode that is not given is the provider's default.
    mode = table.get("billingMode", default="PROVISIONED")
    where = "prod" if run.stage == PROD else "others"
    allowed = run.settings["table-billing"][where]
    if mode not in allowed:
        yield (
            f"billing mode {mode} in stage {run.stage}; allowed are {', '.join(allowed)}: "
            f"remove the table from provisioned in Pulumi.{run.stage}.yaml"
        )


@rule(
    "table-autoscaling",
    others="advisory",
    controls=("Security Hub DynamoDB.1", "Prowler dynamodb_table_autoscaling_enabled"),
)
def autoscaling(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A provisioned table has autoscaling for reads and writes: fixed capacity throttles at the first peak."""
    scaled = {
        (each.inputs.get("resourceId"), each.inputs.get("scalableDimension"))
        for each in resources
        if each.type == SCALING_TARGET
    }
    for table in resources:
        if table.type != TABLE or table.inputs.get("billingMode", "PROVISIONED") != "PROVISIONED":
            continue
        for way in ("Read", "Write"):
            if (f"table/{table.physical}", f"dynamodb:table:{way}CapacityUnits") not in scaled:
                yield Finding(
                    f"{table.label}: is PROVISIONED and no autoscaling target raises its {way.lower()} capacity; "
                    "add one, or make the table PAY_PER_REQUEST",
                    table.urn,
                )


@rule("table-tags", TABLE, controls=("Security Hub DynamoDB.5",))
def tags(table: Resource, run: Run) -> Iterator[str]:
    """The tags are complete and true: costs, owners and the classification of data are found by them."""
    given = table.get("tags", default={})
    for key in _TAGS:
        if key not in given:
            yield f"no tag {key!r}; the tags are {', '.join(_TAGS)}: add it"
    wanted = {"stage": run.stage}
    if declared := run.declared(table):
        family, model = declared
        wanted |= {"project": PROJECT, "family": family.key, "table": model.name}
        wanted["data-classification"] = model.classification
    for key, value in wanted.items():
        if key in given and given[key] != value:
            yield f"tag {key} is {given[key]!r}; it must be {value!r}: fix it"


@rule("table-name", TABLE)
def name(table: Resource, run: Run) -> Iterator[str]:
    """The name belongs to one family and this stage, and is not reserved: a name within another's prefix is open to
    its roles, and a reserved one is a live table.
    """
    physical = table.get("name", default="")
    if declared := run.declared(table):
        wanted = declared[0].table_name_for(declared[1].name, run.stage)
        if physical != wanted:
            yield (f"in stage {run.stage} the name must be {wanted!r}: leave the name to the family's declaration")
    elif physical in run.owners:
        family, stage = run.owners[physical]
        yield f"the name is family {family.key!r}'s in {stage}; rename it"
    for family in run.catalogue:
        for pattern in family.reserved:
            if fnmatchcase(physical, pattern):
                yield (f"the name exists already ({pattern!r} is reserved beside family {family.key!r}); rename it")
        for stage in run.stages:
            prefix = family.prefix(stage)
            within = prefix is not None and physical.startswith(prefix)
            if within and not (declared and declared[0] is family and stage == run.stage):
                yield (
                    f"the name is within the prefix {prefix!r} of family {family.key!r} in {stage}, whose roles could "
                    "use it; rename it"
                )


@rule("table-region", TABLE, declared=True)
def region(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """The table is in its family's region: a family's document says where its data may lie."""
    given = table.get("region")
    if family.region and given and given != family.region:
        yield f"is in {given}; family {family.key!r} is in {family.region}: leave the region to its declaration"


@rule("table-ignored-changes", TABLE)
def ignored(table: Resource, run: Run) -> Iterator[str]:
    """No protection is exempt from updates: what is ignored stays as it is on AWS, whatever the program and this pack
    say.
    """
    for path in table.ignore_changes:
        if path == "*" or path.startswith(_KEPT):
            yield f"ignoreChanges has {path!r}; remove it, or the rule on it proves nothing"
