"""What of the services' limits neither `tablekit.model.limits` has nor botocore's data; each cites its source."""

from __future__ import annotations

import re
from typing import Final

STATISTICS: Final = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
EXTENDED_STATISTIC: Final = re.compile(
    r"p(\d{1,2}(\.\d{0,10})?|100)|(tm|wm|tc|ts|pr)\d.*|(TM|WM|TC|TS|PR)\(.+\)|iqm|IQM"
)
MISSING_DATA: Final = ("breaching", "notBreaching", "ignore", "missing")
QUERY_ID: Final = re.compile(r"[a-z][a-zA-Z0-9_]*")
"""The name of a query (CW: MetricDataQuery)."""

SHORT_PERIODS: Final = (10, 20, 30)
PERIOD_STEP: Final = 60
"""An alarm's period in seconds: 10, 20, 30 or a multiple of 60 (CW: PutMetricAlarm)."""

QUERY_PERIODS: Final = (1, 5, *SHORT_PERIODS)
"""A metric query's may be shorter still (CW: MetricStat)."""

DAY_SECONDS: Final = 86_400
MAX_WINDOW_SECONDS: Final = 7 * DAY_SECONDS
"""Evaluation periods times period: a day at most, or seven for periods of an hour and more (CW: PutMetricAlarm)."""

DASHBOARD_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}")
"""A dashboard's name (CW: PutDashboard)."""

PARAMETER_NAME: Final = re.compile(r"(/[a-zA-Z0-9_.-]+)+|[a-zA-Z0-9_.-]+")
MAX_PARAMETER_NAME: Final = 1011
"""A parameter's name, characters, with what its ARN has before it (SSM API: PutParameter)."""

MAX_PARAMETER_LEVELS: Final = 15
"""Levels of a parameter's name (SSM API: PutParameter)."""

PARAMETER_TIERS: Final = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
"""Tier → size of the value, bytes (SSM API: PutParameter)."""

KEY_DELETION_DAYS: Final = range(7, 31)
"""A key's waiting period (KMS API: ScheduleKeyDeletion)."""
