"""A table's changes as events, and its expired items in an archive: what a table declares, what a stage sets of it, and
the filters and the input that follow.

A pipe reads the table's stream. It passes on what its filter lets through, in the shape of its input template. What a
smoke test wrote never passes: its items bear a mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StrictInt, model_validator

from tablekit.model import limits
from tablekit.model.attributes import Key
from tablekit.model.base import Declared, Settings, repeated
from tablekit.model.errors import did_you_mean
from tablekit.model.layout import Entity, StreamViewType, TableLayout
from tablekit.model.naming import PROJECT, SMOKE_MARK
from tablekit.model.templates import Template

Change = Literal["INSERT", "MODIFY", "REMOVE"]
Use = Literal["events", "archive"]
_IN_A_PATH: Final = re.compile(r"[A-Za-z0-9_-]+")
"""Names that a path of an input template takes."""
_ESCAPED: Final = 6
"""The most bytes that JSON writes for one of a text."""
_ENVELOPE: Final = 1024
"""Bytes of an event beside its keys and attributes: names, ids, the table's."""


class Events(Declared):
    """Changes of a table that become events.

    purpose: the document's words. entities: the kinds of item whose changes do; none: every item's.
    attributes: what an event says beside the item's keys; each is in a key of every such item, so that none lacks it.
    """

    purpose: str = Field(min_length=1)
    entities: tuple[str, ...] = ()
    changes: tuple[Change, ...] = Field(default=("INSERT", "MODIFY"), min_length=1)
    attributes: tuple[str, ...] = ()


class Archive(Declared):
    """Items that TTL deletes are kept in S3. purpose: the document's words."""

    purpose: str = Field(min_length=1)


class EventDelivery(Settings):
    """How events are delivered, and how long they can be delivered again.

    kept_days: in the bus's archive. largest_kilobytes: of one event; AWS takes 1,024.
    retries, within_minutes: how often, and how long after the change, delivery is tried before a record is given up.
        The AWS plugin sends no 0 to a new pipe, which for Pipes is without end.
    """

    kept_days: Annotated[StrictInt, Field(ge=1, le=limits.MAX_EVENT_DAYS)] = 90
    largest_kilobytes: Annotated[StrictInt, Field(ge=1, le=limits.MAX_EVENT_KILOBYTES)] = 256
    retries: Annotated[StrictInt, Field(ge=1, le=limits.MAX_PIPE_RETRIES)] = 20
    within_minutes: Annotated[StrictInt, Field(ge=1, le=limits.STREAM_MINUTES)] = 720


class ArchiveStorage(Settings):
    """What an archive's objects cost less in, and when they go. Athena reads each of these classes at once.

    infrequent_after_days, cold_after_days: until STANDARD_IA and GLACIER_IR. delete_after_days: None keeps them.
    """

    infrequent_after_days: Annotated[StrictInt, Field(ge=limits.MIN_INFREQUENT_DAYS, le=limits.MAX_EVENT_DAYS)] = 30
    cold_after_days: Annotated[StrictInt, Field(ge=1, le=limits.MAX_EVENT_DAYS)] = 180
    delete_after_days: Annotated[StrictInt, Field(ge=1, le=limits.MAX_EVENT_DAYS)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        infrequent, cold, gone = self.infrequent_after_days, self.cold_after_days, self.delete_after_days
        if cold < infrequent + limits.MIN_INFREQUENT_DAYS:
            raise ValueError(
                f"coldAfterDays {cold} is less than {limits.MIN_INFREQUENT_DAYS} days after infrequentAfterDays "
                f"{infrequent}, which S3 wants; give {infrequent + limits.MIN_INFREQUENT_DAYS} or more"
            )
        if gone is not None and gone <= cold:
            raise ValueError(
                f"deleteAfterDays {gone} is not after coldAfterDays {cold}; give more, or leave it away to keep them"
            )
        return self

    @property
    def classes(self) -> tuple[tuple[int, str], ...]:
        """Days, and the class by then."""
        return (self.infrequent_after_days, "STANDARD_IA"), (self.cold_after_days, "GLACIER_IR")


def declared_problems(events: Events | None, archive: Archive | None, table: TableLayout) -> Iterator[str]:
    """What is wrong with what a table declares."""
    if events:
        yield from _event_problems(events, table)
    if archive and table.ttl is None:
        yield "archive: nothing expires in a table without TTL; name an attribute in ttl, or leave archive away"
    readers = [*(["events"] if events else []), *(["archive"] if archive else []), *table.stream_readers]
    if len(readers) > limits.MAX_STREAM_READERS:
        yield (
            f"{len(readers)} readers of its stream ({', '.join(readers)}); DynamoDB serves {limits.MAX_STREAM_READERS} "
            "a shard before it throttles them: let the others hear of events, by a rule on their bus"
        )
    if table.stream and (lacking := view_problem(table.stream, events, archive)):
        yield f"stream is {table.stream}, and {lacking}"


def _event_problems(events: Events, table: TableLayout) -> Iterator[str]:
    for field, values in (
        ("entities", events.entities),
        ("changes", events.changes),
        ("attributes", events.attributes),
    ):
        if twice := repeated(values):
            yield f"events.{field}: {twice[0]!r} is listed twice; list each once"
    known = {entity.name: entity for entity in table.entities}
    if unknown := [name for name in events.entities if name not in known]:
        yield f"events.entities: no entity {unknown[0]!r}{did_you_mean(unknown[0], known)}; it has {', '.join(known)}"
        return
    if len(events.entities) > limits.MAX_PIPE_FILTERS:
        yield f"events.entities: {len(events.entities)}; a pipe takes {limits.MAX_PIPE_FILTERS} filters: drop some"
    wanted = [known[name] for name in events.entities]
    for entity in wanted:
        for other in table.entities:
            if other.name not in events.entities and not _apart(entity, other, table.keys):
                yield (
                    f"events.entities: the beginnings of the keys of {entity.name!r} are also those of {other.name!r}, "
                    "so that no filter tells one from the other; name both, or give their keys other beginnings"
                )
    if events.attributes and "REMOVE" in events.changes:
        yield "events.attributes: a removed item has no new image to take them from; leave them away, or REMOVE"
    for name in events.attributes:
        if problem := _attribute_problem(name, wanted, table):
            yield f"events.attributes: {name!r} {problem}"


def _attribute_problem(name: str, entities: list[Entity], table: TableLayout) -> str:
    if name not in table.types:
        return f"is not a declared attribute{did_you_mean(name, table.types)}; declare it, or leave it out"
    if name in table.secrets:
        return "is a secret, and events go to whoever subscribes; leave it out"
    if table.types[name].type not in ("S", "N") or table.types[name].also:
        return f"is {table.types[name].type}, and an event takes texts and numbers of one type; leave it out"
    if not _IN_A_PATH.fullmatch(name):
        return "can't stand in a path, which takes letters, digits, _ and -; leave it out"
    if _longest(name, entities, table) is None:
        return (
            "is in no key of every such item, so that an item may lack it; leave it out, and let the consumer get the "
            "item by its keys"
        )
    return ""


def _longest(name: str, entities: list[Entity], table: TableLayout) -> int | None:
    """Bytes that the attribute has at most, as it stands in keys; None where some item may be without it."""
    if any(key.name == name for key in table.keys):
        return _key_bytes(table, name)
    if not entities:
        return None
    found = []
    for entity in entities:
        holding = [key for key, text in entity.keys.items() if name in Template(text).fields]
        if not holding:
            return None
        found.append(min(_key_bytes(table, key) for key in holding))
    return max(found)


def _key_bytes(table: TableLayout, name: str) -> int:
    """Bytes of a key's value, of the table or of an index."""
    hashes = {table.hash_key.name, *(index.hash_key.name for index in table.indexes)}
    return limits.MAX_HASH_KEY_BYTES if name in hashes else limits.MAX_RANGE_KEY_BYTES


def largest_event(events: Events, table: TableLayout) -> int:
    """Bytes that an event has at most."""
    entities = [entity for entity in table.entities if entity.name in events.entities]
    texts = [*(_key_bytes(table, key.name) for key in table.keys)]
    texts += [_longest(name, entities, table) or 0 for name in events.attributes]
    return _ENVELOPE + _ESCAPED * sum(texts)


def needed_view(events: Events | None, archive: Archive | None) -> StreamViewType | None:
    """The least view that the readers need; None where there is no reader.

    Whether a smoke test wrote an item stands in its image.
    """
    new = bool(events and {"INSERT", "MODIFY"}.intersection(events.changes))
    old = bool(archive or (events and "REMOVE" in events.changes))
    if new and old:
        return "NEW_AND_OLD_IMAGES"
    return "NEW_IMAGE" if new else "OLD_IMAGE" if old else None


def view_problem(view: StreamViewType, events: Events | None, archive: Archive | None) -> str:
    """Why a stream of that view serves its readers not; empty where it does."""
    needed = needed_view(events, archive)
    if needed in (None, view) or view == "NEW_AND_OLD_IMAGES":
        return ""
    what = " and ".join(name for name, given in (("events", events), ("archive", archive)) if given)
    return f"{what} can't do with less than {needed}; set that, or NEW_AND_OLD_IMAGES"


def event_filters(events: Events, table: TableLayout) -> list[dict[str, Any]]:
    """The patterns of a pipe, any of which lets a record through: one an entity."""
    changed: dict[str, Any] = {"eventName": list(events.changes)}
    entities = [entity for entity in table.entities if entity.name in events.entities]
    return [{**changed, "dynamodb": {**_heads(entity, table.keys), **_NOT_SMOKE}} for entity in entities] or [
        {**changed, "dynamodb": _NOT_SMOKE}
    ]


def archive_filter() -> dict[str, Any]:
    """What TTL deleted. In a global table that is said in the region alone where TTL ran."""
    return {
        "eventName": ["REMOVE"],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {"OldImage": _NOT_SMOKE["OldImage"]},
    }


_UNMARKED: Final = {SMOKE_MARK: {"S": [{"exists": False}]}}
"""Down to the text itself: whether something exists can be asked of values alone."""
_NOT_SMOKE: Final = {"NewImage": _UNMARKED, "OldImage": _UNMARKED}


def _heads(entity: Entity, keys: tuple[Key, ...]) -> dict[str, Any]:
    heads = {key.name: {"S": [{"prefix": head}]} for key in keys if (head := _head(entity, key))}
    return {"Keys": heads} if heads else {}


def _head(entity: Entity, key: Key) -> str:
    template = entity.template(key.name)
    return template.head if template else ""


def _apart(entity: Entity, other: Entity, keys: tuple[Key, ...]) -> bool:
    """Whether no item of the other kind has keys that begin as this one's do."""
    for key in keys:
        head, another = _head(entity, key), other.template(key.name)
        if head and another and not Template(head).meets(another, prefix=True):
            return True
    return False


def event_source(family: str) -> str:
    """What a family's events have as `source`."""
    return f"{PROJECT}.{family}"


def detail_type(table: str) -> str:
    """What the events of a table have as `detail-type`. table: its logical name."""
    return f"{table} changed"


def input_template(events: Events, table: TableLayout) -> str:
    """What an event says, `detail` on the bus. Texts stand in quotes and objects do not, as Pipes wants it."""
    fields = {name: f"<$.dynamodb.NewImage.{name}.{table.types[name].type}>" for name in events.attributes}
    text: Mapping[str, Any] = {
        "table": table.name,
        "change": "<$.eventName>",
        "id": "<$.eventID>",
        "sequence": "<$.dynamodb.SequenceNumber>",
        "keys": "<$.dynamodb.Keys>",
        **({"attributes": fields} if fields else {}),
    }
    return json.dumps(text).replace('"<$.dynamodb.Keys>"', "<$.dynamodb.Keys>")
