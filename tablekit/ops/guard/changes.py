"""The kinds of change, each with its level.

A change is refused where the plan loses data, or can't succeed on AWS as it is. It needs approval where it can succeed
and loses nothing by itself, and yet somebody will feel it or a safeguard goes. Everything else is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal

Verdict = Literal["safe", "needs approval", "refused"]


class Level(IntEnum):
    """How a change is judged; its number is the command's exit code."""

    SAFE = 0
    APPROVAL = 2
    REFUSED = 3

    @property
    def text(self) -> Verdict:
        """For people."""
        return _TEXTS[self]


_TEXTS: Final[dict[Level, Verdict]] = {
    Level.SAFE: "safe",
    Level.APPROVAL: "needs approval",
    Level.REFUSED: "refused",
}


@dataclass(frozen=True)
class Change:
    """A kind of change. means: what it does, in a line. fix: what to do instead or besides."""

    key: str
    level: Level
    means: str
    fix: str = ""


_ALL: Final = (
    Change("none", Level.SAFE, "nothing changes"),
    Change("create", Level.SAFE, "a new table"),
    Change("adoption", Level.SAFE, "a table that exists comes into the stack as it is (`import`)"),
    Change(
        "in-place", Level.SAFE, "settings change on the table as it stands: tags, billing, encryption, a longer window"
    ),
    Change("index-build", Level.SAFE, "one index is built while the table is in use; each item is written to it once"),
    Change(
        "index-drop",
        Level.APPROVAL,
        "an index goes: from that moment every query of it fails",
        "See that no consumer queries it (its ConsumedReadCapacityUnits are 0 for a week), then allow it.",
    ),
    Change(
        "several-index-changes",
        Level.APPROVAL,
        "more than one index change of a table in one update: DynamoDB makes one at a time, each may take hours, and "
        "an update that times out stops in the middle",
        "Make them one by one with `tablekit index-steps`; then `pulumi refresh`, and the plan has none left.",
    ),
    Change(
        "last-index",
        Level.REFUSED,
        "the declaration loses its last global index: the AWS plugin then plans nothing, and what is there stays and "
        "is billed",
        "Drop it on AWS: `tablekit index-steps --run`, then `pulumi refresh`; the plan then has no index change.",
    ),
    Change(
        "ttl-switch",
        Level.APPROVAL,
        "TTL comes on or goes off: on, DynamoDB deletes every item that has expired by then; off, nothing expires any "
        "more",
        "See what the attribute holds in the items that are there, then allow it.",
    ),
    Change(
        "ttl-left-out",
        Level.REFUSED,
        "TTL leaves the declaration: the AWS plugin then plans nothing, and items go on expiring",
        "Declare `ttl_was` with the attribute's name: TTL is then switched off.",
    ),
    Change(
        "ttl-attribute",
        Level.REFUSED,
        "TTL moves to another attribute: DynamoDB refuses that in one step, and takes one change of TTL an hour",
        "Take two updates: TTL off by `ttl_was` with the old attribute, and an hour later on by `ttl` with the new "
        "one. Items that have only the old attribute then never expire.",
    ),
    Change(
        "stream",
        Level.APPROVAL,
        "the stream goes off or gets another view: it is then another stream with another ARN, and consumers of the "
        "old one see no more changes",
        "Let the consumers finish the old stream and move them, then allow it.",
    ),
    Change(
        "recovery-window",
        Level.APPROVAL,
        "the point-in-time recovery window shrinks: what is older can't be restored from that moment",
        "Take an on-demand backup first if the older days may be needed.",
    ),
    Change(
        "recovery-lost",
        Level.REFUSED,
        "point-in-time recovery goes off: the history is deleted, and turning it on again starts from nothing",
        "Leave it on.",
    ),
    Change(
        "protection-lost",
        Level.APPROVAL,
        "deletion protection on AWS or `protect` in Pulumi goes: a later plan can delete the table",
        "Allow it only as the first half of a removal; otherwise turn it on again.",
    ),
    Change(
        "retention-lost",
        Level.APPROVAL,
        "`retainOnDelete` goes: a table that leaves the stack is then deleted with its items",
        "Leave it on; a table that is to go is removed from the stack first and deleted by hand.",
    ),
    Change(
        "removal",
        Level.APPROVAL,
        "the table leaves the stack and stays on AWS with its items (it is retained): nobody manages it any more",
        "If only its name in the program changed, give the new resource an alias.",
    ),
    Change(
        "deletion",
        Level.REFUSED,
        "the table is deleted with its items",
        "Set retainOnDelete and deploy that first; then the table stays on AWS. If only its name in the program "
        "changed, give the new resource an alias.",
    ),
    Change(
        "replacement",
        Level.REFUSED,
        "another, empty table takes this one's place; no item moves",
        "Declare a table with a new logical name, copy the items, move the consumers, then remove the old one.",
    ),
    Change(
        "key-type",
        Level.REFUSED,
        "a key attribute changes its type: the AWS plugin then plans nothing, and the table stays as it is",
        "Of an index's key: drop the index, then build it (`tablekit index-steps`). Of the table's own or a local "
        "index's: declare a new table, copy the items converted, move the consumers.",
    ),
    Change(
        "local-index",
        Level.REFUSED,
        "a local index comes, goes or changes: DynamoDB makes them with the table only, so the table is replaced; one "
        "that keeps its name stays as it is",
        "Use a global index, or a new table.",
    ),
    Change(
        "managed-key",
        Level.REFUSED,
        "the customer-managed key leaves the declaration: the AWS plugin then plans nothing, and the table stays on "
        "that key",
        "Move the table by the command that is given, wait until it is ACTIVE, then `pulumi refresh`; roles keep the "
        "key's permission until then.",
    ),
    Change(
        "key-permission",
        Level.REFUSED,
        "roles lose the permission for a KMS key that the table is still on by the state: their requests are denied",
        "Keep the key in `otherKmsKeyArns` of the stage's file, deploy, and take it out when the state shows the new "
        "key.",
    ),
    Change(
        "region",
        Level.REFUSED,
        "the table would be in another region: a new, empty one there",
        "Take the region back; to move, make a new table there and copy the items.",
    ),
    Change(
        "name-taken",
        Level.REFUSED,
        "the physical name is another resource's in this stack: the creation fails, or both own one table and removing "
        "either deletes it",
        "Give one of them another name; if a resource was only renamed, give the new one an alias of the old URN.",
    ),
    Change(
        "pending-operation",
        Level.APPROVAL,
        "an earlier update was cut off at this table, so the state may not be what is on AWS",
        "Run `pulumi refresh --clear-pending-creates`, then preview again.",
    ),
    Change(
        "unknown",
        Level.APPROVAL,
        "a value that is judged here is a secret, or known only during the update",
        "Give it as a plain value.",
    ),
)
CHANGES: Final = {change.key: change for change in _ALL}
"""The kinds of change, by key."""


def reference() -> str:
    """The kinds of change as a Markdown table; docs/guard.md holds it."""
    rows = [f"| `{change.key}` | {change.level.text} | {change.means} | {change.fix} |" for change in _ALL]
    return "\n".join(["| change | verdict | what happens | what to do |", "|---|---|---|---|", *rows])
