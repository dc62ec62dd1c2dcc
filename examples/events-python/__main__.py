"""Another team's stack: a rule on a family's bus, and the queue that it fills."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from tablekit.contract import ContractError, family_of, read

config = pulumi.Config()
source, family, table = config.require("tables"), config.require("family"), config.require("table")
wanted = config.get_object("attributes") or {}
stack = pulumi.StackReference(source)


def heard(outputs: dict[str, object]) -> dict[str, object]:
    """What this project uses of the outputs; one message where there are no events."""
    try:
        found = family_of(read(outputs, f"stack {source}"), family)
    except ContractError as error:
        raise pulumi.RunError(str(error)) from None
    if found.events is None or table not in found.events.detail_types:
        raise pulumi.RunError(
            f"stack {source}: table {family}/{table} has no events; its stage switches them on (events)"
        )
    detail = {"detail": {"attributes": wanted}} if wanted else {}
    pattern = {"source": [found.events.source], "detail-type": [found.events.detail_types[table]], **detail}
    return {
        "bus": found.events.bus,
        "region": found.region,
        "largest": found.events.largest_bytes,
        "pattern": json.dumps(pattern),
    }


events = pulumi.Output.all(
    contractVersion=stack.get_output("contractVersion"),
    stage=stack.get_output("stage"),
    families=stack.get_output("families"),
).apply(heard)
kept: dict[str, Any] = {
    "message_retention_seconds": 14 * 24 * 3600,
    "sqs_managed_sse_enabled": True,
    "region": events["region"],
}

dead = aws.sqs.Queue("dead", **kept)
queue = aws.sqs.Queue("changes", max_message_size=events["largest"], **kept)
rule = aws.cloudwatch.EventRule(
    "changes", event_bus_name=events["bus"], event_pattern=events["pattern"], region=events["region"]
)
for name, each in (("changes", queue), ("dead", dead)):
    aws.sqs.QueuePolicy(
        name,
        queue_url=each.url,
        region=events["region"],
        policy=pulumi.Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": each.arn,
                        "Condition": {"ArnEquals": {"aws:SourceArn": rule.arn}},
                    }
                ],
            }
        ),
    )
aws.cloudwatch.EventTarget(
    "changes",
    rule=rule.name,
    event_bus_name=events["bus"],
    target_id="queue",
    arn=queue.arn,
    dead_letter_config={"arn": dead.arn},
    region=events["region"],
)

pulumi.export("queue", queue.url)
pulumi.export("dead", dead.url)
