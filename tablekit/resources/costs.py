"""What of a stage's operations is on, and what it costs a month: a line for the end of a deployment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tablekit.model.stage import StageConfig
from tablekit.model.staged import StagedFamily
from tablekit.resources.audit import rules_of
from tablekit.resources.expected import (
    ALARM,
    ANALYZER,
    ANOMALY_MONITOR,
    BUDGET,
    CATALOG_TABLE,
    COMPOSITE_ALARM,
    DASHBOARD,
    EVENT_BUS,
    INSIGHTS,
    KEY,
    KINDS,
    PIPE,
    REPLICA,
    SCALING_TARGET,
    TRAIL,
    VAULT,
    Expected,
)
from tablekit.resources.functions import metrics_of

_METRIC: Final = "metric"
"""No resource: what a stage's own function publishes, in four hours of a day's."""
_PRICES: Final[Mapping[str, tuple[str, float | str]]] = {
    ALARM: ("alarms", 0.10),
    COMPOSITE_ALARM: ("compositeAlarms", 0.50),
    DASHBOARD: ("dashboards", 3.00),
    BUDGET: ("budgets", 0.00),
    _METRIC: ("itemCounts", 0.30 * 4 / 24),
    VAULT: ("backups", "by the GB"),
    EVENT_BUS: ("events", "by the million"),
    PIPE: ("events or archive", "by the million"),
    CATALOG_TABLE: ("archive", "by the GB"),
    TRAIL: ("dataEvents", "by the event"),
    KEY: ("encryption: family-keys", 3.00),
    REPLICA: ("replicas", "by use"),
    SCALING_TARGET: ("provisioned", 0.40),
    ANALYZER: ("accessAnalyzer", 0.00),
    INSIGHTS: ("contributorInsights", 0.50),
    ANOMALY_MONITOR: ("costAnomalies", 0.00),
}
"""By type: the setting that switches it, and US dollars a month, an alarm's by the metric (CloudWatch's price page; the
price list of AWS Budgets, in which notifications are free), a scaling target's by the four alarms that AWS makes for
it, insights' by the rule, a key's once it was rotated twice; or how it is paid, where that is by use. A metric of ours
costs for the hours in which it has data. An account's first 10 alarm metrics, 10 metrics and 3 dashboards of up to 50
metrics are free: what is said is the most that it can be."""
_NO_SWITCH: Final = (SCALING_TARGET, PIPE)
"""What a stage sets for some tables, or comes with another row's: nothing to switch on."""
_USED_BESIDES: Final = (INSIGHTS, KEY)
"""What has a price a month, and one by use too."""


def costs(stage: StageConfig, families: Iterable[StagedFamily], resources: Iterable[Expected]) -> str:
    """What is on with its price, and which settings are off; empty where nothing of all that is on."""
    counts, metrics, all_of = Counter[str](), Counter[str](), list(families)
    for each in resources:
        counts[each.type] += 1
        metrics[each.type] += _metrics(each.inputs) if each.type == ALARM else 1
    counts[_METRIC] = metrics[_METRIC] = metrics_of(all_of) if stage.item_counts else 0
    metrics[INSIGHTS] = rules_of(all_of)
    on, off, total, by_use = [], [], 0.0, False
    for kind, (setting, price) in _PRICES.items():
        if count := counts[kind]:
            cost = 0 if isinstance(price, str) else metrics[kind] * price
            total += cost
            paid = price if isinstance(price, str) else f"${cost:.2f}"
            by_use = by_use or isinstance(price, str) or kind in _USED_BESIDES
            word = "custom metric" if kind == _METRIC else KINDS[kind].word
            on.append(f"{count} {word}{'' if count == 1 or word.endswith('s') else 's'} {paid}")
        elif kind not in _NO_SWITCH:
            off.append(setting)
    besides = " and what is paid by use" if by_use else ""
    rest = f"; off: {', '.join(off)}" if off else ""
    return (
        f"Stage {stage.stage} is watched by {', '.join(on)}: at most ${total:.2f} a month{besides}{rest}." if on else ""
    )


def _metrics(alarm: Mapping[str, Any]) -> int:
    """The metrics that an alarm is on, each of which is paid for."""
    return sum("metric" in query for query in alarm.get("metricQueries") or ()) or 1
