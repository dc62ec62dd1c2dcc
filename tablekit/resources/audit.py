"""What records the use of a stage's tables: a trail of CloudTrail a region, with its bucket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tablekit.model.naming import PROJECT
from tablekit.model.own_policies import trail_statements
from tablekit.model.permissions import table_arns
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.buckets import Lifecycle, bucket_name, private_bucket
from tablekit.resources.expected import TRAIL, Expected, given


def trail_regions(stage: StageConfig, families: Iterable[StagedFamily]) -> list[str]:
    """Where the stage has a trail: wherever a family of it is."""
    return sorted({family.region for family in families}) if stage.data_events != "none" else []


def trail(stage: StageConfig, region: str, families: Iterable[StagedFamily], account: Account) -> Iterator[Expected]:
    """A region's trail of the data events of the families' tables there, after its bucket.

    Of data events alone: who records management events has a trail for that, and a second copy of them is paid for.
    """
    name, called = f"trail-{region}", f"{PROJECT}-{stage.stage}"
    tags = {"project": PROJECT, "stage": stage.stage, **stage.tags}
    arn, bucket = account.arn("cloudtrail", region, f"trail/{called}"), bucket_name(stage, "trail", region, account)
    allowed = trail_statements(f"arn:{account.partition}:s3:::{bucket}", arn, account)
    kept = Lifecycle(stage.data_events_trail.keep_days)
    yield from private_bucket(name, bucket, region, stage, account, tags, kept, allowed)
    here = [family for family in families if family.region == region]
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
