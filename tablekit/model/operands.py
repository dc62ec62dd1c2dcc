"""Whether each operator and function takes the operands that an expression gives it.

Types are known where they are declared: of a whole top-level attribute, of a parameter, of a literal. What is not
known is not refused. Each check gives the problems it finds as texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any, get_args

from tablekit.model.attributes import Attribute, AttributeType
from tablekit.model.expressions import (
    Between,
    Call,
    Clause,
    Compare,
    In,
    Literal,
    Node,
    Operand,
    Parameter,
    Path,
    Update,
    children,
    walk,
)

_ORDERED = ("S", "N", "B")
_SETS = ("SS", "NS", "BS")
_TAKEN = {
    "ADD": ("N", *_SETS),
    "DELETE": _SETS,
    "begins_with": ("S", "B"),
    "+": ("N",),
    "-": ("N",),
    "list_append": ("L",),
    "attribute_type": ("S",),
}
"""The types that a function or an update's verb takes."""


def kind(
    operand: Operand, attributes: Mapping[str, Attribute], parameters: Mapping[str, AttributeType]
) -> AttributeType | None:
    """The operand's type; None where it is not known."""
    match operand:
        case Path((str(name),)) if name in attributes:
            return None if attributes[name].also else attributes[name].type
        case Parameter(name):
            return parameters.get(name)
        case Literal(value):
            return "BOOL" if isinstance(value, bool) else "S" if isinstance(value, str) else "N"
        case Call("size" | "+" | "-"):
            return "N"
        case Call("list_append"):
            return "L"
        case Call("if_not_exists", (path, value)):
            return kind(path, attributes, parameters) or kind(value, attributes, parameters)
    return None


def value_of(operand: Operand, example: Mapping[str, Any]) -> Any:
    """What the operand is for these arguments; None for one that is not among them, and for what is no value."""
    match operand:
        case Parameter(name):
            return example.get(name)
        case Literal(value):
            if operand.template is None:
                return value
            known = all(field in example for field in operand.template.fields)
            return operand.template.render(example) if known else None
    return None


def operands(node: Node) -> tuple[Operand, ...]:
    """The operands of a condition, left to right; none of what is no condition on operands."""
    match node:
        case Compare() | Between() | In():
            return tuple(children(node))  # type: ignore[arg-type]
        case Call("begins_with" | "contains" | "attribute_type" | "attribute_exists" | "attribute_not_exists"):
            return node.arguments
    return ()


def expected(
    tree: Node, attributes: Mapping[str, Attribute]
) -> Iterator[tuple[Parameter | Literal, AttributeType, Operand | str]]:
    """The parameters and literals, each with the type that it should have and what gives it that type."""
    for node in walk(tree):
        match node:
            case Compare() | Between() | In() | Call("begins_with"):
                for known in operands(node):
                    if isinstance(known, Path | Call) and (type_ := kind(known, attributes, {})):
                        yield from (
                            (value, type_, known) for value in operands(node) if isinstance(value, Parameter | Literal)
                        )
            case Call("attribute_type", (_, value)) if isinstance(value, Parameter | Literal):
                yield value, "S", "attribute_type"
            case Clause(_, actions):
                for path, given in actions:
                    if given is not None and (type_ := kind(path, attributes, {})):
                        yield from (
                            (value, type_, path) for value in walk(given) if isinstance(value, Parameter | Literal)
                        )


def operand_problems(
    tree: Node,
    attributes: Mapping[str, Attribute],
    parameters: Mapping[str, AttributeType],
    example: Mapping[str, Any],
) -> Iterator[str]:
    """What the service refuses about the operands of one expression."""
    for node in walk(tree):
        match node:
            case Path():
                yield from _place_problems(node, attributes)
            case Update():
                yield from _overlaps(node)
            case Clause():
                yield from _clause_problems(node, attributes, parameters)
            case Compare() | Between() | In() | Call():
                yield from _subject_problems(node)
                yield from _type_problems(node, attributes, parameters)
                yield from _value_problems(node, example)


def _place_problems(path: Path, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    name = path.attribute
    if name not in attributes or len(path.parts) == 1:
        return
    kind, inner = attributes[name].type, path.parts[1]
    if kind not in ("M", "L"):
        yield f"{str(path)!r}: {name!r} is {kind}, and only a map (M) or list (L) has places in it"
    elif kind == "M" and isinstance(inner, int):
        yield f"{str(path)!r}: {name!r} is a map; its places have names: write {name}.name"
    elif kind == "L" and isinstance(inner, str):
        yield f"{str(path)!r}: {name!r} is a list; its places have numbers: write {name}[0]"


def _overlaps(update: Update) -> Iterator[str]:
    paths = [path for clause in update.clauses for path, _ in clause.actions]
    for one, other in combinations(paths, 2):
        both = f"update changes {str(one)!r} and {str(other)!r}, which"
        differ = [(a, b) for a, b in zip(one.parts, other.parts, strict=False) if a != b]
        if not differ:
            yield f"{both} overlap; DynamoDB takes one action a place: keep one of them"
        elif isinstance(differ[0][0], int) != isinstance(differ[0][1], int):
            yield f"{both} take one place for a map and for a list; keep one of them"


def _clause_problems(
    clause: Clause, attributes: Mapping[str, Attribute], parameters: Mapping[str, AttributeType]
) -> Iterator[str]:
    allowed = _TAKEN.get(clause.verb, ())
    for path, value in clause.actions if allowed else ():
        assert value is not None
        action = f"update '{clause.verb} {path} {value}'"
        known, given = kind(path, attributes, {}), kind(value, attributes, parameters)
        for operand, type_ in ((path, known), (value, given)):
            if type_ and type_ not in allowed:
                yield f"{action}: {str(operand)!r} is {type_}; {clause.verb} takes {', '.join(allowed)}: use SET"
        if known and given and known != given:
            yield f"{action}: {str(path)!r} is {known} and {str(value)!r} is {given}; give it a {known}"


def _subject_problems(node: Compare | Between | In | Call) -> Iterator[str]:
    given = operands(node)
    if not given:
        return
    if not any(isinstance(part, Path) for operand in given for part in walk(operand)):
        yield f"{str(node)!r} names no attribute, only values; compare an attribute with a value"
    elif isinstance(node, Call) and node.name.startswith("attribute_") and not isinstance(given[0], Path):
        yield f"{str(node)!r}: {node.name} takes an attribute, not {str(given[0])!r}; name the attribute itself"
    elif given[0] in given[1:]:
        yield f"{str(node)!r} compares {str(given[0])!r} with itself; compare it with another attribute or a value"


def _type_problems(
    node: Compare | Between | In | Call,
    attributes: Mapping[str, Attribute],
    parameters: Mapping[str, AttributeType],
) -> Iterator[str]:
    allowed: tuple[str, ...] = _ORDERED
    given = operands(node)
    match node:
        case Between():
            name = "BETWEEN"
        case Compare(_, "<" | "<=" | ">" | ">=" as name, _):
            pass
        case Call(name, arguments) if name in _TAKEN:
            allowed, given = _TAKEN[name], arguments
            if name == "attribute_type":
                given = arguments[1:]
                if isinstance(given[0], Path):
                    yield f"{str(node)!r}: {name} takes a type's letters, not the attribute {str(given[0])!r}; give 'S'"
        case _:
            return
    for operand in given:
        if (type_ := kind(operand, attributes, parameters)) and type_ not in allowed:
            yield (
                f"{str(node)!r}: {str(operand)!r} is {type_}; {name} takes {', '.join(allowed)}: "
                "compare or change another"
            )


def _value_problems(node: Node, example: Mapping[str, Any]) -> Iterator[str]:
    """What shows with the values: bounds out of order, letters that are no type."""
    match node:
        case Between(_, lower, upper):
            low, high = value_of(lower, example), value_of(upper, example)
            kinds = {str if isinstance(v, str) else bytes if isinstance(v, bytes) else Decimal for v in (low, high)}
            if low is None or high is None:
                return
            if len(kinds) > 1:
                yield f"{str(node)!r}: the bounds {low!r} and {high!r} are of two types; give both one type"
            # Texts as the service orders them.
            elif (low.encode() > high.encode()) if isinstance(low, str) else (low > high):
                yield (
                    f"{str(node)!r}: the lower bound {low!r} is above the upper bound {high!r}; DynamoDB takes them in "
                    "order: swap them"
                )
        case Call("attribute_type", (_, operand)):
            letters = value_of(operand, example)
            if isinstance(letters, str) and letters not in get_args(AttributeType):
                yield f"{str(node)!r}: {letters!r} is no type; types are {', '.join(get_args(AttributeType))}"
