"""The grammar of the declaration's expressions, and how a text of it becomes a tree (see `expressions`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from lark import Lark, Transformer
from lark.exceptions import UnexpectedInput, VisitError

from tablekit.model.errors import ExpressionError
from tablekit.model.expressions import (
    KEYWORDS,
    Between,
    Call,
    Clause,
    Compare,
    Condition,
    In,
    Literal,
    Logic,
    Parameter,
    Path,
    Update,
)
from tablekit.model.limits import MAX_EXPRESSION_BYTES, MAX_IN_OPERANDS

_GRAMMAR = r"""
?condition: disjunction
?disjunction: conjunction ("OR"i conjunction)*
?conjunction: negation ("AND"i negation)*
?negation: "NOT"i negation -> not_
         | test
?test: operand comparator operand -> compare
     | operand "BETWEEN"i operand "AND"i operand -> between
     | operand "IN"i "(" operand ("," operand)* ")" -> in_
     | FUNCTION "(" operand ("," operand)* ")" -> function
     | "(" condition ")"

update: clause+
?clause: "SET"i assignment ("," assignment)* -> set_
       | "REMOVE"i path ("," path)* -> remove
       | "ADD"i addition ("," addition)* -> add
       | "DELETE"i addition ("," addition)* -> delete
assignment: path "=" sum
addition: path value
?sum: term
    | term SIGN term -> arithmetic
?term: path | value
     | _IF_NOT_EXISTS "(" path "," term ")" -> if_not_exists
     | _LIST_APPEND "(" term "," term ")" -> list_append

!comparator: "=" | "<>" | "<=" | ">=" | "<" | ">"
?operand: path | value | _SIZE "(" path ")" -> size
?value: parameter | literal
path: name ("." name | "[" index "]")*
name: NAME | QUOTED
index: INDEX
parameter: ":" NAME
literal: TEXT -> text
       | NUMBER -> number
       | "true"i -> true
       | "false"i -> false

FUNCTION.2: /(attribute_exists|attribute_not_exists|attribute_type|begins_with|contains)(?=\s*\()/
_SIZE.2: /size(?=\s*\()/
_IF_NOT_EXISTS.2: /if_not_exists(?=\s*\()/
_LIST_APPEND.2: /list_append(?=\s*\()/
SIGN: "+" | "-"
NAME: /[A-Za-z_][A-Za-z0-9_]*/i
QUOTED: /"[^"]+"/
INDEX: /[0-9]+/
NUMBER: /-?[0-9]+(\.[0-9]+)?/
TEXT: /'[^']*'/
%ignore /\s+/
"""

FUNCTION_ARITY = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}


def _text(parts: list[Any]) -> Literal:
    literal = Literal(str(parts[0])[1:-1])
    assert literal.template is not None
    literal.template.parts  # noqa: B018 - a malformed template is refused here, not at its first use
    return literal


def _function(parts: list[Any]) -> Call:
    name, arguments = str(parts[0]), tuple(parts[1:])
    if len(arguments) != FUNCTION_ARITY[name]:
        raise ExpressionError(f"{name} takes {FUNCTION_ARITY[name]} operand(s), not {len(arguments)}")
    return Call(name, arguments)


def _in(parts: list[Any]) -> In:
    if len(parts) - 1 > MAX_IN_OPERANDS:
        raise ExpressionError(f"IN takes at most {MAX_IN_OPERANDS} values, not {len(parts) - 1}")
    return In(parts[0], tuple(parts[1:]))


def _update(parts: list[Any]) -> Update:
    verbs = [clause.verb for clause in parts]
    for verb in verbs:
        if verbs.count(verb) > 1:
            raise ExpressionError(f"{verb} stands twice; join its actions with commas")
    return Update(tuple(parts))


_NODES: dict[str, Callable[[list[Any]], Any]] = {
    "name": lambda parts: str(parts[0]).strip('"'),
    "index": lambda parts: int(parts[0]),
    "path": lambda parts: Path(tuple(parts)),
    "parameter": lambda parts: Parameter(str(parts[0])),
    "text": _text,
    "number": lambda parts: Literal(Decimal(str(parts[0]))),
    "true": lambda parts: Literal(True),
    "false": lambda parts: Literal(False),
    "size": lambda parts: Call("size", tuple(parts)),
    "function": _function,
    "if_not_exists": lambda parts: Call("if_not_exists", tuple(parts)),
    "list_append": lambda parts: Call("list_append", tuple(parts)),
    "arithmetic": lambda parts: Call(str(parts[1]), (parts[0], parts[2])),
    "comparator": lambda parts: str(parts[0]),
    "compare": lambda parts: Compare(*parts),
    "between": lambda parts: Between(*parts),
    "in_": _in,
    "not_": lambda parts: Logic("NOT", tuple(parts)),
    "conjunction": lambda parts: Logic("AND", tuple(parts)),
    "disjunction": lambda parts: Logic("OR", tuple(parts)),
    "assignment": tuple,
    "addition": tuple,
    "set_": lambda parts: Clause("SET", tuple(parts)),
    "remove": lambda parts: Clause("REMOVE", tuple((path, None) for path in parts)),
    "add": lambda parts: Clause("ADD", tuple(parts)),
    "delete": lambda parts: Clause("DELETE", tuple(parts)),
    "update": _update,
}
"""Rule -> what makes its node of the nodes within."""


class _Tree(Transformer):  # type: ignore[type-arg]
    def __default__(self, data: str, children: list[Any], meta: object) -> Any:
        return _NODES[data](children)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, start=["condition", "update"], parser="lalr")


_SIGNS = {
    "#": "attribute names are written as they are, DynamoDB's reserved words too: leave out the #",
    "==": "equality is one =",
    "!=": "inequality is <>",
    "&&": "write AND",
    "||": "write OR",
    "!": "write NOT",
    "?": "a value is a parameter, as :name",
}
"""Signs of other languages, and of the service's own form -> what to write."""


def _advice(text: str, column: int) -> str:
    """What to write for a sign that is not the grammar's, or how to quote a word of its own, at the column."""
    for sign, write in _SIGNS.items():
        if sign in (text[column - 1 : column - 1 + len(sign)], text[column - 2 : column]):
            return f"; {write}"
    if re.search(r"\bIN\s*$", text[: column - 1], re.IGNORECASE):
        return "; IN takes its values in parentheses, as IN (:one, :other)"
    for word in (*re.findall(r"(\w+)\s*$", text[: column - 1]), *re.findall(r"^\w+", text[column - 1 :])):
        if word.lower() in KEYWORDS:
            return f'; {word!r} is a word of the grammar: as an attribute\'s name write it "{word}", in double quotes'
    return ""


def parse_condition(text: str) -> Condition:
    """Parse a key condition, filter or condition expression; raises ExpressionError with the column."""
    tree: Any = _parse(text, "condition")
    if isinstance(tree, Path | Parameter | Literal):
        raise ExpressionError(f"expression {text!r} is a value, not a condition")
    return tree  # type: ignore[no-any-return]


def parse_update(text: str) -> Update:
    """Parse an update expression; raises ExpressionError with the column."""
    tree: Update = _parse(text, "update")
    return tree


@cache
def _parse(text: str, start: str) -> Any:
    if len(text.encode()) > MAX_EXPRESSION_BYTES:
        raise ExpressionError(
            f"expression of {len(text.encode())} bytes; DynamoDB takes at most {MAX_EXPRESSION_BYTES}"
        )
    try:
        return _Tree().transform(_parser().parse(text, start=start))
    except UnexpectedInput as error:
        ended = getattr(getattr(error, "token", None), "type", "") == "$END"
        column = error.column if isinstance(error.column, int) and error.column > 0 and not ended else len(text) + 1
        if ended:
            where = "it ends too early"
        else:
            where = f"near {text[max(column - 1, 0) : column + 14]!r}{_advice(text, column)}"
        if start == "update" and not re.match(r"\s*(SET|REMOVE|ADD|DELETE)\b", text, re.IGNORECASE):
            where += "; an update begins with SET, REMOVE, ADD or DELETE"
        raise ExpressionError(f"expression {text!r} is not DynamoDB's grammar at column {column}: {where}") from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise ExpressionError(f"expression {text!r}: {error.orig_exc}") from None
        raise
