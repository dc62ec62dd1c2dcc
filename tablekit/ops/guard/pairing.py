"""Each table of the state with its step in the plan. A plan that was not made from this very state is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from tablekit.ops.errors import GuardError
from tablekit.ops.guard.capacity import Scaled
from tablekit.ops.guard.documents import PROVIDER, TABLE, WRITE_PLAN, WRITE_STATE, Plan, Resource, State, Step
from tablekit.ops.guard.shape import Shape, declared_shape, hidden, region_of_arn, stored_shape
from tablekit.resources import KEY_ALIAS, REPLICA, SCALING_TARGET

ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
REPLACING = {"replace", "create-replacement", "import-replacement"}
LEAVING = {"delete", "discard"}
_QUIET = {"read", "read-replacement", "refresh", "remove-pending-replace"}
"""Operations that change nothing on AWS."""


@dataclass(frozen=True)
class Pair:
    """One table before and after. urn: the new one where an alias leads from the old.

    before: None for a new table. after: None for one that leaves. ops: the engine's operations on it.
    leftover: it is what an earlier replacement left to be deleted. imported: no program has deployed it yet, it came in
    by `pulumi import`. scaled: what autoscaling moves of it afterwards. key_losers: role policies that lose the
    permission for its KMS key. customers_key: whether that key is a customer's; None where nobody can tell.
    replicated: whether the state has a replica of it.
    """

    urn: str
    before: Shape | None
    after: Shape | None
    ops: frozenset[str]
    changed: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    pending: str | None = None
    leftover: bool = False
    imported: bool = False
    key_losers: tuple[str, ...] = ()
    customers_key: bool | None = False
    scaled: Scaled = frozenset()
    replicated: bool = False

    @property
    def name(self) -> str:
        """The resource's name: the end of its URN."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True)
class Paired:
    """A plan on its state. blocked: what the engine itself refuses, so that the plan ends there.

    others: how many resources other than tables have an operation. beside: their steps.
    """

    stack: str
    project: str
    pairs: tuple[Pair, ...]
    blocked: tuple[str, ...]
    others: dict[str, int]
    beside: tuple[Step, ...] = ()


def pair(plan: Plan, state: State) -> Paired:
    """Match them. Raises GuardError where the plan failed, or is another stack's or another state's."""
    stack, project = _stack(plan, state)
    blocked = _blocked(plan)
    regions = _regions(plan, state)
    known = {r.urn: r for r in state.resources if r.is_table and not r.delete and not r.pending_replacement}
    role_keys, scaled, replicated = _role_keys(plan, state), _scaled(plan), _replicated(state)
    pairs, covered = [], set()
    for urn, steps in _by_urn(plan.steps).items():
        old_urn = next((s.old_state.urn for s in steps if s.old_state), urn)
        covered.add(old_urn)
        pairs.append(_pair(plan, state, urn, steps, known.get(old_urn), regions, role_keys, scaled, replicated))
    missing = sorted(known.keys() - covered)
    if missing and not blocked:
        _raise_for_the_program(plan)
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise GuardError(
            f"{plan.source}: no step for table {missing[0]}{more}, which {state.source} has; a plan that "
            "ended early, or is without its unchanged resources, hides what stays and what loses its retention. "
            f"Write it with: {WRITE_PLAN}"
        )
    blocked += [f"{urn}: not judged, as the plan ended before it" for urn in missing]
    leftovers = [r for r in state.resources if r.is_table and r.delete]
    pairs += [
        Pair(
            r.urn, stored_shape(state.source, r, regions.get(_provider(r))), None, frozenset({"delete"}), leftover=True
        )
        for r in leftovers
    ]
    judged = {p.urn for p in pairs}
    pairs += [  # their creation was cut off, and neither the state nor the plan has them
        Pair(p.resource.urn, None, None, frozenset(), pending=p.type)
        for p in state.deployment.pending_operations or ()
        if p.resource.is_table and p.resource.urn not in judged
    ]
    beside = tuple(step for step in plan.steps if step.state and step.state.type != TABLE)
    others = Counter(step.op for step in beside)
    return Paired(
        stack, project, tuple(sorted(pairs, key=lambda p: p.urn)), tuple(blocked), dict(sorted(others.items())), beside
    )


def _pair(
    plan: Plan,
    state: State,
    urn: str,
    steps: list[Step],
    known: Resource | None,
    regions: dict[str, str],
    role_keys: RoleKeys,
    scaled: Mapping[str, Scaled],
    replicated: set[str],
) -> Pair:
    before = stored_shape(state.source, known, regions.get(_provider(known, "state"))) if known else None
    old = next((step.old_state for step in steps if step.old_state), None)
    ops = frozenset(step.op for step in steps)
    if old and known is None and "import" in ops:  # the engine reads it first, then plans the update that is due
        before = stored_shape(plan.source, old, regions.get(_provider(old)))
    elif old and not old.delete:
        if known is None:
            raise GuardError(_stale(plan, state, urn, "it is in the plan's old state and not in the state"))
        _check_same(plan, state, urn, stored_shape(plan.source, old, regions.get(_provider(old, "state"))), before)
    elif known and ops & {"create", "import"}:
        raise GuardError(_stale(plan, state, urn, "the state has it, and the plan makes it as if it was not there"))
    new = next((step.new_state for step in steps if step.new_state), None)
    was = known or old
    after = None
    if new and not (ops & LEAVING and not ops - LEAVING):
        region = regions.get(_provider(new))
        after = declared_shape(plan.source, new, region, new.inputs or {}, was.actual if was else None)
    return Pair(
        urn=urn,
        before=before,
        after=after,
        ops=ops,
        changed=tuple(reason for step in steps for reason in step.diff_reasons or ()),
        replaced_by=tuple(dict.fromkeys(reason for step in steps for reason in step.replace_reasons or ())),
        pending=next((p.type for p in state.deployment.pending_operations or () if p.resource.urn == urn), None),
        imported="import" in ops or (known is not None and known.property_dependencies is None),
        key_losers=tuple(sorted(set(role_keys.losers.get(before.kms_key or "", ())))) if before else (),
        customers_key=_customers_key(before, known, role_keys),
        scaled=frozenset(each for shape in (before, after) if shape for each in scaled.get(shape.name, ())),
        replicated=before is not None and before.name in replicated,
    )


def _customers_key(before: Shape | None, known: Resource | None, role_keys: RoleKeys) -> bool | None:
    """A state shows the AWS-managed key by its ARN as well; only a role's policy tells a customer's one from it."""
    if before is None or before.kms_key is None or known is None:
        return False
    if role_keys.before:
        return before.kms_key in role_keys.before
    given = (known.inputs or {}).get("serverSideEncryption")
    named = isinstance(given, dict) and given.get("kmsKeyArn") == before.kms_key
    return None if named else False


@dataclass(frozen=True)
class RoleKeys:
    """The keys that the stack's roles may use. before: by any role's policy in the state. losers: key -> policies, by
    their resources' names, that the plan takes it from."""

    before: frozenset[str]
    losers: dict[str, list[str]]


def _replicated(state: State) -> set[str]:
    """The names of the tables that have a replica."""
    replicas = (each.inputs or {} for each in state.resources if each.type == REPLICA and not each.delete)
    return {str(given.get("globalTableArn")).rpartition("/")[2] for given in replicas}


def _scaled(plan: Plan) -> dict[str, set[tuple[str, str]]]:
    """By a table's name, what autoscaling moves of it after the plan."""
    found: dict[str, set[tuple[str, str]]] = {}
    for step in plan.steps:
        if step.new_state and step.op not in LEAVING and step.new_state.type == SCALING_TARGET:
            given = step.new_state.inputs or {}
            kind, _, name = str(given.get("resourceId")).partition("/")
            table, _, index = name.partition("/index/")
            if kind == "table":
                found.setdefault(table, set()).add((index, str(given.get("scalableDimension")).rpartition(":")[2]))
    return found


def _role_keys(plan: Plan, state: State) -> RoleKeys:
    aliases = {
        f"{region_of_arn(str(r.actual.get('arn')))} {r.actual.get('name')}": str(r.actual.get("targetKeyArn"))
        for r in state.resources
        if r.type == KEY_ALIAS and not r.delete
    }
    was = {r.urn: _policy_keys(r, aliases) for r in state.resources if r.type == ROLE_POLICY and not r.delete}
    losers: dict[str, list[str]] = {}
    for step in plan.steps:
        # A role that leaves the stack with its policy takes nothing from those that stay.
        if step.new_state and step.new_state.type == ROLE_POLICY:
            old = step.old_state.urn if step.old_state else step.urn
            for key in was.get(old, frozenset()) - _policy_keys(step.new_state, aliases):
                losers.setdefault(key, []).append(step.urn.rpartition("::")[2])
    return RoleKeys(frozenset(key for keys in was.values() for key in keys), losers)


def _policy_keys(policy: Resource, aliases: Mapping[str, str]) -> frozenset[str]:
    """The keys that a policy allows something on; none where it is a secret or not known yet.

    aliases: the keys of the state by region and alias, by which a policy may name them.
    """
    text = (policy.inputs or {}).get("policy")
    if not isinstance(text, str) or hidden(text):
        return frozenset()
    try:
        document = json.loads(text)
    except ValueError:
        return frozenset()
    return frozenset(_key_arns(document, aliases))


def _key_arns(document: Any, aliases: Mapping[str, str]) -> Iterator[str]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        resources = statement.get("Resource")
        for resource in resources if isinstance(resources, list) else [resources]:
            if isinstance(resource, str) and resource.split(":")[2:3] == ["kms"]:
                named = (statement.get("Condition") or {}).get("ForAnyValue:StringEquals") or {}
                alias = named.get("kms:ResourceAliases")
                yield aliases.get(f"{region_of_arn(resource)} {alias}", resource) if alias else resource


def _by_urn(steps: Iterable[Step]) -> dict[str, list[Step]]:
    """The tables' steps. What deletes an earlier replacement's leftover is judged by the state."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        resource = step.state
        if resource is None or not resource.is_table or step.op in _QUIET:
            continue
        if resource.delete and step.op in ("delete", "delete-replaced", "discard-replaced"):
            continue
        found.setdefault(step.urn, []).append(step)
    return found


def _stack(plan: Plan, state: State) -> tuple[str, str]:
    """Stack and project, which the plan and the state must share."""
    planned = {_of_urn(plan.source, step.urn) for step in plan.steps}
    stored = {_of_urn(state.source, resource.urn) for resource in state.resources}
    found = sorted(planned | stored)
    if not found:
        raise GuardError(
            f"{plan.source}: a plan without steps, on a state without resources; write it with: {WRITE_PLAN}"
        )
    if len(found) > 1:
        ours, theirs = sorted(planned)[:1] or found[:1], sorted(stored - planned) or found[1:]
        raise GuardError(
            f"{plan.source} is of stack {_text(ours[0])}, and {state.source} of stack {_text(theirs[0])}; "
            f"take both of one stack: {WRITE_PLAN.replace(' >', ' -s STACK >')}; "
            f"{WRITE_STATE.replace(' >', ' -s STACK >')}"
        )
    return found[0]


def _text(stack: tuple[str, str]) -> str:
    return f"{stack[0]!r} of project {stack[1]!r}"


def _of_urn(source: str, urn: str) -> tuple[str, str]:
    parts = urn.split("::")
    prefix, _, stack = parts[0].rpartition(":")
    if len(parts) < 4 or prefix != "urn:pulumi":
        raise GuardError(
            f"{source}: {urn[:80]!r} is no URN (urn:pulumi:STACK::PROJECT::TYPE::NAME); is it the engine's file?"
        )
    return stack, parts[1]


def _blocked(plan: Plan) -> list[str]:
    """What `protect` made the engine refuse; any other failure leaves nothing to judge by. Raises GuardError."""
    protected = {
        step.urn: step.op
        for step in plan.steps
        if step.old_state and step.old_state.protect and step.op in REPLACING | LEAVING | {"delete-replaced"}
    }
    found = []
    for said in plan.diagnostics or ():
        line = next(iter(said.message.strip().splitlines()), "no message").removeprefix("error: ")
        if said.severity != "error" or line == "preview failed":
            continue
        if said.urn not in protected:
            raise _failed(plan, line)
        found.append(
            f"{said.urn}: Pulumi refuses to {protected[said.urn]} it, as it is protected, and the plan ends there; "
            "what would come after it is not in the plan"
        )
    return found


def _raise_for_the_program(plan: Plan) -> None:
    """Raise GuardError if a program ended the plan: what it writes to standard error is no error to the engine."""
    for said in plan.diagnostics or ():
        if said.severity == "info#err" and said.message.startswith("error: "):
            raise _failed(plan, next(iter(said.message.splitlines())).removeprefix("error: "))


def _failed(plan: Plan, line: str) -> GuardError:
    return GuardError(f"{plan.source}: the preview failed: {line[:300]}; fix that, then: {WRITE_PLAN}")


def _regions(plan: Plan, state: State) -> dict[str, str]:
    """The region of each provider: by URN as it will be, by `state URN` as it was; `` is the stack's own."""
    found: dict[str, str] = {}
    configured = (plan.config or {}).get("aws:region")
    if isinstance(configured, str):
        found[""] = configured
    stored = [r for r in state.resources if r.type == PROVIDER]
    planned = [s.new_state for s in plan.steps if s.new_state and s.new_state.type == PROVIDER]
    for prefix, resources in (("state ", stored), ("", stored), ("", planned)):
        for resource in resources:
            region = (resource.inputs or {}).get("region")
            if isinstance(region, str):
                found[prefix + resource.urn] = region
    return found


def _provider(resource: Resource, which: str = "") -> str:
    urn = (resource.provider or "").rpartition("::")[0]
    return f"{which} {urn}" if which else urn


def _check_same(plan: Plan, state: State, urn: str, planned: Shape, stored: Shape | None) -> None:
    assert stored is not None
    unknown = planned.unknown | stored.unknown
    for field in fields(Shape):
        ours, theirs = getattr(stored, field.name), getattr(planned, field.name)
        comparable = field.compare and (not unknown or field.name in ("protect", "retain"))
        if comparable and ours != theirs:
            raise GuardError(
                _stale(plan, state, urn, f"{field.name} is {ours!r:.120} in the state, {theirs!r:.120} in the plan")
            )


def _stale(plan: Plan, state: State, urn: str, why: str) -> str:
    return (
        f"{plan.source} was not made from {state.source}: {urn}: {why}; write both again, one after the other, the "
        f"plan without --refresh: {WRITE_STATE}; {WRITE_PLAN}"
    )
