"""Live tables against what the stage expects of them: each difference, what becomes of it, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from tablekit.model.staged import StagedFamily
from tablekit.ops.live.shape import Live, LiveTable
from tablekit.ops.report import Judged, Report, Sentence, Sign
from tablekit.resources.tables import table as expected_table

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
_KEYS: Final = ("hashKey", "rangeKey")


@dataclass(frozen=True)
class Difference:
    """One difference of a table. found, expected: as they are shown. do: what to do; empty where nothing is to be."""

    table: str
    what: str
    found: str
    expected: str
    kind: Class
    do: str = ""


def differences(live: Live, family: StagedFamily) -> list[Difference]:
    """Every difference of the tables that are there; a table that is not there is none: it would be created."""
    return [
        each
        for shape in live.tables
        if shape.there and shape.table in family.tables
        for each in _of_table(
            shape, expected_table(f"{family.key}-{shape.table}", family, _staged(family, shape)).inputs
        )
    ]


def _staged(family: StagedFamily, shape: LiveTable) -> Any:
    return family.tables[shape.table]


def _of_table(shape: LiveTable, wanted: Mapping[str, Any]) -> Iterator[Difference]:
    found = shape.inputs

    def differs(what: str, one: Any, other: Any, kind: Class, do: str = "") -> Iterator[Difference]:
        if one != other:
            yield Difference(shape.table, what, _text(one), _text(other), kind, do)

    declare: Class = "declare"
    if shape.status not in ("ACTIVE", "UPDATING"):
        yield from differs("status", shape.status, "ACTIVE", declare, "wait until the table is ACTIVE")
    yield from differs("name", found["name"], wanted["name"], declare, "name it in the family's table_name")
    yield from differs(
        "region", found["region"], wanted["region"], declare, f'region="{found["region"]}" of the family'
    )
    types = {each["name"]: each["type"] for each in found["attributes"]}
    expected_types = {each["name"]: each["type"] for each in wanted["attributes"]}
    for key in _KEYS:
        one, other = (_key(inputs.get(key), of) for inputs, of in ((found, types), (wanted, expected_types)))
        name = "hash_key" if key == "hashKey" else "range_key"
        yield from differs(key, one, other, declare, f"{name}={one}" if one else f"take {name} away")
    yield from _local_indexes(shape, wanted, types, expected_types)
    yield from _global_indexes(shape, wanted, types, expected_types)
    yield from _ttl(shape.table, found.get("ttl"), wanted.get("ttl"), "TTL" in shape.unread)
    yield from _stream(shape.table, found.get("streamViewType"), wanted.get("streamViewType"))
    yield from _encryption(shape.table, found, wanted)
    for name in ("pointInTimeRecovery", "deletionProtectionEnabled", "billingMode", "readCapacity", "writeCapacity"):
        if name == "pointInTimeRecovery" and "point-in-time recovery" in shape.unread:
            continue
        yield from differs(name, found.get(name), wanted.get(name), "update")
    yield from _tags(shape, wanted.get("tags") or {})
    replicas = "a replica goes with its items; no family declares one: keep the table out of the stack"
    yield from differs("replicas", found.get("replicas"), None, declare, replicas)
    yield from differs("tableClass", found.get("tableClass"), None, "update")
    yield from differs("onDemandThroughput", found.get("onDemandThroughput"), None, "stays")
    yield from differs("resource policy", shape.policy, None, "stays", "see whom it lets in")
    yield from differs("autoscaling", list(shape.scaled) or None, None, "stays", "it changes what provisioned fixes")
    for what, why in shape.unread.items():
        yield Difference(shape.table, what, why, "to be read", "unknown", "give the permission, and look again")


def _key(name: str | None, types: Mapping[str, str]) -> str | None:
    return f'{types.get(name, "S")}("{name}")' if name else None


def _local_indexes(
    shape: LiveTable, wanted: Mapping[str, Any], types: Mapping[str, str], expected: Mapping[str, str]
) -> Iterator[Difference]:
    one, other = (
        {each["name"]: each for each in of.get("localSecondaryIndexes") or ()} for of in (shape.inputs, wanted)
    )
    for name in sorted(one.keys() | other.keys()):
        here, there = (
            (of.get(name), _key(of[name]["rangeKey"], t) if name in of else None)
            for of, t in ((one, types), (other, expected))
        )
        if here != there:
            do = f"Index(name={name!r}, local=True, range_key={here[1]})" if here[0] else "take it away"
            yield Difference(shape.table, f"local index {name}", _text(here[0]), _text(there[0]), "declare", do)


def _global_indexes(
    shape: LiveTable, wanted: Mapping[str, Any], types: Mapping[str, str], expected: Mapping[str, str]
) -> Iterator[Difference]:
    one, other = (
        {each["name"]: each for each in of.get("globalSecondaryIndexes") or ()} for of in (shape.inputs, wanted)
    )
    for name in sorted(one.keys() | other.keys()):
        what = f"index {name}"
        here, there = (_shown(of[name], t) if name in of else None for of, t in ((one, types), (other, expected)))
        if here == there:
            continue
        if there is None:
            # The AWS plugin takes a program without indexes for "as they are".
            kind: Class = "goes" if other else "stays"
            yield Difference(
                shape.table, what, _text(here), "none", kind, f"declare it, or see that nobody queries it: {here}"
            )
        elif here is None:
            yield Difference(shape.table, what, "none", _text(there), "update")
        else:
            do = f"declare it as it is: {here}; with other keys it would be dropped and built anew"
            yield Difference(shape.table, what, here, there, "declare", do)


def _shown(index: Mapping[str, Any], types: Mapping[str, str]) -> str:
    keys = ", ".join(filter(None, (_key(each["attributeName"], types) for each in index["keySchemas"])))
    include = f" of {', '.join(index['nonKeyAttributes'])}" if index.get("nonKeyAttributes") else ""
    return f"{keys}, {index['projectionType']}{include}"


def _ttl(table: str, found: Any, wanted: Any, unread: bool) -> Iterator[Difference]:
    one, other = (each["attributeName"] if each and each["enabled"] else None for each in (found, wanted))
    if unread or one == other:
        return
    if one is None:
        yield Difference(
            table, "TTL", "off", _text(other), "update", "see what the attribute holds: items expire from then on"
        )
    elif other is None and not wanted:
        yield Difference(table, "TTL", one, "off", "stays", f'ttl="{one}" keeps it; ttl_was="{one}" switches it off')
    elif other is None:
        yield Difference(table, "TTL", one, "off", "update")
    else:
        do = f'ttl="{one}": DynamoDB moves no TTL that is on; switch it off first'
        yield Difference(table, "TTL", one, other, "declare", do)


def _stream(table: str, found: Any, wanted: Any) -> Iterator[Difference]:
    if found == wanted:
        return
    kind: Class = "update" if found is None else "goes"
    do = f'stream="{found}"' if found else ""
    yield Difference(table, "stream", _text(found), _text(wanted), kind, do)


def _encryption(table: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Difference]:
    one, other = ((of.get("serverSideEncryption") or {}) for of in (found, wanted))
    key = one.get("kmsKeyArn")
    if not one.get("enabled"):
        yield Difference(table, "serverSideEncryption", "DynamoDB's own key", "on", "update")
    elif other.get("kmsKeyArn") and key != other["kmsKeyArn"]:
        yield Difference(
            table, "KMS key", _text(key), other["kmsKeyArn"], "update", "keep the old key until it is done"
        )
    elif key and not other.get("kmsKeyArn"):
        do = f"encryption: customer-managed with this key, or otherKmsKeyArns: {key}"
        yield Difference(table, "KMS key", str(key), "the AWS-managed one", "stays", do)


def _tags(shape: LiveTable, wanted: Mapping[str, str]) -> Iterator[Difference]:
    if "tags" in shape.unread:
        return
    found = shape.inputs.get("tags") or {}
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) == wanted.get(name):
            continue
        kind: Class = "update" if name in wanted else "goes"
        do = "" if name in wanted else f'tags={{"{name}": "{found[name]}"}} of the family'
        yield Difference(shape.table, f"tag {name}", _text(found.get(name)), _text(wanted.get(name)), kind, do)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def report(live: Live, family: StagedFamily, found: list[Difference], title: str) -> Report:
    """What a person, a pull request or a program reads of it."""
    code = max((SAYS[each.kind][2] for each in found), default=0)
    missing = [shape.table for shape in live.tables if not shape.there]
    rows = [
        (each.table, each.what, each.found, each.expected, Judged(*SAYS[each.kind][:2]), Sentence(each.do))
        for each in sorted(found, key=lambda each: (-SAYS[each.kind][2], each.table, each.what))
    ]
    there = len(live.tables) - len(missing)
    summary = f"Family {family.key} in stage {live.stage}: {there} tables on AWS, {len(found)} differences."
    notes = [("Not there, and would be created:", missing)] if missing else []
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
        },
    )
