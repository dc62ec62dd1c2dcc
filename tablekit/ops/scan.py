"""A table read in parallel, segment by segment, at the pace that it takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final

from tablekit.client.errors import ThrottledError
from tablekit.ops.seed.loader import Budget, Pace
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import SignedHttpClient

SEGMENTS: Final = 8
PAGE_ITEMS: Final = 500
"""What one call reads at most; of large items it is the service's 1 MB. It bounds the memory that a scan takes."""


@dataclass(frozen=True)
class Page:
    """A part of a segment. units: read capacity. last: where the segment goes on, None at its end."""

    segment: int
    items: list[TypedItem]
    units: float
    last: Any


def scan(
    client: SignedHttpClient,
    table: str,
    segments: int = SEGMENTS,
    begun: Mapping[int, TypedItem | None] | None = None,
    budget: Budget | None = None,
) -> Iterator[Page]:
    """The table's pages, in no order, of each segment one at a time. Raises CallError.

    begun: segment -> the `last` of its last page that is not wanted again.
    """
    pace, begun, budget = Pace(segments), begun or {}, budget or Budget(None)
    stop, usual = threading.Event(), 1.0

    def page(segment: int, start: TypedItem | None) -> Page:
        nonlocal usual
        request: dict[str, Any] = {"TableName": table, "ConsistentRead": True, "Limit": PAGE_ITEMS}
        request |= {"Segment": segment, "TotalSegments": segments}
        if start:
            request["ExclusiveStartKey"] = start
        budget.take(taken := usual, stop)
        answer = patient_call(client, pace, table, "Scan", request)
        usual = units = answer["ConsumedCapacity"]["CapacityUnits"]
        budget.correct(units - taken)
        return Page(segment, answer["Items"], units, answer.get("LastEvaluatedKey"))

    starts = {each: begun.get(each) for each in range(segments) if each not in begun or begun[each] is not None}
    with ThreadPoolExecutor(segments, thread_name_prefix="scan") as pool:
        running: set[Future[Page]] = {pool.submit(page, each, start) for each, start in starts.items()}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    found = future.result()
                    if found.last:
                        running.add(pool.submit(page, found.segment, found.last))
                    yield found
        finally:
            stop.set()
            for future in running:
                future.cancel()


def patient_call(
    client: SignedHttpClient, pace: Pace, table: str, call: str, request: Mapping[str, Any]
) -> dict[str, Any]:
    """One call that can be made twice, made again for as long as others of its pace come through. Raises CallError."""
    while True:
        with pace:
            try:
                answer = client.call(f"table {table!r}", call, request)
            except ThrottledError:
                pace.on_throttle()
                if pace.is_stuck():
                    raise
                continue
        pace.on_success()
        return answer
