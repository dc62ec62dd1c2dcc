"""The decision on a request, and the policy documents that it is made by, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator
from pydantic.alias_generators import to_pascal

Context = Mapping[str, tuple[str, ...]]
"""A request's condition keys, names in lower case, since IAM compares these without case."""

_TOKEN: Final = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<wild>[*?])|(?P<text>[^*?$]+|\$)")
_LITERALS: Final = ("*", "?", "$")
"""What `${*}` and the like stand for."""
_ARN_PARTS: Final = 6
_WHO: Final = {"AWS": re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/[^*?]+"), "Service": re.compile(r"[^*?]+")}
"""Exact names alone: an account hands its decision on, and everybody is not known here."""
_T = TypeVar("_T")


class PolicyError(ValueError):
    """A policy that says what this evaluator doesn't know, or what IAM would refuse."""


class Decision(Enum):
    """What IAM says. Only ALLOWED lets a request pass."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_GRANTED = "allowed by no statement"


@dataclass(frozen=True)
class Principal:
    """Who asks. kind: AWS (name: a role's or user's ARN) or Service (name: lambda.amazonaws.com)."""

    kind: Literal["AWS", "Service"]
    name: str


class Request(NamedTuple):
    """One action on one resource, as IAM is asked: a call on several tables is several requests.

    context: values of condition keys, by name in any case; a key that is absent is left out.
    """

    action: str
    resource: str
    context: Context = MappingProxyType({})
    principal: Principal | None = None


def _one_or_many(given: _T) -> _T | tuple[_T]:
    return given if isinstance(given, list | tuple) else (given,)


def _arn(pattern: str) -> str:
    parts = _parts(pattern)
    if pattern != "*" and (len(parts) != _ARN_PARTS or parts[0] != "arn"):
        raise PolicyError(f"{pattern!r} is not an ARN of {_ARN_PARTS} parts, nor *")
    if any("${" in part for part in parts[:-1]):
        raise PolicyError(f"{pattern!r}: a variable is known here in the last part of an ARN only")
    return pattern


_Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
_Action = Annotated[str, Field(pattern=r"^(\*|[^:]+:[^:]+)$")]
_Arn = Annotated[str, AfterValidator(_arn)]
_Operator = Literal[
    "Null", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
    "ForAllValues:StringEquals", "ForAllValues:StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike",
]  # fmt: skip


class _Element(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_pascal)


class Statement(_Element):
    """One statement. principal: None in a role's own policy. resource: empty in who may assume a role."""

    sid: str = ""
    effect: Literal["Allow", "Deny"]
    principal: dict[Literal["AWS", "Service"], _Texts] | None = None
    action: Annotated[tuple[_Action, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
    resource: Annotated[tuple[_Arn, ...], BeforeValidator(_one_or_many)] = ()
    condition: dict[_Operator, dict[str, _Texts]] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        if not self.resource and self.principal is None:
            raise PolicyError("a statement without Resource")
        for kind, names in (self.principal or {}).items():
            if not all(_WHO[kind].fullmatch(name) for name in names):
                raise PolicyError(f"principal {names!r}: known are exact names of roles, users and services")
        if any(values not in (("true",), ("false",)) for values in self.condition.get("Null", {}).values()):
            raise PolicyError("Null takes true or false")
        return self

    def applies(self, request: Request, context: Context) -> bool:
        """Whether it speaks of who asks, of the resource, and every condition is met."""
        who = request.principal
        if self.principal is not None and (who is None or who.name not in self.principal.get(who.kind, ())):
            return False
        if self.resource and not any(matches_arn(pattern, request.resource, context) for pattern in self.resource):
            return False
        return all(
            _holds(operator, values, context.get(key.lower(), ()), context)
            for operator, keys in self.condition.items()
            for key, values in keys.items()
        )


class Policy(_Element):
    """A whole document. version: the one with variables; in the older one `${…}` is a text."""

    version: Literal["2012-10-17"]
    id: str = ""
    statement: Annotated[tuple[Statement, ...], BeforeValidator(_one_or_many)]
    _about: dict[str, tuple[Statement, ...]] = PrivateAttr(default_factory=dict)

    @classmethod
    def read(cls, document: str | Mapping[str, Any]) -> Self:
        """From JSON text, or what it stands for. Raises ValueError at whatever is not known here."""
        return cls.model_validate(json.loads(document) if isinstance(document, str) else document)

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that speak of the action; IAM compares actions without case."""
        if action not in self._about:
            self._about[action] = tuple(
                each for each in self.statement if any(matches(one, action, {}, case=False) for one in each.action)
            )
        return self._about[action]


def decide(request: Request, own: Iterable[Policy] = (), attached: Iterable[Policy] = ()) -> Decision:
    """Within one account: a Deny anywhere wins, else an Allow in either kind of policy is enough.

    own: policies of who asks. attached: policies of what is asked for, a table's or a role's trust, whose statements
    name principals. An attached policy counts where it names who asks.
    """
    context = {name.lower(): values for name, values in request.context.items() if values}
    effects = set()
    for policies, named in ((own, False), (attached, True)):
        for policy in policies:
            for statement in policy.about(request.action):
                if (statement.principal is not None) is not named:
                    raise PolicyError(f"a statement {'without' if named else 'with'} Principal has no place here")
                if statement.applies(request, context):
                    effects.add(statement.effect)
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if effects else Decision.NOT_GRANTED


def _holds(operator: str, wanted: tuple[str, ...], given: tuple[str, ...], context: Context) -> bool:
    """Whether a key's values in the request (none: it is absent) meet an operator with the policy's values."""
    if operator == "Null":
        return (wanted == ("true",)) is not bool(given)

    def fits(value: str) -> bool:
        return any(matches(pattern, value, context, wild=operator.endswith("Like")) for pattern in wanted)

    # Over all values it is true where the key is absent, too: that is what `Null` has to be there for.
    if operator.startswith("For"):
        return all(map(fits, given)) if operator.startswith("ForAllValues") else any(map(fits, given))
    if len(given) > 1:
        raise PolicyError(f"the request has {len(given)} values of a key that the policy compares as one")
    negated = "Not" in operator
    if negated and any(_values(pattern, context) is None for pattern in wanted):
        raise PolicyError("a negated operator with a variable that has no value is not known here")
    # An absent key fails an operator and meets its negation.
    return (bool(given) and fits(given[0])) is not negated


def matches(pattern: str, text: str, context: Context, *, wild: bool = True, case: bool = True) -> bool:
    """Whether the whole text fits the pattern. wild: `*` and `?` are wildcards; a variable's value never has any."""
    values = _values(pattern, context)
    return values is not None and bool(_compiled(pattern, values, wild, case).fullmatch(text))


def matches_arn(pattern: str, arn: str, context: Context) -> bool:
    """Whether an ARN fits one of a policy: part by part, so that a wildcard spans no colon but in the last part."""
    if pattern == "*":
        return True
    wanted, given = _parts(pattern), _parts(arn)
    # The last part first: it is the one that differs.
    return len(given) == _ARN_PARTS and all(
        matches(part, text, context) for part, text in zip(reversed(wanted), reversed(given), strict=True)
    )


@cache
def _parts(arn: str) -> tuple[str, ...]:
    return tuple(arn.split(":", _ARN_PARTS - 1))


def _values(pattern: str, context: Context) -> tuple[str, ...] | None:
    """The values of the pattern's variables; None where the request hasn't one: then the pattern matches nothing."""
    values = [context.get(name, ()) for name in _variables(pattern)]
    if any(len(given) > 1 for given in values):
        raise PolicyError(f"a variable in {pattern!r} has several values; IAM takes one")
    return None if () in values else tuple(given[0] for given in values)


@cache
def _variables(pattern: str) -> tuple[str, ...]:
    """The condition keys that the pattern's variables stand for, in lower case."""
    tokens = [match["variable"] for match in _TOKEN.finditer(pattern)]
    names = tuple(name.lower() for name in tokens if name is not None and name not in _LITERALS)
    for name in names:
        if not re.fullmatch(r"[a-z0-9-]+:[\w.:/=+@-]+", name):
            raise PolicyError(f"variable ${{{name}}} in {pattern!r} is not known here")
    return names


@cache
def _compiled(pattern: str, values: tuple[str, ...], wild: bool, case: bool) -> re.Pattern[str]:
    left, parts = iter(values), []
    for match in _TOKEN.finditer(pattern):
        name = match["variable"]
        if match["wild"] and wild:
            parts.append(".*" if match["wild"] == "*" else ".")
        elif name is not None:
            parts.append(re.escape(name if name in _LITERALS else next(left)))
        else:
            parts.append(re.escape(match["wild"] or match["text"]))
    return re.compile("".join(parts), re.DOTALL if case else re.DOTALL | re.IGNORECASE)
