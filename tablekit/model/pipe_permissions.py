"""What pipes may do: each reads the stream of one table, and writes to one target and one queue."""

from __future__ import annotations

from typing import Any

from tablekit.model.key_permissions import keyed
from tablekit.model.staged import Account, StagedFamily, StagedPipe
from tablekit.model.statements import Policy, allow, assume, policy, tls_only

_READS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


def pipe_trust(family: StagedFamily, pipe: StagedPipe, account: Account) -> Policy:
    """The pipe's role is for that very pipe."""
    arn = account.arn("pipes", family.region, f"pipe/{pipe.name}")
    conditions = {"StringEquals": {"aws:SourceAccount": account.id, "aws:SourceArn": arn}}
    return policy(assume("Pipe", {"Service": ["pipes.amazonaws.com"]}, conditions))


def pipe_policy(family: StagedFamily, pipe: StagedPipe, account: Account) -> Policy:
    """Only AWS knows the label of a stream, a time: so the table's streams, of which it has one at a time.

    ListStreams is of no resource, and gives names alone. What the queue gets are places in the stream, no items.
    """
    table = family.table_arn(account, family.tables[pipe.table].name)
    statements = [
        allow("Stream", _READS, [f"{table}/stream/*"]),
        allow("Streams", ["dynamodb:ListStreams"], ["*"]),
        allow("Bus", ["events:PutEvents"], [bus_arn(family, account)])
        if pipe.use == "events"
        else allow("Function", ["lambda:InvokeFunction"], [archive_function_arn(family, account)]),
        allow("Undelivered", ["sqs:SendMessage"], [queue_arn(family, account)]),
    ]
    places = [f"{service}.{family.region}.amazonaws.com" for service in ("dynamodb", "sqs")]
    through = {"StringEquals": {"kms:ViaService": places}}
    statements += keyed("Key", ["kms:Decrypt", "kms:GenerateDataKey"], family, [family.region], account, through)
    return policy(*statements)


def bus_arn(family: StagedFamily, account: Account) -> str:
    """The ARN of the family's bus."""
    return account.arn("events", family.region, f"event-bus/{family.bus}")


def archive_function_arn(family: StagedFamily, account: Account) -> str:
    """The ARN of the function that keeps the family's expired items."""
    assert family.archive is not None, "the caller has looked"
    return account.arn("lambda", family.region, f"function:{family.archive.function}")


def archive_statements(family: StagedFamily, bucket: str, prefix: str, account: Account) -> tuple[dict[str, Any], ...]:
    """What that function may do: write objects, and use the key that they are under."""
    through = {"StringEquals": {"kms:ViaService": f"s3.{family.region}.amazonaws.com"}}
    may = [allow("Archive", ["s3:PutObject"], [f"arn:{account.partition}:s3:::{bucket}/{prefix}/*"])]
    may += keyed("Key", ["kms:Decrypt", "kms:GenerateDataKey"], family, [family.region], account, through)
    return tuple(may)


def queue_arn(family: StagedFamily, account: Account) -> str:
    """The ARN of the queue of what the family's pipes gave up."""
    return account.arn("sqs", family.region, str(family.undelivered))


def queue_policy(family: StagedFamily, account: Account) -> Policy:
    """By TLS alone. Who sends and reads needs a policy of its own: the pipes' roles have one."""
    return policy(tls_only(["sqs:*"], queue_arn(family, account)) | {"Principal": {"AWS": "*"}})
