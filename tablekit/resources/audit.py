"""What records the use of a stage's tables: trails with their buckets, access analyzers, insights, unusual costs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tablekit.model.naming import PROJECT
from tablekit.model.own_policies import trail_statements
from tablekit.model.permissions import table_arns
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.resources.alarms import costs_of_stage
from tablekit.resources.buckets import Lifecycle, bucket_name, private_bucket
from tablekit.resources.expected import (
    ANALYZER,
    ANOMALY_MONITOR,
    ANOMALY_SUBSCRIPTION,
    INSIGHTS,
    TRAIL,
    Expected,
    given,
)


def trail_regions(stage: StageConfig, families: Iterable[StagedFamily]) -> list[str]:
    """Where the stage has a trail: wherever a family of it is."""
    return _regions(families) if stage.data_events != "none" else []


def _regions(families: Iterable[StagedFamily]) -> list[str]:
    """Where families have tables, replicas among them."""
    return sorted({region for family in families for region in family.regions})


def trail(stage: StageConfig, region: str, families: Iterable[StagedFamily], account: Account) -> Iterator[Expected]:
    """A region's trail of the data events of the families' tables there, after its bucket.

    Of data events alone: who records management events has a trail for that, and a second copy of them is paid for.
    """
    name, called = f"trail-{region}", f"{PROJECT}-{stage.stage}"
    tags = stage.own_tags
    arn, bucket = account.arn("cloudtrail", region, f"trail/{called}"), bucket_name(stage, "trail", region, account)
    allowed = trail_statements(f"arn:{account.partition}:s3:::{bucket}", arn, account)
    kept = Lifecycle(stage.data_events_trail.keep_days)
    yield from private_bucket(name, bucket, region, stage, account, tags, kept, allowed)
    here = [each for family in families for each in (family, *family.elsewhere) if each.region == region]
    arns = [each.removesuffix("*") for family in here for each in table_arns(family, account)]
    inputs = given(
        name=called,
        region=region,
        s3BucketName=bucket,
        advancedEventSelectors=stage.data_events_trail.selectors(stage.data_events, arns),
        enableLogFileValidation=True,
        enableLogging=True,
        includeGlobalServiceEvents=False,
        isMultiRegionTrail=False,
        kmsKeyId=stage.key_of(region),
        tags=tags,
    )
    yield Expected(TRAIL, name, inputs)


def analyzers(stage: StageConfig, families: Iterable[StagedFamily]) -> Iterator[Expected]:
    """One a region: it finds what of the region outsiders may use. An account has one of a kind a region."""
    for region in _regions(families) if stage.access_analyzer else ():
        inputs = {"analyzerName": f"{PROJECT}-{stage.stage}", "type": "ACCOUNT", "region": region}
        yield Expected(ANALYZER, f"access-analyzer-{region}", {**inputs, "tags": stage.own_tags})


def insights(name: str, family: StagedFamily, table: StagedTable) -> Iterator[Expected]:
    """Contributor insights of a table and each of its global indexes; local ones have none. name: the table's."""
    mode = family.insights(table.declared.name)
    if mode == "none":
        return
    for index in table.owners:
        inputs = given(
            tableName=table.name,
            indexName=index,
            mode="THROTTLED_KEYS" if mode == "throttled" else "ACCESSED_AND_THROTTLED_KEYS",
            region=family.region,
        )
        # Enabled once more and then disabled as the old ones, they would be off: the old go first.
        yield Expected(INSIGHTS, f"{name}/{index}" if index else name, inputs, anew=("mode",))


def rules_of(families: Iterable[StagedFamily]) -> int:
    """The rules of contributor insights, each of which is paid for: of a table or index one of partition keys, and one
    of whole keys where there is a sort key; of what was throttled, and with `all` as many again.
    """
    found = 0
    for family in families:
        for table in family.tables.values():
            owners = [table.declared.keys, *(each.keys for each in table.declared.indexes if not each.local)]
            modes = {"none": 0, "throttled": 1, "all": 2}
            found += modes[family.insights(table.declared.name)] * sum(map(len, owners))
    return found


def costs(stage: StageConfig, account: Account) -> Iterator[Expected]:
    """What tells of unusual costs: a topic with its subscribers, a monitor of what has the project's tag, in all stages
    of the account, and the subscription of the topic to it.
    """
    if not stage.cost_anomalies:
        return
    heard = costs_of_stage(stage, account)
    yield from heard
    # As the AWS plugin writes it when it reads it back: another text would be another monitor.
    counted = {"Tags": {"Key": "project", "MatchOptions": None, "Values": [PROJECT]}}
    whole = {**dict.fromkeys(("And", "CostCategories", "Dimensions", "Not", "Or")), **counted}
    monitor = {"name": f"{PROJECT}-{stage.stage}", "monitorType": "CUSTOM", "monitorSpecification": json.dumps(whole)}
    yield Expected(ANOMALY_MONITOR, "costs", {**monitor, "tags": stage.own_tags})
    least = {"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "matchOptions": ["GREATER_THAN_OR_EQUAL"]}
    subscription = {
        "name": f"{PROJECT}-{stage.stage}",
        "frequency": "IMMEDIATE",  # the only one that SNS takes
        "subscribers": [{"type": "SNS", "address": heard.arn}],
        "thresholdExpression": {"dimension": {**least, "values": [str(stage.cost_anomalies)]}},
        "tags": stage.own_tags,
    }
    yield Expected(
        ANOMALY_SUBSCRIPTION, "costs", subscription, of_aws={"monitorArnLists": (ANOMALY_MONITOR, "costs", "arn")}
    )
