"""The decision on a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from tests.support.iam.document import Policy, PolicyError


class Decision(Enum):
    """What IAM says. Only ALLOWED lets a request pass."""

    ALLOWED = "allowed"
    DENIED = "denied by a statement"
    NOT_GRANTED = "allowed by no statement"


@dataclass(frozen=True)
class Principal:
    """Who asks. kind: AWS (name: a role's or user's ARN) or Service (name: lambda.amazonaws.com)."""

    kind: str
    name: str


class Request(NamedTuple):
    """One action on one resource, as IAM is asked: a call on several tables is several requests.

    context: values of condition keys, by name in any case; a key that is absent is left out.
    """

    action: str
    resource: str
    context: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    principal: Principal | None = None


def decide(request: Request, own: Iterable[Policy] = (), attached: Iterable[Policy] = ()) -> Decision:
    """Within one account: a Deny anywhere wins, else an Allow in either kind of policy is enough.

    own: policies of who asks. attached: policies of what is asked for, a table's or a role's trust, whose statements
    name principals. An attached policy counts where it names who asks.
    """
    context = {name.lower(): values for name, values in request.context.items() if values}
    allowed = False
    for policies, named in ((own, False), (attached, True)):
        for policy in policies:
            for statement in policy.statements:
                if (statement.principals is not None) is not named:
                    raise PolicyError(f"a statement {'without' if named else 'with'} Principal has no place here")
                if not statement.about(request.action):
                    continue
                if statement.principals is not None and (
                    request.principal is None
                    or (request.principal.kind, request.principal.name) not in statement.principals
                ):
                    continue
                if statement.on(request.resource, context) and statement.holds(context):
                    if statement.deny:
                        return Decision.DENIED
                    allowed = True
    return Decision.ALLOWED if allowed else Decision.NOT_GRANTED
