"""DynamoDB's expressions as a tree, in the declaration's form.

The form is DynamoDB's own grammar with two liberties, so that a declaration reads like its document:

* attribute names are written as they are, reserved words (`status`, `timestamp`) included. A name that this grammar
  needs itself (`and`, `set`, `size`, …) may stand wherever only a name can; elsewhere, and for a name that is not
  letters, digits and underscores, it is quoted: `"not" = :value`, `"content-type" = :type`;
* a value is a parameter (`:account_id`), a number, `true`, `false`, or a quoted text, which may be a key
  template: `PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'SUB#')`.

`grammar` parses a text into a tree, `str` gives the text back, and `Rendered` turns a tree into what the
service takes: every name behind `#`, every value behind `:`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from tablekit.model.templates import Template

KEYWORDS = frozenset({"and", "or", "not", "between", "in", "set", "remove", "add", "delete", "true", "false"})
"""The grammar's own words, in any case."""

_FUNCTIONS = frozenset(
    {"size", "if_not_exists", "list_append", "attribute_exists", "attribute_not_exists", "attribute_type"}
    | {"begins_with", "contains"}
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def quoted(name: str) -> str:
    """An attribute's name as an expression holds it: in double quotes where it could be read as something else."""
    plain = _PLAIN.fullmatch(name) and name.lower() not in KEYWORDS | _FUNCTIONS
    return name if plain else f'"{name}"'


class _Part:
    """Base of the tree's nodes: `str` gives the text that is parsed into one."""

    def __str__(self) -> str:
        return _text(cast("Node", self), quoted, _value_text)


@dataclass(frozen=True)
class Path(_Part):
    """An attribute, or a place inside one: `engagement.likes`, `media[0].url`."""

    parts: tuple[str | int, ...]

    @property
    def attribute(self) -> str:
        """The top-level attribute's name."""
        return str(self.parts[0])


@dataclass(frozen=True)
class Parameter(_Part):
    """A value that the caller gives: `:name`."""

    name: str


@dataclass(frozen=True)
class Literal(_Part):
    """A value that the declaration gives: a number, a truth value, or a text that may be a key template.

    1 and 1.0 are equal; 1 and true are two values to DynamoDB, though not to Python.
    """

    value: str | Decimal | bool

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Literal) and (type(self.value), self.value) == (type(other.value), other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))

    @property
    def template(self) -> Template | None:
        """The text as a key template; None where the value is no text."""
        return Template(self.value) if isinstance(self.value, str) else None


@dataclass(frozen=True)
class Call(_Part):
    """A function of operands: `begins_with`, `size`, `if_not_exists`, …, or an arithmetic `+` or `-`."""

    name: str
    arguments: tuple[Operand, ...]


@dataclass(frozen=True)
class Compare(_Part):
    """`left op right`, op being one of = <> < <= > >=."""

    left: Operand
    op: str
    right: Operand


@dataclass(frozen=True)
class Between(_Part):
    """`operand BETWEEN low AND high`, both inclusive."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True)
class In(_Part):
    """`operand IN (option, …)`, 1 to 100 options."""

    operand: Operand
    options: tuple[Operand, ...]


@dataclass(frozen=True)
class Logic(_Part):
    """`AND` or `OR` of two or more conditions, or `NOT` of one."""

    op: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Clause(_Part):
    """One clause of an update: SET, REMOVE, ADD or DELETE, with its actions as (path, value or None)."""

    verb: str
    actions: tuple[tuple[Path, Operand | None], ...]


@dataclass(frozen=True)
class Update(_Part):
    """An update expression: each verb at most once."""

    clauses: tuple[Clause, ...]


Operand = Path | Parameter | Literal | Call
Condition = Compare | Between | In | Call | Logic
Node = Operand | Condition | Clause | Update


def children(node: Node) -> Iterator[Node]:
    """The direct parts of a node, left to right."""
    match node:
        case Compare(left, _, right):
            yield from (left, right)
        case Between(operand, low, high):
            yield from (operand, low, high)
        case In(operand, options):
            yield operand
            yield from options
        case Call(_, arguments):
            yield from arguments
        case Logic(_, conditions):
            yield from conditions
        case Clause(_, actions):
            for path, value in actions:
                yield path
                if value is not None:
                    yield value
        case Update(clauses):
            yield from clauses


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def attributes(node: Node) -> tuple[str, ...]:
    """The top-level attributes that an expression names, each once, in order."""
    return tuple(dict.fromkeys(n.attribute for n in walk(node) if isinstance(n, Path)))


def parameters(node: Node) -> tuple[str, ...]:
    """The parameters of an expression, the fields of its key templates included, each once, in order."""
    names: dict[str, None] = {}
    for part in walk(node):
        if isinstance(part, Parameter):
            names[part.name] = None
        elif isinstance(part, Literal) and part.template:
            names.update(dict.fromkeys(part.template.fields))
    return tuple(names)


def key_conditions(tree: Condition | None) -> tuple[Condition, ...]:
    """The conditions that a key condition joins by AND."""
    if isinstance(tree, Logic) and tree.op == "AND":
        return tuple(part for condition in tree.conditions for part in key_conditions(condition))
    return (tree,) if tree else ()


def comparison(condition: Node) -> tuple[str | None, str, tuple[Operand, ...]]:
    """The attribute that a simple condition compares, the operator and the values; None where it compares none."""
    match condition:
        case Compare(Path((str(name),)), op, value):
            return name, op, (value,)
        case Between(Path((str(name),)), low, high):
            return name, "BETWEEN", (low, high)
        case Call("begins_with", (Path((str(name),)), value)):
            return name, "begins_with", (value,)
    return None, "", ()


@dataclass
class Rendered:
    """What the service takes: expression texts share these names and values, so one is used for a whole call.

    names: placeholder -> attribute name. values: placeholder -> the value's node, to be bound by the caller.
    """

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Parameter | Literal] = field(default_factory=dict)

    def _place(self, table: dict[str, Any], sign: str, content: Any) -> str:
        for placeholder, known in table.items():
            if type(known) is type(content) and str(known) == str(content):  # True == 1, yet they are two values
                return placeholder
        placeholder = f"{sign}{len(table)}"
        table[placeholder] = content
        return placeholder

    def name(self, attribute: str) -> str:
        """The placeholder of an attribute's name."""
        return self._place(self.names, "#n", attribute)

    def render(self, node: Node) -> str:
        """The node's text with every name and value behind a placeholder."""
        return _text(node, self.name, lambda value: self._place(self.values, ":v", value))


def _value_text(value: Parameter | Literal) -> str:
    if isinstance(value, Parameter):
        return f":{value.name}"
    if isinstance(value.value, bool):
        return str(value.value).lower()
    return f"'{value.value}'" if isinstance(value.value, str) else str(value.value)


def _text(node: Node, name: Callable[[str], str], value: Callable[[Parameter | Literal], str]) -> str:
    """The node's text. name, value: give those of an attribute's name and of a value."""

    def again(part: Node) -> str:
        return _text(part, name, value)

    match node:
        case Path(parts):
            places = [f"[{place}]" if isinstance(place, int) else f".{name(place)}" for place in parts]
            return "".join(places).removeprefix(".")
        case Parameter() | Literal():
            return value(node)
        case Call("+" | "-" as sign, arguments):
            return f" {sign} ".join(map(again, arguments))
        case Call(function, arguments):
            return f"{function}({', '.join(map(again, arguments))})"
        case Compare(left, op, right):
            return f"{again(left)} {op} {again(right)}"
        case Between(operand, low, high):
            return f"{again(operand)} BETWEEN {again(low)} AND {again(high)}"
        case In(operand, options):
            return f"{again(operand)} IN ({', '.join(map(again, options))})"
        case Logic("NOT", (condition,)):
            return f"NOT ({again(condition)})"
        case Logic(op, conditions):
            return f" {op} ".join(f"({again(c)})" if isinstance(c, Logic) else again(c) for c in conditions)
        case Clause(verb, actions):
            joint = " = " if verb == "SET" else " "
            given = (again(path) + (joint + again(to) if to is not None else "") for path, to in actions)
            return f"{verb} {', '.join(given)}"
        case Update(clauses):
            return " ".join(map(again, clauses))
    raise TypeError(f"not an expression: {node!r}")
