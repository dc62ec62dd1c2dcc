"""What of the services' limits only a plugin needs. `tablekit.model.limits` has the others; each cites its source."""

from __future__ import annotations

import re
from typing import Final

KEY_TYPES: Final = ("S", "N", "B")
"""Types of key attributes (DynamoDB API: AttributeDefinition)."""

PROJECTIONS: Final = ("ALL", "KEYS_ONLY", "INCLUDE")
"""Projection types (DynamoDB API: Projection)."""

BILLING_MODES: Final = ("PROVISIONED", "PAY_PER_REQUEST")
TABLE_CLASSES: Final = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")

MAX_INDEX_KEYS: Final = 4
"""Hash and range keys, each, of one global secondary index (DynamoDB guide: multi-attribute keys)."""

MAX_RESOURCE_POLICY_BYTES: Final = 20 * 1024
"""A table's resource policy, bytes, white space included (DynamoDB quotas)."""

DESCRIPTION: Final = re.compile(r"[\t\n\r\x20-\x7e\xa1-\xff]*")
"""A role's description (IAM API: CreateRole): of Latin-1, so no curly quotes, dashes or ellipses."""

IAM_PATH: Final = re.compile(r"/|/[\x21-\x7e]*/")
"""A role's or policy's path (IAM API: CreateRole), at most 512 characters."""

MAX_SESSION_SECONDS: Final = range(3600, 43_201)
"""A role's longest session (IAM API: CreateRole)."""

POLICY_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
"""Names of inline policies (IAM API)."""

COMPARISONS: Final = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
)
"""The last three are for anomaly detection only (CW: PutMetricAlarm)."""

STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
EXTENDED_STATISTIC: Final = re.compile(
    r"p(\d{1,2}(\.\d{0,10})?|100)|(tm|wm|tc|ts|pr)\d.*|(TM|WM|TC|TS|PR)\(.+\)|iqm|IQM"
)
MISSING_DATA: Final = ("breaching", "notBreaching", "ignore", "missing")
SHORT_PERIODS: Final = (10, 20, 30)
PERIOD_STEP: Final = 60
"""An alarm's period in seconds: 10, 20, 30 or a multiple of 60 (CW: PutMetricAlarm)."""

QUERY_PERIODS: Final = (1, 5, *SHORT_PERIODS)
"""A metric query's may be shorter still (CW: MetricStat)."""

DAY_SECONDS: Final = 86_400
MAX_WINDOW_SECONDS: Final = 7 * DAY_SECONDS
"""Evaluation periods times period: a day at most, or seven for periods of an hour and more (CW: PutMetricAlarm)."""

MAX_ALARM_ACTIONS: Final = 5
"""Actions of one state (CW: PutMetricAlarm)."""

MAX_ALARM_DIMENSIONS: Final = 30
"""Dimensions of one metric (CW: Metric)."""

MAX_ALARM_DESCRIPTION: Final = 1024

TOPIC_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""A topic's name (SNS API: CreateTopic)."""

PROTOCOLS: Final = (
    "application",
    "email",
    "email-json",
    "firehose",
    "http",
    "https",
    "lambda",
    "sms",
    "sqs",
)
"""Protocols of a subscription (SNS API: Subscribe)."""

PARAMETER_NAME: Final = re.compile(r"(/[a-zA-Z0-9_.-]+)+|[a-zA-Z0-9_.-]+")
MAX_PARAMETER_NAME: Final = 1011
"""A parameter's name, characters, with what its ARN has before it (SSM API: PutParameter)."""

MAX_PARAMETER_LEVELS: Final = 15
"""Levels of a parameter's name (SSM API: PutParameter)."""

PARAMETER_TYPES: Final = ("String", "StringList", "SecureString")
PARAMETER_TIERS: Final = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
"""Tier → size of the value, bytes (SSM API: PutParameter)."""

KEY_DELETION_DAYS: Final = range(7, 31)
"""A key's waiting period (KMS API: ScheduleKeyDeletion)."""

ROTATION_DAYS: Final = range(90, 2561)
"""A key's rotation period (KMS API: EnableKeyRotation)."""
