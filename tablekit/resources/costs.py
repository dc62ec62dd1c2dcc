"""What of a stage's operations is on, and what it costs a month: a line for the end of a deployment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from tablekit.model.stage import StageConfig
from tablekit.resources.expected import (
    ALARM,
    BUDGET,
    COMPOSITE_ALARM,
    DASHBOARD,
    KINDS,
    PIPE,
    SCALING_TARGET,
    VAULT,
    Expected,
)

_PRICES: Final[Mapping[str, tuple[str, float | None]]] = {
    ALARM: ("alarms", 0.10),
    COMPOSITE_ALARM: ("compositeAlarms", 0.50),
    DASHBOARD: ("dashboards", 3.00),
    BUDGET: ("budgets", 0.00),
    VAULT: ("backups", None),
    PIPE: ("events", None),
    SCALING_TARGET: ("provisioned", 0.40),
}
"""By type: the setting that switches it, and US dollars a month, an alarm's by the metric (CloudWatch's price page; the
price list of AWS Budgets, in which notifications are free), a scaling target's by the four alarms that AWS makes for
it; None where it is paid by use. An account's first 10 alarm metrics and 3 dashboards of up to 50 metrics
are free: what is said is the most that it can be."""
_BY_USE: Final = {VAULT: ("by the GB", "what backups hold"), PIPE: ("by the million", "what becomes an event")}
"""What of those is paid for by what, and what comes to the sum."""
_OF_TABLES: Final = (SCALING_TARGET,)
"""Those that a stage sets for some tables: nothing to switch on."""


def costs(stage: StageConfig, resources: Iterable[Expected]) -> str:
    """What is on with its price, and which settings are off; empty where nothing of all that is on."""
    counts, metrics = Counter[str](), Counter[str]()
    for each in resources:
        counts[each.type] += 1
        metrics[each.type] += _metrics(each.inputs) if each.type == ALARM else 1
    on, off, total, besides = [], [], 0.0, ""
    for kind, (setting, price) in _PRICES.items():
        if count := counts[kind]:
            cost = metrics[kind] * (price or 0)
            total += cost
            paid = f"${cost:.2f}"
            if price is None:
                paid, what = _BY_USE[kind]
                besides += f" and {what}"
            on.append(f"{count} {KINDS[kind].word}{'' if count == 1 else 's'} {paid}")
        elif kind not in _OF_TABLES:
            off.append(setting)
    rest = f"; off: {', '.join(off)}" if off else ""
    return (
        f"Stage {stage.stage} is watched by {', '.join(on)}: at most ${total:.2f} a month{besides}{rest}." if on else ""
    )


def _metrics(alarm: Mapping[str, Any]) -> int:
    """The metrics that an alarm is on, each of which is paid for."""
    return sum("metric" in query for query in alarm.get("metricQueries") or ()) or 1
