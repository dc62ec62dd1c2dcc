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
_ACCOUNT: Final = re.compile(r"(?:arn:aws[a-z-]*:iam::)?(?P<account>\d{12})(?::root)?")
"""An account as a principal: it hands the decision on to the policies of its own roles and users."""
_WHO: Final = {
    "AWS": re.compile(rf"arn:aws[a-z-]*:iam::\d{{12}}:(role|user)/[^*?]+|{_ACCOUNT.pattern}|\*"),
    "Service": re.compile(r"[^*?]+"),
}
"""Exact names, an account, or everybody; no other pattern."""
_MANY: Final = ("aws:tagkeys", "dynamodb:attributes", "dynamodb:leadingkeys", "kms:resourcealiases")
"""Keys that have several values."""
_OWN_POLICY_FIRST: Final = re.compile(r"arn:[^:]+:(iam:[^:]*:[^:]*:role/|kms:[^:]*:[^:]*:key/)")
"""Roles and keys: their own policy must allow, by name or by handing on to the account."""
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

    @property
    def account(self) -> str:
        """The account of a role or user; a service is in none."""
        return "".join(self.name.split(":")[4:5])


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


def _text(given: object) -> object:
    return str(given).lower() if isinstance(given, bool) else given


def _by_kind(given: object) -> object:
    return {"AWS": given} if given == "*" else given


_Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
_Value = Annotated[str, BeforeValidator(_text)]
_Values = Annotated[tuple[_Value, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
_Action = Annotated[str, Field(pattern=r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")]
_Arn = Annotated[str, AfterValidator(_arn)]
_Principals = Annotated[dict[Literal["AWS", "Service"], _Texts], BeforeValidator(_by_kind), Field(min_length=1)]
_Operator = Literal[
    "Null", "Bool", "ArnNotLike", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
    "BoolIfExists", "StringEqualsIfExists", "StringLikeIfExists",
    "ForAllValues:StringEquals", "ForAllValues:StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike",
]  # fmt: skip
_Named = Literal["by name", "by account"]
Kind = Literal["own", "attached", "trust"]
"""Of who asks; of what is asked for; of a role, about who may be it."""
_HAS: Final[dict[Kind, tuple[bool, bool]]] = {"own": (False, True), "attached": (True, True), "trust": (True, False)}
"""Whether a statement of each has a Principal, and a Resource."""


class _Element(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_pascal)


class Statement(_Element):
    """One statement. principal: None in a role's own policy. resource: None in who may assume a role."""

    sid: Annotated[str, Field(pattern="^[A-Za-z0-9]*$")] = ""
    effect: Literal["Allow", "Deny"]
    principal: _Principals | None = None
    action: Annotated[tuple[_Action, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
    resource: Annotated[tuple[_Arn, ...], BeforeValidator(_one_or_many), Field(min_length=1)] | None = None
    condition: dict[_Operator, Annotated[dict[str, _Values], Field(min_length=1)]] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        for kind, names in (self.principal or {}).items():
            if not all(_WHO[kind].fullmatch(name) for name in names):
                raise PolicyError(f"principal {names!r}: known are exact roles, users and services, accounts and *")
        for operator, keys in self.condition.items():
            both = operator == "Null" or operator.startswith("Bool")
            if both and any(values not in (("true",), ("false",)) for values in keys.values()):
                raise PolicyError(f"{operator} takes true or false")
            many = sorted(key for key in keys if key.lower() in _MANY)
            if many and operator != "Null" and not operator.startswith("For"):
                raise PolicyError(f"{operator} compares one value, and {many} have several: use ForAllValues")
        return self

    def names(self, who: Principal | None) -> _Named | None:
        """How its principals name who asks: exactly or as anybody, or only the account."""
        named = (self.principal or {}).get("AWS", ())
        if who is None:
            return None
        if "*" in named or who.name in (self.principal or {}).get(who.kind, ()):
            return "by name"
        accounts = {found["account"] for name in named if (found := _ACCOUNT.fullmatch(name))}
        return "by account" if who.account in accounts else None

    def applies(self, request: Request, context: Context) -> bool:
        """Whether it speaks of the resource and every condition is met."""
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
    statement: Annotated[tuple[Statement, ...], BeforeValidator(_one_or_many), Field(min_length=1)]
    _about: dict[str, tuple[Statement, ...]] = PrivateAttr(default_factory=dict)
    _document: Any = PrivateAttr(default=None)
    _kind: Kind = PrivateAttr(default="own")

    @classmethod
    def read(cls, document: str | Mapping[str, Any], kind: Kind = "own") -> Self:
        """From JSON text, or what it stands for. Raises ValueError at whatever is not known here."""
        given = json.loads(document) if isinstance(document, str) else document
        policy = cls.model_validate(given)
        policy._document, policy._kind = given, kind
        for each in policy.statement:
            for name, there, wanted in zip(
                ("Principal", "Resource"), (each.principal, each.resource), _HAS[kind], strict=True
            ):
                if (there is not None) is not wanted:
                    raise PolicyError(f"{kind} policy: a statement {'without' if wanted else 'with'} {name}")
        return policy

    @property
    def kind(self) -> Kind:
        """Whose policy it is."""
        return self._kind

    @property
    def document(self) -> Any:
        """What it was read from, as another judge reads it."""
        return self._document

    @model_validator(mode="after")
    def _sids_differ(self) -> Self:
        sids = [each.sid for each in self.statement if each.sid]
        if len(sids) != len(set(sids)):
            raise PolicyError(f"a Sid is there twice: {sids}")
        return self

    def at_most(self) -> Policy:
        """What it allows if every condition of an Allow is met, and none of a Deny: itself where it has none."""
        loose = [each.model_copy(update={"condition": {}}) for each in self.statement if each.effect == "Allow"]
        denied = [each for each in self.statement if each.effect == "Deny" and not each.condition]
        if not any(each.condition for each in self.statement):
            return self
        most = Policy.model_construct(version=self.version, id=self.id, statement=(*loose, *denied))
        most._kind = self.kind
        return most

    def about(self, action: str) -> tuple[Statement, ...]:
        """The statements that speak of the action; IAM compares actions without case."""
        if action not in self._about:
            self._about[action] = tuple(
                each for each in self.statement if any(matches(one, action, {}, case=False) for one in each.action)
            )
        return self._about[action]


def decide(request: Request, own: Iterable[Policy] = (), attached: Iterable[Policy] = ()) -> Decision:
    """A Deny anywhere wins; else what must allow depends on who asks for what.

    own: policies of who asks. attached: policies of what is asked for (a table's, a key's, a role's trust), whose
    statements name principals. Within one account an Allow in either is enough, if an attached one names who asks; one
    that names the account hands on to the own policies. A role or a key needs its attached policy's Allow in any case,
    and across accounts both must allow. A request without a principal is of the resource's account.
    """
    context = context_of(request)
    found: set[str | None] = set()
    for policy in own:
        _is(policy, "own")
        for statement in policy.about(request.action):
            if statement.applies(request, context):
                found.add("own" if statement.effect == "Allow" else statement.effect)
    for policy in attached:
        _is(policy, "trust" if request.action.lower().startswith("sts:") else "attached")
        for statement in policy.about(request.action):
            if (named := statement.names(request.principal)) and statement.applies(request, context):
                found.add(named if statement.effect == "Allow" else statement.effect)
    if "Deny" in found:
        return Decision.DENIED
    return Decision.ALLOWED if _enough(request, found) else Decision.NOT_GRANTED


def context_of(request: Request) -> dict[str, tuple[str, ...]]:
    """The request's keys, in lower case, and those that IAM itself gives of who asks: a service has no ARN."""
    context = {name.lower(): values for name, values in request.context.items() if values}
    if request.principal:
        service = request.principal.kind == "Service"
        context["aws:principalisawsservice"] = ("true" if service else "false",)
        if not service:
            context["aws:principalarn"] = (request.principal.name,)
    return context


def _is(policy: Policy, kind: Kind) -> None:
    if policy.kind != kind:
        raise PolicyError(f"a policy of kind {policy.kind!r} has no place where one of kind {kind!r} is")


def _enough(request: Request, found: set[str | None]) -> bool:
    """Whether these Allows are those that the request needs."""
    who, account = request.principal, "".join(_parts(request.resource)[4:5])
    if who and who.kind == "AWS" and account and who.account != account:
        return "own" in found and bool(found & {"by name", "by account"})
    if "by name" in found:
        return True
    return "own" in found and ("by account" in found or not _OWN_POLICY_FIRST.match(request.resource))


def _holds(operator: str, wanted: tuple[str, ...], given: tuple[str, ...], context: Context) -> bool:
    """Whether a key's values in the request (none: it is absent) meet an operator with the policy's values."""
    if operator == "Null":
        return (wanted == ("true",)) is not bool(given)
    if operator.endswith("IfExists") and not given:
        return True

    def fits(value: str) -> bool:
        if operator.startswith("Arn"):
            return any(matches_arn(pattern, value, context) for pattern in wanted)
        value = value.lower() if operator.startswith("Bool") else value
        return any(matches(pattern, value, context, wild="Like" in operator) for pattern in wanted)

    # Over all values it is true where the key is absent, too: that is what `Null` has to be there for.
    if operator.startswith("For"):
        if "" in given:
            raise PolicyError(f"{operator}: an empty value may count as an absent key, and is not known here")
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
    if ("",) in values:
        raise PolicyError(f"a variable in {pattern!r} has an empty value, and what that matches is not known here")
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
        elif name in _LITERALS and not wild:
            raise PolicyError(f"{pattern!r}: ${{{name}}} is known here in patterns only")
        elif name is not None:
            parts.append(re.escape(name if name in _LITERALS else next(left)))
        else:
            parts.append(re.escape(match["wild"] or match["text"]))
    return re.compile("".join(parts), re.DOTALL if case else re.DOTALL | re.IGNORECASE)
