"""Live tables against what the stage expects of them: each difference, what becomes of it, and what to do.

This is the one comparison of tables: `tablekit live diff`, `adopt`, `drift` and `smoke` show it in their own ways.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from tablekit.model.naming import PROJECT
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.ops.drift import DEPLOY, REFRESH, by_hand, statements, summarize
from tablekit.ops.live import capacity
from tablekit.ops.live.shape import ANONYMOUS, Live, LiveTable, masked
from tablekit.ops.output import counted
from tablekit.ops.report import Judged, Report, Sentence, Sign
from tablekit.ops.workbench.module import Call, flat
from tablekit.resources import Expected, tables

Class = Literal["declare", "update", "stays", "goes", "unknown"]
"""What becomes of a difference.

declare: the first update would replace the table, or AWS refuses it: the declaration is to be changed.
update: the first update changes it on the table as it stands.
stays: it is on AWS and not declared, and no update touches it.
goes: it is on AWS and not declared, and the first update takes it away.
unknown: it could not be read.
"""
SAYS: Final[Mapping[Class, tuple[str, Sign, int]]] = {
    "declare": ("to be declared", Sign.BAD, 3),
    "goes": ("would be taken away", Sign.CAUTION, 2),
    "stays": ("stays, undeclared", Sign.CAUTION, 2),
    "unknown": ("not read", Sign.CAUTION, 2),
    "update": ("changed in place", Sign.GOOD, 0),
}
"""By class: its words, its sign, and its exit code."""
MISSING: Final = "missing"
FIRST: Final = ("deletion protection", "point-in-time recovery")
"""What of equal weight is shown first: nothing is lost any more once these are on."""
OWNER: Final = "owner"
"""What a difference is called where the table belongs to another stack."""


@dataclass(frozen=True)
class Difference:
    """One difference of a table. found, expected: as they are shown. do: what to do; empty where nothing is to be.

    repairs: what makes the table as declared, as a `Problem` has it; none where no command does.
    """

    table: str
    what: str
    found: str
    expected: str
    kind: Class
    do: str = ""
    repairs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """In a line."""
        found = MISSING if self.found == MISSING else f"found {self.found}"
        return f"{self.what}: {found}, expected {self.expected}"


def differences(live: Live, family: StagedFamily, endpoint: str | None = None) -> list[Difference]:
    """Every difference of the tables that are there; a table that is not there is none: it would be created.

    endpoint: an emulator's, for the commands that repair.
    """
    account = Account(live.account, live.partition)
    return [
        each
        for shape in live.tables
        if shape.there and shape.table in family.tables
        for each in table_differences(shape, family, family.tables[shape.table], account, endpoint=endpoint)
    ]


def table_differences(
    shape: LiveTable,
    family: StagedFamily,
    table: StagedTable,
    account: Account,
    whole: bool = True,
    endpoint: str | None = None,
) -> Iterator[Difference]:
    """Every difference of one table. whole: with what is on AWS and no family declares, as a tag or a replica.

    endpoint: an emulator's, for the commands that repair.
    """
    expected = tables.table(f"{family.key}-{shape.table}", family, table)
    own = tables.resource_policy(shape.table, family, table, account)
    policy = own.inputs["policy"] if own else "null"
    if account.id == ANONYMOUS:
        shape = LiveTable.model_validate_json(masked(shape.model_dump_json()))
        expected = replace(expected, inputs=json.loads(masked(json.dumps(expected.inputs))))
        policy = masked(policy)
    comparison = _Comparison(shape, expected, family, endpoint)
    yield from comparison.structure()
    yield from comparison.settings()
    if whole:
        yield from comparison.beside(json.loads(policy))
        yield from comparison.autoscaling(capacity.targets(shape.table, family, table))
    for what, why in shape.unread.items():
        yield comparison.one(what, why, "to be read", "unknown", "give the permission, and look again")


class _Comparison:
    """One table as it is found and as it is wanted, both with the names of the engine's inputs."""

    def __init__(self, shape: LiveTable, expected: Expected, family: StagedFamily, endpoint: str | None) -> None:
        self.shape, self.found, self.wanted, self.family = shape, shape.inputs, expected.inputs, family
        self.endpoint, self.moved = endpoint, expected.moves
        self.types, self.expected_types = (
            {each["name"]: each["type"] for each in of["attributes"]} for of in (self.found, self.wanted)
        )

    def one(self, what: str, found: Any, expected: Any, kind: Class, do: str = "", *repairs: str) -> Difference:
        """The difference. Where the first update makes it, it makes it behind the stack too, by a refresh."""
        by = repairs or ((REFRESH,) if kind in ("update", "goes") else ())
        return Difference(self.shape.table, what, _text(found), _text(expected), kind, do, by)

    def differs(
        self, what: str, found: Any, expected: Any, kind: Class, do: str = "", *repairs: str
    ) -> Iterator[Difference]:
        """It, where there is one."""
        if found != expected:
            yield self.one(what, found, expected, kind, do, *repairs)

    def by_hand(self, call: str, service: str = "dynamodb", **given: Any) -> str:
        """A command for what no deployment does."""
        return by_hand(self.endpoint, self.found["region"], service, call, **given)

    def structure(self) -> Iterator[Difference]:
        """What a table is made of, which nobody can change but its global indexes."""
        found, wanted = self.found, self.wanted
        yield from self._owner()
        if self.shape.status != "UPDATING":
            yield from self.differs("status", self.shape.status, "ACTIVE", "declare", "wait until the table is ACTIVE")
        yield from self.differs(
            "name", found["name"], wanted["name"], "declare", "name it so by the family's table_name"
        )
        do = f'region="{found["region"]}" of the family'
        yield from self.differs("region", found["region"], wanted["region"], "declare", do)
        one, other = (_keys(inputs, of) for inputs, of in ((found, self.types), (wanted, self.expected_types)))
        range_key = f", range_key={self._key(found['rangeKey'])}" if "rangeKey" in found else ", no range_key"
        yield from self.differs("keys", one, other, "declare", f"hash_key={self._key(found['hashKey'])}{range_key}")
        yield from self._indexes()

    def _owner(self) -> Iterator[Difference]:
        """Another stack's mark: a tag that this project writes, or the one that CloudFormation does."""
        tags = self.found.get("tags") or {}
        do = "let that stack release it first, or give the table another name"
        if self.shape.stack:
            yield self.one(OWNER, f"CloudFormation's stack {self.shape.stack!r}", "none", "declare", do)
        own = (self.family.key, self.family.stage.stage)
        theirs = (tags.get("family", own[0]), tags.get("stage", own[1]))
        if tags.get("project") == PROJECT and theirs != own:
            said, mine = (f"family {each[0]!r} in stage {each[1]!r}" for each in (theirs, own))
            yield self.one(OWNER, said, mine, "declare", do)

    def _key(self, name: str) -> str:
        return flat(Call(self.types.get(name, "S"), (name,)))

    def _indexes(self) -> Iterator[Difference]:
        here, there = (
            {each["name"]: each for kind in ("global", "local") for each in of.get(f"{kind}SecondaryIndexes") or ()}
            for of in (self.found, self.wanted)
        )
        for name in sorted(here.keys() | there.keys()):
            what = f"index {name!r}"
            one, other = here.get(name), there.get(name)
            shown = _index(one, self.found, self.types) if one else MISSING
            expected = _index(other, self.wanted, self.expected_types) if other else "none"
            if status := self.shape.building.get(name):
                yield self.one(f"{what}: status", status, "ACTIVE", "declare", "wait until the index is ACTIVE")
            elif shown == expected:
                assert one
                assert other
                yield from self._throughput(f"{what}: ", one, other, name)
            elif "rangeKey" in (one or {}) or "rangeKey" in (other or {}):
                do = f"{self._declared(one)} in indexes" if one else "take it away: it can only be made with its table"
                yield self.one(what, shown, expected, "declare", do)
            elif one is None:
                yield self.one(what, shown, f"ACTIVE with {expected}", "update")
            elif other is None:
                yield from self._undeclared(name, shown, one)
            else:
                retyped = _retyped(one, other, self.types, self.expected_types)
                do = f"declare it as it is: {self._declared(one)}; else it is dropped and built anew"
                yield self.one(what, shown, expected, "declare" if retyped else "goes", do)

    def _undeclared(self, name: str, shown: str, index: Mapping[str, Any]) -> Iterator[Difference]:
        do = f"declare it, or see that nobody queries it: {self._declared(index)}"
        if self.wanted.get("globalSecondaryIndexes"):
            yield self.one(f"index {name!r}", shown, "none: it is declared nowhere", "goes", do)
            return
        # The AWS plugin takes no indexes at all for "as they are", so that it never drops the last one.
        drop = self.by_hand(
            "update-table",
            table_name=self.found["name"],
            global_secondary_index_updates=[{"Delete": {"IndexName": name}}],
        )
        yield self.one(f"index {name!r}", shown, "none: it is declared nowhere", "stays", do, drop, REFRESH)

    def _declared(self, index: Mapping[str, Any]) -> str:
        """The line that declares it."""
        keys = _index_keys(index, self.found["hashKey"])
        fields: dict[str, Any] = {"name": index["name"], "hash_key": Call(self.types.get(keys[0], "S"), (keys[0],))}
        fields |= {"range_key": Call(self.types.get(keys[1], "S"), (keys[1],))} if keys[1:] else {}
        fields |= {"purpose": "…"}
        fields |= {"projection": index["projectionType"]} if index["projectionType"] != "ALL" else {}
        fields |= {"include": tuple(index["nonKeyAttributes"])} if index.get("nonKeyAttributes") else {}
        return flat(Call("Index", (), fields | ({"local": True} if "rangeKey" in index else {})))

    def settings(self) -> Iterator[Difference]:
        """What an update changes on the table as it stands, with some exceptions."""
        found, wanted = self.found, self.wanted
        if "TTL" not in self.shape.unread:
            yield from self._ttl()
        yield from self._encryption()
        one, other = found.get("streamViewType"), wanted.get("streamViewType")
        yield from self.differs("stream", one, other, "goes" if one else "update", f'stream="{one}"' if one else "")
        one, other = (_on(each["deletionProtectionEnabled"]) for each in (found, wanted))
        yield from self.differs("deletion protection", one, other, "update")
        yield from self.differs("billing mode", found["billingMode"], wanted["billingMode"], "update")
        yield from self._throughput("", found, wanted)
        if "point-in-time recovery" not in self.shape.unread:
            recovery = found.get("pointInTimeRecovery") or {}
            yield from self.differs("point-in-time recovery", _on(bool(recovery)), "on", "update")
            one, other = (each.get("recoveryPeriodInDays") for each in (recovery, wanted["pointInTimeRecovery"]))
            if recovery and one != other:
                yield self.one("window of point-in-time recovery", one, f"{other} days", "update")
        if "tags" not in self.shape.unread:
            tags = found.get("tags") or {}
            for name, value in wanted["tags"].items():
                yield from self.differs(f"tag {name!r}", tags.get(name), value, "update")

    def _ttl(self) -> Iterator[Difference]:
        found, wanted = self.found.get("ttl"), self.wanted.get("ttl")
        one, other = (each["attributeName"] if each and each["enabled"] else None for each in (found, wanted))
        if one == other:
            return
        said, expected = (f"on {each!r}" if each else "off" for each in (one, other))
        if one is None:
            do = "see what the attribute holds: items expire from then on"
            yield self.one("TTL", said, expected, "update", do)
        elif other is None and wanted and wanted["attributeName"] == one:
            yield self.one("TTL", said, expected, "update")
        else:
            # The AWS plugin switches no TTL off that is not declared, and DynamoDB moves none that is on.
            off = {"Enabled": False, "AttributeName": one}
            switch = self.by_hand("update-time-to-live", table_name=self.found["name"], time_to_live_specification=off)
            do = f'ttl="{one}" keeps it; ttl_was="{one}" switches it off'
            if other:
                do = f'ttl="{one}": DynamoDB moves no TTL that is on; switch it off first'
            yield self.one("TTL", said, expected, "declare" if wanted else "stays", do, switch, REFRESH)

    def _encryption(self) -> Iterator[Difference]:
        one, other = ((of.get("serverSideEncryption") or {}) for of in (self.found, self.wanted))
        yield from self.differs("encryption with KMS", bool(one), True, "update")
        if one and (key := other.get("kmsKeyArn")):
            found = one.get("kmsKeyArn") or "the AWS-managed one"
            yield from self.differs("encryption key", found, key, "update", "keep the old key until it is done")

    def beside(self, policy: Mapping[str, Any] | None) -> Iterator[Difference]:
        """What is on AWS and no family declares; policy: the resource policy that the stage sets."""
        name, found = self.found["name"], self.found
        key = (found.get("serverSideEncryption") or {}).get("kmsKeyArn")
        if key and not self.wanted["serverSideEncryption"].get("kmsKeyArn") and "KMS key" not in self.shape.unread:
            do = f"encryption: customer-managed with this key, or otherKmsKeyArns: {key}"
            managed = self.by_hand(
                "update-table", table_name=name, sse_specification={"Enabled": True, "SSEType": "KMS"}
            )
            yield self.one("encryption key", key, "the AWS-managed one", "stays", do, managed, REFRESH)
        for tag, value in (found.get("tags") or {}).items():
            if tag not in self.wanted["tags"]:
                yield self.one(f"tag {tag!r}", value, None, "goes", f"tags={flat({tag: value})} of the family")
        yield from self._policy(policy)
        replicas = [{"regionName": region} for region in sorted(self.family.replicas)] or None
        if found.get("replicas") or not self.endpoint:  # an emulator makes none
            do = "a replica goes with its items, and nothing here takes one away: name its region in replicas"
            yield from self.differs("replicas", found.get("replicas"), replicas, "declare", do)
        one, other = (each.get("tableClass", "STANDARD") for each in (found, self.wanted))
        yield from self.differs("table class", one, other, "update", f"tableClasses: {one}")

    def _throughput(
        self, what: str, one: Mapping[str, Any], other: Mapping[str, Any], index: str = ""
    ) -> Iterator[Difference]:
        """Of the table or of an index."""
        for label, *rest in capacity.throughput(self.found, self.wanted, one, other, index, self.moved, self.by_hand):
            yield self.one(f"{what}{label}", *rest)

    def autoscaling(self, targets: Mapping[str, Expected]) -> Iterator[Difference]:
        """What moves capacity, against the targets that are expected."""
        if "autoscaling" not in self.shape.unread:
            for row in capacity.autoscaling(self.shape.scaled, targets, self.found["name"], self.by_hand):
                yield self.one(*row)

    def _policy(self, expected: Mapping[str, Any] | None) -> Iterator[Difference]:
        if "resource policy" in self.shape.unread:
            return
        found = json.loads(self.shape.policy) if self.shape.policy else None
        one, other = (statements(each) if each else None for each in (found, expected))
        if one == other:
            return
        if expected:
            yield self.one("resource policy", summarize(found), summarize(expected), "update")
        else:
            arn = self.shape.arn
            drop = self.by_hand("delete-resource-policy", resource_arn=arn)
            yield self.one("resource policy", summarize(found), None, "stays", "see whom it lets in", drop)


def _keys(of: Mapping[str, Any], types: Mapping[str, str]) -> str:
    return _typed([of["hashKey"], *([of["rangeKey"]] if "rangeKey" in of else [])], types)


def _typed(names: Sequence[str], types: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{types.get(name, '?')}" for name in names)


def _index_keys(index: Mapping[str, Any], hash_key: str) -> list[str]:
    """A global index's keys; a local one has the table's hash key."""
    if "rangeKey" in index:
        return [hash_key, index["rangeKey"]]
    return [each["attributeName"] for each in index["keySchemas"]]


def _index(index: Mapping[str, Any], table: Mapping[str, Any], types: Mapping[str, str]) -> str:
    kind = "local, keys" if "rangeKey" in index else "keys"
    include = f" of {', '.join(index['nonKeyAttributes'])}" if index.get("nonKeyAttributes") else ""
    keys = _typed(_index_keys(index, table["hashKey"]), types)
    return f"{kind} {keys}, projection {index['projectionType']}{include}"


def _retyped(
    one: Mapping[str, Any], other: Mapping[str, Any], types: Mapping[str, str], expected: Mapping[str, str]
) -> bool:
    """Whether a key of both has another type, which no update changes."""
    both = {each["attributeName"] for each in one["keySchemas"]} & {
        each["attributeName"] for each in other["keySchemas"]
    }
    return any(types.get(name) != expected.get(name) for name in both)


def _on(value: bool) -> str:
    return "on" if value else "off"


def _text(value: Any) -> str:
    if value in (None, [], {}):
        return "none"
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else str(value)


def report(live: Live, family: StagedFamily, found: list[Difference], title: str) -> Report:
    """What a person, a pull request or a program reads of it."""
    code = max([SAYS[each.kind][2] for each in found] + [SAYS["unknown"][2] if live.unread else 0])
    missing = [shape.table for shape in live.tables if not shape.there]
    rows = [
        (each.table, each.what, each.found, each.expected, Judged(*SAYS[each.kind][:2]), Sentence(each.do))
        for each in sorted(found, key=lambda each: (-SAYS[each.kind][2], each.what not in FIRST, each.table, each.what))
    ]
    there = len(live.tables) - len(missing)
    counts = f"{counted(there, 'table')} on AWS, {counted(len(found), 'difference')}"
    summary = f"Family {family.key} in stage {live.stage}: {counts}."
    notes = [("Not there, and would be created:", missing)] if missing else []
    repairs = [repair for each in found for repair in each.repairs if repair not in (REFRESH, DEPLOY)]
    if repairs:
        notes.append(("Instead of declaring it, and by hand, since no deployment does it:", repairs))
    if live.unread:
        notes.append(("Not read:", [f"{what}: {why}" for what, why in live.unread.items()]))
    return Report(
        title=title,
        summary=summary,
        verdict={0: "as declared, or changed in place", 2: "somebody has to look", 3: "to be declared first"}[code],
        exit_code=code,
        columns=("table", "what", "on AWS", "declared", "what becomes of it", "what to do"),
        rows=rows,
        notes=notes,
        data={
            "version": 1,
            "stage": live.stage,
            "family": family.key,
            "exitCode": code,
            "differences": [
                {"table": each.table, "what": each.what, "found": each.found, "expected": each.expected}
                | {"class": each.kind, "do": each.do}
                for each in found
            ],
            "missing": missing,
            "unread": live.unread,
        },
    )
