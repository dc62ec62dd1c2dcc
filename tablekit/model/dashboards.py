"""Dashboards as data, in the structure of a dashboard's body: one a family, by table, and one of the whole stage.

They show what is in CloudWatch, items and bytes where the stage counts them, and nothing that is counted elsewhere:
what a system writes down of itself is no metric.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tablekit.model.alarms import COUNTED_EVERY, composite_alarm, family_alarms, operations
from tablekit.model.errors import StageError
from tablekit.model.limits import MAX_DASHBOARD_METRICS, MAX_DASHBOARD_WIDGETS
from tablekit.model.naming import METRICS
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily, StagedTable

Body = dict[str, Any]
WIDTH = 24
"""Columns of a dashboard."""
_HEIGHT, _TITLE_HEIGHT = 6, 2
_PERIOD = 300
"""Seconds: the account's limits are published every five minutes."""
_ALARMS_A_WIDGET = 100
_METRICS_A_WIDGET = 500
"""Both from CloudWatch's structure of a dashboard's body."""
_DYNAMODB = "AWS/DynamoDB"
_SIDES = (("read", "Read"), ("write", "Write"))


def family_dashboard(family: StagedFamily) -> Body:
    """A row a table: capacity that is used of its limit, throttles, errors, latency by operation; below them what
    expires, the streams, and the system's own figures. Raises StageError where it is more than a dashboard takes.
    """
    page = _Page(family.stage.stage, family.key)
    for table in family.tables.values():
        page.title(f"## {table.name}\n{table.declared.purpose}")
        page.row([_capacity(family, table), _throttles(family, table), _errors(family, table), _latency(family, table)])
    page.row([*_expired(family), *_streams(family)])
    page.row([*_held(family)])
    if figures := family.declared.figures:
        page.title(f"## {figures.namespace}\nWhat {family.declared.title}'s own code publishes")
        page.row(
            [
                _graph(family.region, name, [[figures.namespace, name]], statistic)
                for name, statistic in figures.metrics.items()
            ]
        )
    return page.body()


def stage_dashboard(stage: StageConfig, families: Iterable[StagedFamily], account: Account) -> Body:
    """A row a family: its critical alarms, its requests, throttles and internal errors; below them refused requests.

    Raises StageError where it is more than a dashboard takes.
    """
    page, regions = _Page(stage.stage, "the whole"), set()
    all_of = sorted(families, key=lambda family: family.key)
    for family in all_of:
        regions.add(family.region)
        page.title(f"## {family.declared.title}\nFamily {family.key} in {family.region}, of {family.declared.owner}")
        page.row([*_alarms(family, account), *_totals(family)])
    page.title("## The account\nRequests that DynamoDB refused, of whatever table")
    page.row([_graph(region, f"Refused in {region}", [[_DYNAMODB, "UserErrors"]], "Sum") for region in sorted(regions)])
    if stage.item_counts:
        page.row([_held_in(region, all_of) for region in sorted(regions)])
    return page.body()


class _Page:
    """Widgets in rows, from the top; `subject` and `stage` are for the message where they are too many."""

    def __init__(self, stage: str, subject: str) -> None:
        self._where = f"stage {stage!r}: dashboards: that of {subject}"
        self._widgets: list[Body] = []
        self._bottom = 0

    def title(self, markdown: str) -> None:
        self._add({"type": "text", "properties": {"markdown": markdown}}, 0, WIDTH, _TITLE_HEIGHT)
        self._bottom += _TITLE_HEIGHT

    def row(self, widgets: Sequence[Body]) -> None:
        """At most four beside each other, all of one width; more begin another row."""
        for start in range(0, len(widgets), 4):
            four = widgets[start : start + 4]
            for place, widget in enumerate(four):
                self._add(widget, place * (WIDTH // len(four)), WIDTH // len(four), _HEIGHT)
            self._bottom += _HEIGHT

    def _add(self, widget: Body, x: int, width: int, height: int) -> None:
        self._widgets.append({"x": x, "y": self._bottom, "width": width, "height": height, **widget})

    def body(self) -> Body:
        metrics = [len(widget["properties"].get("metrics", ())) for widget in self._widgets]
        for found, most, what in (
            (len(self._widgets), MAX_DASHBOARD_WIDGETS, "widgets"),
            (sum(metrics), MAX_DASHBOARD_METRICS, "metrics"),
            (max(metrics, default=0), _METRICS_A_WIDGET, "metrics in one graph"),
        ):
            if found > most:
                raise StageError(f"{self._where} has {found} {what}, and CloudWatch takes {most}; turn dashboards off")
        return {"start": "-PT8H", "periodOverride": "inherit", "widgets": self._widgets}


def _graph(region: str, title: str, metrics: Sequence[Sequence[Any]], statistic: str, **more: Any) -> Body:
    properties = {
        "view": "timeSeries",
        "title": title,
        "region": region,
        "period": _PERIOD,
        "stat": statistic,
        "yAxis": {"left": {"min": 0, "showUnits": False}},
        "metrics": [list(each) for each in metrics],
        **more,
    }
    return {"type": "metric", "properties": properties}


def _metric(name: str, dimensions: Mapping[str, str], **options: Any) -> list[Any]:
    flat = [part for pair in dimensions.items() for part in pair]
    return [_DYNAMODB, name, *flat, *([options] if options else [])]


def _owners(table: StagedTable) -> Iterator[tuple[str, dict[str, str]]]:
    """What a table's capacity is of, with its dimensions: itself, and its global indexes."""
    yield "table", {"TableName": table.name}
    for index in sorted(table.declared.indexes, key=lambda index: index.name):
        if not index.local:
            yield index.name, {"TableName": table.name, "GlobalSecondaryIndexName": index.name}


def _capacity(family: StagedFamily, table: StagedTable) -> Body:
    """What is used of the limit, in percent: of what autoscaling goes up to, of the maximum on demand, of the fixed
    capacity, or of what the account gives a table on demand.
    """
    metrics: list[list[Any]] = []
    for side, word in _SIDES:
        account = f"AccountMaxTableLevel{word}s"
        if not table.capacity:
            metrics.append(_metric(account, {}, id=f"l{side}", stat="Maximum", visible=False))
        for place, (owner, dimensions) in enumerate(_owners(table)):
            index = dimensions.get("GlobalSecondaryIndexName")
            used, most = f"m{side}{place}", f"l{side}{place}" if table.capacity else f"l{side}"
            metrics.append(_metric(f"Consumed{word}CapacityUnits", dimensions, id=used, visible=False))
            if limit := table.ceiling(index, side) or table.maximum(index, side):
                most = str(limit)
            elif table.capacity:
                options = {"id": most, "stat": "Average", "visible": False}
                metrics.append(_metric(f"Provisioned{word}CapacityUnits", dimensions, **options))
            share = f"100 * {used} / PERIOD({used}) / {most}"
            metrics.append([{"expression": share, "label": f"{owner}: {side}s", "id": f"s{side}{place}"}])
    line = {"horizontal": [{"label": "80 %", "value": 80}]}
    return _graph(family.region, "Capacity used, % of the limit", metrics, "Sum", annotations=line)


def _throttles(family: StagedFamily, table: StagedTable) -> Body:
    metrics = [
        _metric(f"{word}ThrottleEvents", dimensions, label=f"{owner}: {side}s")
        for owner, dimensions in _owners(table)
        for side, word in _SIDES
    ]
    return _graph(family.region, "Throttled", metrics, "Sum")


def _errors(family: StagedFamily, table: StagedTable) -> Body:
    own = {"TableName": table.name}
    metrics = [
        _metric("ConditionalCheckFailedRequests", own, label="condition not met"),
        _metric("TransactionConflict", own, label="transaction conflict"),
        *(
            _metric("SystemErrors", {**own, "Operation": operation}, label=f"internal: {operation}")
            for operation in operations(table)
        ),
    ]
    return _graph(family.region, "Errors", metrics, "Sum")


def _latency(family: StagedFamily, table: StagedTable) -> Body:
    metrics = [
        _metric("SuccessfulRequestLatency", {"TableName": table.name, "Operation": operation}, label=operation)
        for operation in operations(table)
    ]
    return _graph(family.region, "Latency, ms, p99 by operation", metrics, "p99")


def _expired(family: StagedFamily) -> Iterator[Body]:
    metrics = [
        _metric("TimeToLiveDeletedItemCount", {"TableName": table.name})
        for table in family.tables.values()
        if table.declared.ttl
    ]
    if metrics:
        yield _graph(family.region, "Items deleted by TTL", metrics, "Sum")


def _streams(family: StagedFamily) -> Iterator[Body]:
    """A stream's readers are not the family's, and its label is AWS's: both are searched for."""
    names = [table.name for table in family.tables.values() if table.stream]
    if not names:
        return
    schema = "{AWS/DynamoDB,Operation,StreamLabel,TableName}"
    read = [
        [{"expression": f"SEARCH('{schema} MetricName=\"ReturnedRecordsCount\" TableName=\"{name}\"', 'Sum')"}]
        for name in names
    ]
    yield _graph(family.region, "Records read from the streams", read, "Sum")
    lag = "SEARCH('{AWS/Lambda,FunctionName} MetricName=\"IteratorAge\"', 'Maximum')"
    yield _graph(family.region, "Stream lag, ms, of every function in the region", [[{"expression": lag}]], "Maximum")


def _held(family: StagedFamily) -> Iterator[Body]:
    """Items and bytes, of tables and of their indexes, which DynamoDB counts as often as we ask."""
    if not family.stage.item_counts:
        return
    tables = [["TableName", table.name] for table in family.tables.values()]
    indexes = [
        ["TableName", table.name, "IndexName", index.name]
        for table in family.tables.values()
        for index in sorted(table.declared.indexes, key=lambda index: index.name)
    ]
    for metric, (of, owners) in product(("Items", "Bytes"), (("tables", tables), ("indexes", indexes))):
        if owners:
            series = [[METRICS, metric, *owner] for owner in owners]
            yield _graph(family.region, f"{metric} of {of}", series, "Maximum", period=COUNTED_EVERY)


def _held_in(region: str, families: Iterable[StagedFamily]) -> Body:
    """The items of each family of a region."""
    metrics: list[list[Any]] = []
    for place, family in enumerate(family for family in families if family.region == region):
        for number, table in enumerate(family.tables.values()):
            options = {"id": f"f{place}t{number}", "visible": False}
            metrics.append([METRICS, "Items", "TableName", table.name, options])
        metrics.append([{"expression": f'SUM(METRICS("f{place}t"))', "label": family.key, "id": f"sum{place}"}])
    return _graph(region, f"Items in {region}", metrics, "Maximum", period=COUNTED_EVERY)


def _alarms(family: StagedFamily, account: Account) -> Iterator[Body]:
    """The family's composite alarm, or its critical ones where it has none."""
    whole = composite_alarm(family)
    names = [whole.name] if whole else [each.name for each in family_alarms(family) if each.severity == "critical"]
    for start in range(0, len(names), _ALARMS_A_WIDGET):
        some = [account.arn("cloudwatch", family.region, f"alarm:{name}") for name in names[start:][:_ALARMS_A_WIDGET]]
        yield {"type": "alarm", "properties": {"title": "Critical alarms", "alarms": some}}


def _totals(family: StagedFamily) -> Iterator[Body]:
    """Sums over the family's tables. A sum takes the metrics whose id has its name."""
    tables = [{"TableName": table.name} for table in family.tables.values()]
    calls = [
        {"TableName": table.name, "Operation": operation}
        for table in family.tables.values()
        for operation in operations(table)
    ]
    for title, series in (
        ("Capacity units", {f"{side}s": (f"Consumed{word}CapacityUnits", tables) for side, word in _SIDES}),
        ("Throttled", {f"{side}s": (f"{word}ThrottleEvents", tables) for side, word in _SIDES}),
        ("Internal errors", {"errors": ("SystemErrors", calls)}),
    ):
        metrics: list[list[Any]] = []
        for label, (name, where) in series.items():
            metrics += [_metric(name, each, id=f"{label}{place}", visible=False) for place, each in enumerate(where)]
            metrics.append([{"expression": f'SUM(METRICS("{label}"))', "label": label, "id": f"sum{label[0]}"}])
        yield _graph(family.region, title, metrics, "Sum")
