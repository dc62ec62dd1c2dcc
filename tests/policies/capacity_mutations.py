"""The ways to break what moves capacity, a row each: of acs/Sessions, which `full` scales."""

from __future__ import annotations

from typing import Any, Final

from tests.policies.edits import DROP

FULL, TABLE = "prod full", "table acs-Sessions"
TARGET, POLICY = "appautoscaling/target:Target acs-Sessions", "appautoscaling/policy:Policy acs-Sessions"
FLOOR = "appautoscaling/scheduledAction:ScheduledAction acs-Sessions"
READS, WRITES, OF_INDEX = (f"{TARGET}{more}-capacity" for more in ("-read", "-write", "/user_id-index-write"))
USE, INDEX = "targetTrackingScalingPolicyConfiguration", "globalSecondaryIndexes/0"
SCALED: dict[str, Any] = {"serviceNamespace": "dynamodb", "resourceId": "table/acsd2p-prod-Users", "minCapacity": 1}
SCALED |= {"scalableDimension": "dynamodb:table:ReadCapacityUnits", "maxCapacity": 9}
CAPACITY: Final[tuple[tuple[Any, ...], ...]] = (
    ("scaling-bounds", READS, {"minCapacity": 200}, "minCapacity is 200, and maxCapacity 100", FULL),
    ("scaling-bounds", f"{POLICY}-read-capacity", {f"{USE}/targetValue": 95}, "targetValue is 95; allowed", FULL),
    ("scaling-bounds", f"{POLICY}-write-capacity", {USE: DROP}, "targetValue is 0", FULL),
    ("scaling-moves", f"{POLICY}-write-capacity", {"": DROP}, "Sessions-write-capacity: has no scaling policy", FULL),
    ("scaling-moves", f"{POLICY}-read-capacity", {"resourceId": "table/other"}, "read-capacity: has no scaling", FULL),
    ("scaling-moves", f"{FLOOR}-read-day", {"scalableTargetAction/minCapacity": 101}, "is 101, and the ceiling", FULL),
    ("scaling-moves", READS, {"": DROP}, "scheduled floor acs-Sessions-read-day: has no scaling target", FULL),
    ("scaling-indexes", OF_INDEX, {"": DROP}, "those of index 'user_id-index' are not", FULL),
    ("stack-complete", WRITES, {"": DROP}, "scaling target acs-Sessions-write-capacity: is not there", FULL),
    ("stack-complete", f"{FLOOR}-read-day", {"": DROP}, "scheduled floor acs-Sessions-read-day: is not there", FULL),
    ("stack-inputs", WRITES, {"maxCapacity": 5000}, "maxCapacity is 5000, expected 50", FULL),
    ("stack-inputs", READS, {"minCapacity": 1}, "minCapacity is 1, expected 5", FULL),
    ("stack-inputs", f"{FLOOR}-read-day", {"schedule": "cron(0 8 1 1 ? *)"}, "schedule is 'cron(0 8 1 1 ? *)'", FULL),
    ("stack-inputs", TABLE, {"readCapacity": 4000}, "readCapacity is 4000, expected 5", FULL),
    ("stack-inputs", TABLE, {f"{INDEX}/writeCapacity": 4000}, "writeCapacity is 4000, expected 5", FULL),
    ("stack-inputs", TABLE, {"@ignore_changes": ("globalSecondaryIndexes",), f"{INDEX}/projectionType": "KEYS_ONLY"},
     "projectionType", FULL),
    ("stack-inputs", TABLE, {"@ignore_changes": ("globalSecondaryIndexes",), f"{INDEX}/name": "another"},
     "globalSecondaryIndexes", FULL),
    ("stack-options", TABLE, {"@ignore_changes": ("tags",)}, "ignoreChanges is ['tags']", FULL),
    ("stack-inputs", "table formbridge-FormBridgeData", {"onDemandThroughput": DROP}, "onDemandThroughput is", FULL),
    ("stack-inputs", "table pse-content-mapping", {"warmThroughput/readUnitsPerSecond": 90_000}, "is 90000", FULL),
    ("stack-inputs", "table cloudstro-social-posts", {"tableClass": "STANDARD"}, "tableClass is 'STANDARD'", FULL),
    ("table-ignored-changes", "table acs-Users", {"@ignore_changes": ("globalSecondaryIndexes",)}, "remove it", FULL),
)  # fmt: skip
