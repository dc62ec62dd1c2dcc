"""The grammar of the declaration's expressions, and how a text of it becomes a tree (see `expressions`)."""

from __future__ import annotations

import re
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


class _Tree(Transformer):  # type: ignore[type-arg]
    """Builds the tree; each method is named after its rule."""

    def name(self, parts: list[Any]) -> str:
        return str(parts[0]).strip('"')

    def index(self, parts: list[Any]) -> int:
        return int(parts[0])

    def path(self, parts: list[Any]) -> Path:
        return Path(tuple(parts))

    def parameter(self, parts: list[Any]) -> Parameter:
        return Parameter(str(parts[0]))

    def text(self, parts: list[Any]) -> Literal:
        literal = Literal(str(parts[0])[1:-1])
        assert literal.template is not None
        literal.template.parts  # noqa: B018 - a malformed template is refused here, not at its first use
        return literal

    def number(self, parts: list[Any]) -> Literal:
        return Literal(Decimal(str(parts[0])))

    def true(self, _: list[Any]) -> Literal:
        return Literal(True)

    def false(self, _: list[Any]) -> Literal:
        return Literal(False)

    def size(self, parts: list[Any]) -> Call:
        return Call("size", tuple(parts))

    def function(self, parts: list[Any]) -> Call:
        name, arguments = str(parts[0]), tuple(parts[1:])
        if len(arguments) != FUNCTION_ARITY[name]:
            raise ExpressionError(f"{name} takes {FUNCTION_ARITY[name]} operand(s), not {len(arguments)}")
        return Call(name, arguments)

    def if_not_exists(self, parts: list[Any]) -> Call:
        return Call("if_not_exists", tuple(parts))

    def list_append(self, parts: list[Any]) -> Call:
        return Call("list_append", tuple(parts))

    def arithmetic(self, parts: list[Any]) -> Call:
        left, sign, right = parts
        return Call(str(sign), (left, right))

    def comparator(self, parts: list[Any]) -> str:
        return str(parts[0])

    def compare(self, parts: list[Any]) -> Compare:
        return Compare(*parts)

    def between(self, parts: list[Any]) -> Between:
        return Between(*parts)

    def in_(self, parts: list[Any]) -> In:
        if len(parts) - 1 > MAX_IN_OPERANDS:
            raise ExpressionError(f"IN takes at most {MAX_IN_OPERANDS} values, not {len(parts) - 1}")
        return In(parts[0], tuple(parts[1:]))

    def not_(self, parts: list[Any]) -> Logic:
        return Logic("NOT", tuple(parts))

    def conjunction(self, parts: list[Any]) -> Logic:
        return Logic("AND", tuple(parts))

    def disjunction(self, parts: list[Any]) -> Logic:
        return Logic("OR", tuple(parts))

    def assignment(self, parts: list[Any]) -> tuple[Any, ...]:
        return tuple(parts)

    addition = assignment

    def set_(self, parts: list[Any]) -> Clause:
        return Clause("SET", tuple(parts))

    def remove(self, parts: list[Any]) -> Clause:
        return Clause("REMOVE", tuple((path, None) for path in parts))

    def add(self, parts: list[Any]) -> Clause:
        return Clause("ADD", tuple(parts))

    def delete(self, parts: list[Any]) -> Clause:
        return Clause("DELETE", tuple(parts))

    def update(self, parts: list[Any]) -> Update:
        verbs = [clause.verb for clause in parts]
        for verb in verbs:
            if verbs.count(verb) > 1:
                raise ExpressionError(f"{verb} stands twice; join its actions with commas")
        return Update(tuple(parts))


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


def parse(text: str, start: str) -> Any:
    """The tree of an expression. start: `condition` or `update`. Raises ExpressionError with the column."""
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
