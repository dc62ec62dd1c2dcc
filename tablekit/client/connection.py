"""Runs declared access patterns by name, from a stack's outputs alone."""

from __future__ import annotations

import logging
import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name

from tablekit.client.aws import Clients, translated
from tablekit.client.errors import (
    CallError,
    ParameterError,
    PatternError,
    RefusedError,
    ResourceNotFoundError,
    ThrottledError,
)
from tablekit.client.requests import BATCH, Pattern
from tablekit.client.results import Capacity, Options, Result, capacity, from_dynamodb, to_dynamodb
from tablekit.contract import Contract, ExportedFamily, family_of, read, read_file
from tablekit.contract.parts import assembled
from tablekit.model.errors import did_you_mean
from tablekit.model.naming import parameter_path

_log = logging.getLogger(__name__)
_ROUNDS = 8
"""How often a batch's unprocessed items are sent again, with full jitter up to 50 ms * 2**round."""
_AT_ONCE = 10
"""Parameters that one GetParametersByPath gives at most."""
_DEFAULT = Options()


def connect(outputs: Contract | Mapping[str, Any] | Path, aws: Any = None) -> Connection:
    """The tables of a stack.

    outputs: what the stack exports: its contract, the mapping of outputs, or a file of `pulumi stack output --json`.
    aws: `Clients`, or one boto3 DynamoDB client that serves every family (they may be in several regions); the
        default is `Clients()`, boto3's usual search for credentials. It is safe to share between threads.

    Raises ContractError where the outputs are none. Nothing is called yet.
    """
    if isinstance(outputs, Path):
        contract = read_file(outputs)
    else:
        contract = outputs if isinstance(outputs, Contract) else read(outputs)
    return Connection(contract, Clients() if aws is None else aws)


def connect_parameters(stage: str, family: str, region: str | None = None, aws: Clients | None = None) -> Connection:
    """The tables of one family of a stage, as `connect` gives them, by the contract that the stage publishes in SSM.

    region: the family's; default: AWS_REGION, as Lambda and ECS set it, or else what boto3 finds. aws: default
    `Clients()`. The caller needs ssm:GetParametersByPath on the family's path, which the family's roles have.

    Reads the contract at once, in one call for ten parts. Raises ContractError where it is not published, of an unknown
    version or not whole, and the errors of `tablekit.client.errors` for what AWS answers.
    """
    clients = Clients() if aws is None else aws
    path = f"{parameter_path(stage, family)}/contract/"
    with translated(path):
        place = region or os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not place:
        raise CallError(f"{path}: no region to read it in; give region, or set AWS_REGION to the family's")
    with translated(f"{path} in {place}"):
        sizes = {"PageSize": _AT_ONCE}
        pages = clients.pages("ssm", place, "get_parameters_by_path", Path=path, PaginationConfig=sizes)
        found = {parameter["Name"]: parameter["Value"] for page in pages for parameter in page["Parameters"]}
    return connect(assembled(found, stage, family, place), clients)


class Connection:
    """A stack's families; made by `connect`."""

    def __init__(self, contract: Contract, aws: Any) -> None:
        self.contract = contract
        self._aws = aws

    def family(self, key: str) -> FamilyTables:
        """A family's tables; ContractError names the families there are."""
        exported = family_of(self.contract, key)
        client = self._aws.get("dynamodb", exported.region) if isinstance(self._aws, Clients) else self._aws
        return FamilyTables(key, self.contract.stage, exported, client)


class FamilyTables:
    """A family's tables, by their access patterns; made by `Connection.family`.

    client: the boto3 DynamoDB client of the family's region, for what no pattern declares.
    """

    def __init__(self, key: str, stage: str, exported: ExportedFamily, client: Any) -> None:
        self.key, self.stage, self.exported, self.client = key, stage, exported, client
        self.pattern = cache(self._pattern)

    def run(self, pattern: str, options: Options = _DEFAULT, /, **arguments: Any) -> Result:
        """Run a declared access pattern and give all of its result.

        arguments: the pattern's parameters, in plain Python: str, int or Decimal (no float), bool, bytes, None, dict,
            list, set. A put takes `item` (a dict), a batch write `items` (dicts, any number of them), written as they
            are; `put` makes them of their fields.

        Raises PatternError for a name that isn't declared, ParameterError for arguments that don't fit (both before
        anything is sent), and the other errors of `tablekit.client.errors` for what AWS answers. A batch write that
        fails may have written some of its items; sending all of them again is safe.
        """
        chosen = self.pattern(pattern)
        if chosen.exported.operation in ("query", "scan"):
            pages = list(self.pages(pattern, options, **arguments))
            return Result(
                tuple(item for page in pages for item in page.items),
                sum((page.capacity for page in pages), Capacity()),
                sum(page.examined for page in pages),
                len(pages),
                pages[-1].more,
            )
        _only_consistent(chosen, options)
        request = chosen.request(arguments)
        if chosen.exported.operation == "batch-write":
            return self._write_batches(chosen, request["Items"])
        if options.consistent:
            request["ConsistentRead"] = True
        answer = self._call(chosen, request)
        found = answer.get("Item" if chosen.exported.operation == "get" else "Attributes")
        examined = int(chosen.exported.operation == "get")
        return Result((from_dynamodb(found),) if found else (), capacity([answer]), examined)

    def put(self, pattern: str, /, *items: Mapping[str, Any], entity: str | None = None, **arguments: Any) -> Result:
        """Run a declared put or batch write of items of the table's entities, each made of its fields.

        items: one for a put, any number for a batch write: field -> value. Keys that have a template are composed of
            the fields, as `TENANT#{tenant_id}`; what may stand in an item is in the contract. A table that has no
            entity takes items as they are.
        entity: which kind of item, where the pattern writes several. arguments: what the condition takes.

        Raises ParameterError for a field that is unknown, missing or of another type, and for a key that its fields
        contradict, before anything is sent; and what `run` raises.
        """
        chosen = self.pattern(pattern)
        made = [chosen.compose(fields, entity) for fields in items]
        if chosen.exported.operation == "batch-write":
            return self.run(pattern, items=made, **arguments)
        if chosen.exported.operation != "put" or len(made) != 1:
            raise ParameterError(
                f"{chosen.subject}: a {chosen.exported.operation} of {len(made)} items; a put takes one, a batch-write "
                "any number, and any other pattern goes with run"
            )
        return self.run(pattern, item=made[0], **arguments)

    def pages(self, pattern: str, options: Options = _DEFAULT, /, **arguments: Any) -> Iterator[Result]:
        """Run a declared query or scan page by page, each fetched when it is asked for; else as `run`.

        A page may be empty and not the last: DynamoDB filters after it has read. With a filter, a small limit may
        therefore take several calls. A pattern's own limit is DynamoDB's: so many items are read, before the filter,
        and there it ends, with `more` for who wants to go on.
        """
        chosen = self.pattern(pattern)
        if chosen.exported.operation not in ("query", "scan"):
            raise ParameterError(f"{chosen.subject}: a {chosen.exported.operation} has no pages; use run")
        for name in ("limit", "page_size"):
            if (number := getattr(options, name)) is not None and number < 1:
                raise ParameterError(f"{chosen.subject}: {name} is {number}; it is 1 or more")
        _only_consistent(chosen, options)
        request = chosen.request(arguments)
        return self._fetch(chosen, request, options)

    def _fetch(self, chosen: Pattern, request: dict[str, Any], options: Options) -> Iterator[Result]:
        left, unread = options.limit, request.pop("Limit", None)
        if options.consistent:
            request["ConsistentRead"] = True
        after = to_dynamodb(options.after) if options.after else None
        while True:
            sizes = [size for size in (left, unread, options.page_size) if size is not None]
            extra: dict[str, Any] = {"Limit": min(sizes)} if sizes else {}
            if after:
                extra["ExclusiveStartKey"] = after
            answer = self._call(chosen, {**request, **extra})
            items = tuple(from_dynamodb(item) for item in answer.get("Items", ()))
            after = answer.get("LastEvaluatedKey")
            more = from_dynamodb(after) if after else None
            examined = int(answer.get("ScannedCount", len(items)))
            yield Result(items, capacity([answer]), examined, 1, more)
            left = None if left is None else left - len(items)
            unread = None if unread is None else max(unread - examined, 0)
            if not after or 0 in (left, unread):
                return

    def _pattern(self, name: str) -> Pattern:
        """A pattern by its name; PatternError names the nearest."""
        patterns = self.exported.access_patterns
        if name not in patterns:
            raise PatternError(
                f"family {self.key!r} in stage {self.stage!r} has no access pattern {name!r}"
                f"{did_you_mean(name, patterns)}; it has {len(patterns)}: `tablekit list {self.key}` names them"
            )
        found = patterns[name]
        if found.table not in self.exported.tables:
            raise PatternError(f"{self.key}/{name}: the contract has no table {found.table!r}; deploy the stack anew")
        return Pattern(f"{self.key}/{name}", found, self.exported.tables[found.table])

    def _call(self, chosen: Pattern, request: Mapping[str, Any]) -> dict[str, Any]:
        subject = f"{chosen.subject} on table {chosen.table.name!r}"
        try:
            with translated(subject):
                answer: dict[str, Any] = getattr(self.client, xform_name(chosen.action))(**request)
                return answer
        except (RefusedError, ResourceNotFoundError) as error:
            # DynamoDB calls it a validation error, an emulator a missing resource.
            if chosen.exported.index and re.search("specified index|Invalid index", str(error)):
                raise ResourceNotFoundError(
                    f"{subject}: it has no index {chosen.exported.index!r}, which the contract names"
                ) from error
            raise

    def _write_batches(self, chosen: Pattern, items: list[dict[str, Any]]) -> Result:
        answers = []
        for start in range(0, len(items), BATCH):
            left = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
            for again in range(_ROUNDS + 1):
                if again:
                    _log.info("%d items of table %s were not taken, and are sent again", len(left), chosen.table.name)
                    time.sleep(random.uniform(0, 0.05 * 2**again))  # noqa: S311 - jitter is no secret
                request = {"RequestItems": {chosen.table.name: left}, "ReturnConsumedCapacity": "INDEXES"}
                answer = self._call(chosen, request)
                answers.append(answer)
                left = answer.get("UnprocessedItems", {}).get(chosen.table.name, [])
                if not left:
                    break
            else:
                raise ThrottledError(
                    f"{chosen.subject} on table {chosen.table.name!r}: {len(left)} of {len(items)} items are "
                    f"unprocessed still, after {_ROUNDS + 1} attempts; try later or more slowly"
                )
        return Result((), capacity(answers), pages=len(answers))


def _only_consistent(chosen: Pattern, options: Options) -> None:
    if options.consistent and chosen.exported.index:
        raise ParameterError(f"{chosen.subject}: an index has no consistent read; leave consistent out")
    operation = chosen.exported.operation
    fits = operation in ("query", "scan") or (operation == "get" and options == Options(consistent=options.consistent))
    if options != _DEFAULT and not fits:
        raise ParameterError(f"{chosen.subject}: a {operation} takes no such options; leave them out")
