"""Settings of events and of the archive: what is wrong is one message."""

from __future__ import annotations

from typing import Any

import pytest

from tablekit.model import Archive, Catalogue, Events, StageError, load_stage
from tests.support.declare import LOOPBACK, family, table

SHOP = Catalogue([family(tables=(table(events=Events(purpose="orders"), archive=Archive(purpose="cold")),))])
EVENTS, ARCHIVE = {"events": True}, {"archive": True}


def refused(settings: dict[str, Any], says: str, local: Any = None) -> Any:
    """Settings beside those that a stage has to have, and what is said of them. local: its endpoints there."""
    return pytest.param("local" if local else "dev", settings, {"endpoints": local} if local else {}, says, id=says)


@pytest.mark.parametrize(
    ("stage", "settings", "aws", "says"),
    [
        refused({"events": "all"}, "events: 'all' is not allowed"),
        refused(
            {"eventDelivery": {"keptDays": 7}}, "eventDelivery is given, and events is false; set it to true, or remove"
        ),
        refused({**EVENTS, "eventDelivery": {"keptDays": 0}}, "eventDelivery.keptDays: 0 is not allowed … 1"),
        refused(
            {**EVENTS, "eventDelivery": {"largestKilobytes": 1025}}, "largestKilobytes: 1025 is not allowed … 1024"
        ),
        refused({**EVENTS, "eventDelivery": {"withinMinutes": 1441}}, "withinMinutes: 1441 is not allowed … 1440"),
        refused({**EVENTS, "eventDelivery": {"retries": 0}}, "eventDelivery.retries: 0 is not allowed … 1"),
        refused({**EVENTS, "eventDelivery": {"days": 7}}, "eventDelivery.days"),
        refused(
            {**EVENTS, "eventDelivery": {"largestKilobytes": 12}},
            "eventDelivery.largestKilobytes: table shop/orders: an event may have 13312 bytes, and 12288 are allowed",
        ),
        refused(
            {**EVENTS, "streams": {"shop/orders": "KEYS_ONLY"}},
            "streams: table shop/orders: KEYS_ONLY, and events can't do with less than NEW_IMAGE; set that",
        ),
        refused({"archive": "all"}, "archive: 'all' is not allowed"),
        refused(
            {"archiveStorage": {"coldAfterDays": 90}}, "archiveStorage is given, and archive is false; set it to true"
        ),
        refused(
            {**ARCHIVE, "archiveStorage": {"infrequentAfterDays": 29}}, "infrequentAfterDays: 29 is not allowed … 30"
        ),
        refused(
            {**ARCHIVE, "archiveStorage": {"coldAfterDays": 59}},
            "archiveStorage: coldAfterDays 59 is less than 30 days after infrequentAfterDays 30, which S3 wants",
        ),
        refused(
            {**ARCHIVE, "archiveStorage": {"deleteAfterDays": 180}},
            "archiveStorage: deleteAfterDays 180 is not after coldAfterDays 180; give more, or leave it away",
        ),
        refused({**ARCHIVE, "archiveStorage": {"classes": []}}, "archiveStorage.classes"),
        refused(
            {**ARCHIVE, "streams": {"shop/orders": "NEW_IMAGE"}},
            "streams: table shop/orders: NEW_IMAGE, and archive can't do with less than OLD_IMAGE; set that",
        ),
        refused(
            {**EVENTS, **ARCHIVE, "streams": {"shop/orders": "NEW_IMAGE"}},
            "streams: table shop/orders: NEW_IMAGE, and events and archive can't do with less than NEW_AND_OLD_IMAGES",
        ),
        refused(ARCHIVE, "no 'pipes' … sns, pipes, sqs, s3, lambda, logs, glue needs one", local=[LOOPBACK]),
        refused(
            EVENTS, "no 'events' … each of dynamodb, iam, sts, cloudwatch, sns, events, pipes, sqs", local=[LOOPBACK]
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_one_message(
    stage: str, settings: dict[str, Any], aws: dict[str, Any], says: str
) -> None:
    with pytest.raises(StageError) as error:
        load_stage(stage, {"families": ["shop"], **settings}, {"region": "eu-west-2", **aws}, SHOP)
    text = str(error.value)
    assert "\n" not in text
    for part in says.split(" … "):
        assert part in text
