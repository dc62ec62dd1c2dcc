"""One pattern on its table in one run: arguments and items that are derived from the two.

Texts are the run's own (`smoke` and a random number), so that no system's query finds them, except where the pattern
itself compares with a constant.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zlib import crc32

from tablekit.client.results import Item
from tablekit.model.attributes import Key
from tablekit.model.expressions import Between, Literal, Node, Parameter, comparison, key_conditions, walk
from tablekit.model.naming import SMOKE_MARK
from tablekit.model.operands import value_of
from tablekit.model.patterns import AccessPattern
from tablekit.model.table import Table
from tablekit.ops import examples
from tablekit.ops.errors import UnderivableError
from tablekit.ops.smoke.evaluate import ABSENT, put_at
from tablekit.ops.smoke.solve import Assignment, compared, filled

LIFE_SECONDS = 3600
"""When TTL deletes an item that was left behind, where the table has TTL."""


@dataclass
class PatternContext:
    """One pattern on its table in one run: makes arguments and items.

    run: letters and digits, the run's own. now: Unix time in seconds. items: the table's sample items.
    """

    family: str
    pattern: AccessPattern
    table: Table
    run: str
    now: int
    items: Sequence[Item] = ()
    _count: Iterable[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.index = self.table.index(self.pattern.index) if self.pattern.index else None
        served = self.index or self.table
        self.hash_key, self.range_key = served.hash_key, served.range_key
        self.types, self.all_keys = self.table.types, self.table.all_keys
        self.example = examples.arguments(self.pattern, self.table, self.items)
        self.steps = {self.table.ttl: LIFE_SECONDS} if self.table.ttl else {}

    def unique(self, type_: str) -> Any:
        """A value that nobody else has; later ones sort after earlier ones."""
        number = next(self._count)  # type: ignore[call-overload]
        text = f"{self.run}x{self.pattern.name.replace('-', '')}x{number:03}"
        # 13, 10 and 3 digits: the run's, the pattern's and the count; 38 are a number's most.
        digits = int(self.run.removeprefix("smoke"), 16) * 10**13 + crc32(self.pattern.name.encode()) * 1000 + number
        return {"S": text, "N": digits, "B": text.encode()}[type_]

    def arguments(self) -> dict[str, Any]:
        """Fresh arguments: the run's own where a value only has to be equal, else the example's."""
        uses: dict[str, set[str]] = {}
        for tree in (self.pattern.key_tree, self.pattern.filter_tree, self.pattern.condition_tree):
            for name, found in compared(tree).items():
                uses.setdefault(name, set()).update(found)
        keyed = _parameters(self.pattern.hash_value(self.hash_key.name))
        given = {}
        for name, type_ in self.pattern.parameters.items():
            used = uses.get(name, set())
            if name in self.pattern.body:
                continue
            if f"beside {self.table.ttl}" in used and type_ == "N":
                given[name] = self.now
            elif (type_ == "S" and "order" not in used) or (type_ in ("N", "B") and name in keyed):
                given[name] = self.unique(type_)
            else:
                given[name] = self.example[name]
        return self._widened(given)

    def _widened(self, given: dict[str, Any]) -> dict[str, Any]:
        """Examples may name one value as both bounds; more than one item is to lie between them."""
        nodes = [node for tree in self.pattern.trees.values() for node in walk(tree) if isinstance(node, Between)]
        for node in nodes:
            low, high = value_of(node.low, given), value_of(node.high, given)
            names = _parameters(node.high) - _parameters(node.low)
            if low == high and names:
                name = sorted(names)[-1]
                given[name] = given[name] + ("z" if isinstance(given[name], str) else 10)
        return given

    def item(self, keys: Mapping[str, Any], assignment: Assignment, full: bool = False) -> Item:
        """An item with these keys and values. full: with all declared attributes but for keys of other indexes."""
        named = {path.attribute for path in assignment}
        item: Item = {key.name: self.unique(key.type) for key in self.table.keys if key.name not in keys}
        if full:
            item |= {
                name: filled(attribute.type)
                for name, attribute in self.types.items()
                if name not in self.all_keys and name not in named and name != self.table.ttl
            }
        if self.table.ttl and self.table.ttl not in named:
            item[self.table.ttl] = self.now + LIFE_SECONDS
        item |= {**keys, SMOKE_MARK: self.run}
        for path, given in assignment.items():
            if given is not ABSENT:
                put_at(path, item, given)
        return item

    def key(self, item: Mapping[str, Any]) -> Item:
        """The table's key of an item."""
        return {key.name: item[key.name] for key in self.table.keys}

    def visible(self, item: Mapping[str, Any]) -> Item:
        """What of an item the pattern gives."""
        projected = self.table.projected(self.index)
        names = set(self.pattern.projection) or (set(item) if projected is None else set(projected))
        return {name: value for name, value in item.items() if name in names}

    def whole_key(self, arguments: Mapping[str, Any]) -> Item:
        """The key of a get, update or delete, for these arguments."""
        found: Item = {}
        for condition in key_conditions(self.pattern.key_tree):
            name, _, values = comparison(condition)
            found[str(name)] = value_of(values[0], arguments)
        return found

    def hash(self, arguments: Mapping[str, Any]) -> Item:
        """The hash key that a query or scan goes by, for these arguments; none where it names none."""
        operand = self.pattern.hash_value(self.hash_key.name)
        return {} if operand is None else {self.hash_key.name: value_of(operand, arguments)}

    @property
    def owns_hash(self) -> bool:
        """Whether the hash key that the pattern goes by is made of the run's own values."""
        return bool(_parameters(self.pattern.hash_value(self.hash_key.name)))

    @property
    def order_key(self) -> Key | None:
        """The range key that orders what the pattern gives; a scan has no order."""
        return self.range_key if self.pattern.operation == "query" else None

    def underivable(self, why: str) -> UnderivableError:
        """The error, in the words of this pattern."""
        return UnderivableError(
            f"{self.family}/{self.pattern.name}: {why}; change the pattern's example or expressions"
        )


def _parameters(node: Node | None) -> set[str]:
    if isinstance(node, Parameter):
        return {node.name}
    return set(node.template.fields) if isinstance(node, Literal) and node.template else set()


def sorts(value: Any) -> Any:
    """What a key's value sorts by."""
    return value.encode() if isinstance(value, str) else Decimal(value) if isinstance(value, int) else value
