"""DynamoDB's and its neighbours' limits. Each cites its source page, its unit, and whether it is inclusive.

SQ: "Quotas in Amazon DynamoDB" (ServiceQuotas). NR: "Supported data types and naming rules in DynamoDB".
API: the DynamoDB API reference, by structure. IAM: "IAM and AWS STS quotas". CW: the CloudWatch API reference.
SSM: the Systems Manager API reference.
All bounds are inclusive.
"""

from __future__ import annotations

import re
from typing import Final

TABLE_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""Table and index names: 3 to 255 of a-z A-Z 0-9 _ . - (NR)."""

MAX_GLOBAL_INDEXES: Final = 20
"""Global secondary indexes a table, default quota (SQ)."""

MAX_LOCAL_INDEXES: Final = 5
"""Local secondary indexes a table; only at creation (SQ)."""

MAX_INDEX_NON_KEY_ATTRIBUTES: Final = 20
"""Non-key attributes of one INCLUDE projection (API: Projection)."""

MAX_TABLE_NON_KEY_ATTRIBUTES: Final = 100
"""Non-key attributes of all INCLUDE projections of a table, counted once an index (SQ)."""

MAX_HASH_KEY_BYTES: Final = 2048
"""Hash key value, bytes of UTF-8 (NR)."""

MAX_RANGE_KEY_BYTES: Final = 1024
"""Range key value, bytes of UTF-8 (NR)."""

MAX_ITEM_BYTES: Final = 400 * 1024
"""An item, names and values, bytes (SQ)."""

MAX_DIGITS: Final = 38
"""Digits of a number, zeros at its end apart (SQ); boto3 counts those too."""

MAX_LEVELS: Final = 32
"""Levels of an attribute's value, it being the first and a map's or list's elements one more each (SQ)."""

MAX_ATTRIBUTE_NAME_BYTES: Final = 64 * 1024
"""An attribute's name, bytes of UTF-8 (NR)."""

MAX_KEY_ATTRIBUTE_NAME_BYTES: Final = 255
"""The name of a key attribute or of a projected non-key attribute, bytes (NR)."""

TTL_ATTRIBUTE_LENGTH: Final = range(1, 256)
"""The TTL attribute's name: 1 to 255 characters (API: TimeToLiveSpecification)."""

PITR_DAYS: Final = range(1, 36)
"""Recovery window: 1 to 35 days (API: PointInTimeRecoverySpecification)."""

MAX_RESOURCE_POLICY_BYTES: Final = 20 * 1024
"""A table's resource policy, bytes, white space included (SQ)."""

MAX_BATCH_WRITE: Final = 25
"""Puts and deletes of one BatchWriteItem (API: BatchWriteItem)."""

MAX_EXPRESSION_BYTES: Final = 4096
"""An expression's length, bytes (SQ)."""

MAX_IN_OPERANDS: Final = 100
"""Values of one IN comparison (API: Condition)."""

ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""IAM role names: 1 to 64 of A-Z a-z 0-9 + = , . @ _ - (IAM)."""

MAX_ROLE_NAME: Final = 64
"""A role's name, characters (IAM)."""

MAX_ROLE_POLICY_BYTES: Final = 10_240
"""All inline policies of a role together, characters without white space (IAM)."""

MAX_TRUST_POLICY_BYTES: Final = 2_048
"""A role's trust policy, characters without white space, default quota (IAM)."""

MAX_ALARM_METRICS: Final = 10
"""Metrics of one metric-math alarm (CW: PutMetricAlarm)."""

MAX_ALARM_NAME: Final = 255
"""An alarm's name, characters (CW: PutMetricAlarm)."""

MAX_COMPOSITE_RULE: Final = 10_240
"""A composite alarm's rule, characters (CW: PutCompositeAlarm)."""

MAX_COMPOSITE_ALARMS: Final = 100
"""Alarms that one composite alarm may name (CloudWatch quotas)."""

MAX_DASHBOARD_WIDGETS: Final = 500
"""Widgets of a dashboard (CloudWatch quotas)."""

MAX_DASHBOARD_METRICS: Final = 2_500
"""Metrics of a dashboard, all its widgets together (CloudWatch quotas)."""

MAX_BUDGET_ALERTS: Final = 10
"""Notifications of a budget (Budgets API: CreateBudget)."""

MAX_BUDGET_NAME: Final = 100
"""A budget's name, characters (Budgets API: Budget)."""

VAULT_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{2,47}")
"""Backup vaults' names: AWS takes 2 to 50 (Backup API: CreateBackupVault); roles have 17 more, and 64 at most (IAM)."""

MIN_COLD_DAYS: Final = 90
"""Days that a backup stays in cold storage at least (Backup API: Lifecycle)."""

MAX_BACKUP_DAYS: Final = 36_500
"""The longest retention, days (Backup API: PutBackupVaultLockConfiguration)."""

MIN_LOCK_GRACE_DAYS: Final = 3
"""Days in which a compliance lock can be taken back, at least (Backup API: PutBackupVaultLockConfiguration)."""

MAX_STREAM_READERS: Final = 2
"""Readers of a shard of a stream at a time, before they are throttled (SQ)."""

STREAM_MINUTES: Final = 24 * 60
"""How long a stream keeps a record (DynamoDB Streams)."""

MIN_INFREQUENT_DAYS: Final = 30
"""Days until an object may go to STANDARD_IA, and that it stays there at least (S3 User Guide, lifecycle)."""

MAX_BUCKET_NAME: Final = 63
"""A bucket's name, characters (S3 User Guide)."""

MAX_PIPE_FILTERS: Final = 5
"""Filters of a pipe (Pipes API: FilterCriteria)."""

MAX_PIPE_NAME: Final = 64
"""A pipe's name, characters (Pipes API: CreatePipe)."""

MAX_PIPE_RETRIES: Final = 10_000
"""Retries of a pipe (Pipes API: PipeSourceDynamoDBStreamParameters)."""

MAX_EVENT_KILOBYTES: Final = 1_024
"""An event, KB of 1,024 bytes; 256 before January 2026 (EventBridge quotas)."""

MAX_EVENT_DAYS: Final = 3_650
"""Days that an archive keeps events: ten years, a limit of ours; AWS has none (EventBridge API: CreateArchive)."""

MAX_EVENT_ARCHIVE_NAME: Final = 48
"""The name of an archive of events, characters (EventBridge API: CreateArchive)."""
MAX_TRAIL_VALUES: Final = 500
"""Values of all of a trail's advanced event selectors together (CloudTrail API: PutEventSelectors)."""

MAX_TRAIL_DAYS: Final = 36_500
"""The longest that records are kept, days: ours, so that a slip is one; S3 takes more."""

SCALING_TARGET: Final = range(20, 91)
"""What autoscaling may keep a table's use at, percent ("Managing throughput capacity automatically")."""

MAX_SCALING_POLICY_NAME: Final = 255
"""Characters of a scaling policy's name: the AWS plugin takes one less than Application Auto Scaling."""

MIN_WARM_THROUGHPUT: Final = (12_000, 4_000)
"""Read and write units a second that every table on demand serves at once; the AWS plugin takes no less."""

TAG_KEY: Final = re.compile(r"[\w \-.:/=+@]{1,128}")
"""Tag keys: 1 to 128 characters (API: Tag)."""

TAG_VALUE: Final = re.compile(r"[\w \-.:/=+@]{0,256}")
"""Tag values: 0 to 256 characters (API: Tag)."""

MAX_TAGS: Final = 50
"""Tags a resource (API: TagResource)."""

MAX_PARAMETER_BYTES: Final = 4096
"""A standard parameter's value, bytes; a larger one is an advanced one, and costs (SSM: PutParameter)."""

REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
"""The form of a region's name."""
