"""A resource's outputs and inputs in the state, given what was asked for and what is there.

Three rules. What means the same keeps the text that the user wrote. What the emulator did not hold stays as asked, and
the user is warned once. What someone else changed is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .context import DROPPED, Context
from .errors import StandInError
from .spec import Prop, ResourceType
from .values import UNKNOWN, Props, has_unknown


def unsupported_inputs(spec: ResourceType, ctx: Context, inputs: Props, actual: Props) -> frozenset[str]:
    """The inputs that the emulator did not hold."""
    found = set()
    for prop in spec.settable:
        wanted, is_there = inputs.get(prop.name), actual.get(prop.name)
        if prop.kept or (prop.along and not inputs.get(prop.along)):
            continue
        if prop.name == "tags":
            wanted, is_there = ctx.visible(ctx.all_tags(inputs)), ctx.visible(is_there or {})
        if not prop.same(wanted, is_there):
            found.add(prop.name)
    return frozenset(found)


def warn_unsupported(ctx: Context, names: frozenset[str], inputs: Props, actual: Props) -> None:
    """Says what the emulator did not hold."""
    for name in sorted(names):
        wanted, has = inputs.get(name), actual.get(name)
        failing = f"does not hold {name} = {wanted!r}" if wanted is not None else f"does not let go of {name}"
        ctx.warn(
            f"{ctx.token} {ctx.name!r}: the emulator {failing} (it has {'nothing' if has is None else repr(has)}). "
            f"The stack's state keeps what you asked for, so that no change is shown; on AWS it takes effect."
        )


def of(spec: ResourceType, ctx: Context, inputs: Props, actual: Props, names: frozenset[str] = frozenset()) -> Props:
    """What is there, in the words that were asked with. names: the inputs that the emulator did not hold."""
    found: Props = {}
    for prop in spec.props:
        wanted = inputs.get(prop.name)
        is_there = actual.get(prop.name)
        if prop.kept or prop.name in names:
            value = prop.default if wanted is None else wanted
        elif wanted is not None and prop.equal(wanted, is_there):
            value = _enrich(wanted, is_there, prop.key)
        else:
            value = prop.default if is_there is None else _arranged(is_there, wanted, prop.key)
        if value is not None:
            found[prop.name] = value
    if spec.regional:
        found["region"] = ctx.region
    if "tags" in spec.by_name:
        visible = ctx.visible(ctx.all_tags(inputs) if "tags" in names else actual.get("tags") or {})
        found["tags"] = ctx.own_tags(visible, inputs)
        found["tagsAll"] = visible
    if names:
        found[DROPPED] = sorted(names)
    return found


def drifted(spec: ResourceType, ctx: Context, inputs: Props, actual: Props, names: frozenset[str]) -> Props:
    """The inputs that would have made what is there: the given ones where they still hold."""
    found = {key: value for key, value in inputs.items() if key.startswith("__")}
    for prop in spec.settable:
        wanted = inputs.get(prop.name)
        is_there = actual.get(prop.name)
        if prop.name == "tags":
            is_there = ctx.own_tags(ctx.visible(is_there or {}), inputs) or None
        if prop.along and inputs and not inputs.get(prop.along):
            given = {entry[prop.key] for entry in wanted or []}
            is_there = [entry for entry in is_there or [] if entry[prop.key] in given]
        value = wanted if prop.kept or prop.name in names else _drift(prop, wanted, is_there, imported=not inputs)
        if value is not None:
            found[prop.name] = value
    if spec.regional and (inputs.get("region") or ctx.region != ctx.config.region):
        found["region"] = ctx.region
    return found


def after_failure(failure: StandInError, read: Callable[[], tuple[str, Props] | None], new: bool) -> Props:
    """What is there after a failure half-way; raises the failure itself where nothing is, or nothing can be told of it.

    A new resource that can't be read is kept all the same, or its next creation would find it there already.
    """
    try:
        found = read()
    except StandInError:
        if new:
            return {}
        raise failure from None
    if found is None:
        raise failure
    return found[1]


def _drift(prop: Prop, wanted: Any, is_there: Any, imported: bool) -> Any:
    if wanted is not None:
        return wanted if prop.equal(wanted, is_there) else as_asked(is_there, wanted, prop.key)
    if is_there is None or prop.equal(None, is_there):
        return None
    return is_there if imported or not prop.computed else None


def as_asked(there: Any, wish: Any, key: str) -> Any:
    """What is there, as far as the wish names it: what the service added to it is no difference, and no input."""
    if isinstance(there, Mapping) and isinstance(wish, Mapping):
        return {name: as_asked(value, wish[name], "") for name, value in there.items() if name in wish}
    if key and isinstance(there, list) and isinstance(wish, list):
        wished = {entry.get(key): entry for entry in wish}
        return [as_asked(entry, wished.get(entry.get(key)), "") for entry in there]
    return there


def planned(spec: ResourceType, ctx: Context, inputs: Props, old: Props | None = None) -> Props:
    """The outputs as far as they are known before anything is done; `old` is the state of what is to be updated."""
    found: Props = {}
    for prop in spec.props:
        wanted, before = inputs.get(prop.name), (old or {}).get(prop.name)
        if wanted is not None:
            found[prop.name] = _enrich(wanted, before, "") if prop.computed else wanted
        elif prop.output or prop.computed:
            found[prop.name] = UNKNOWN if old is None or _moves(spec, prop, inputs, old) else before
        elif prop.default is not None:
            found[prop.name] = prop.default
    if spec.regional:
        found["region"] = inputs.get("region") or ctx.config.region
    if "tags" in spec.by_name:
        tags = inputs.get("tags")
        found["tags"] = tags if tags is not None else {}
        found["tagsAll"] = UNKNOWN if has_unknown(tags) else ctx.visible(ctx.all_tags(inputs))
    return found


def _moves(spec: ResourceType, prop: Prop, inputs: Props, old: Props) -> bool:
    """Whether an input changes that this output follows."""
    return any(not spec.by_name[name].equal(inputs.get(name), old.get(name)) for name in prop.follows)


def asked(spec: ResourceType, inputs: Props, old: Props) -> Props:
    """The inputs, with what the state has of that which they leave to the service."""
    found = dict(inputs)
    for prop in spec.settable:
        before, wanted = old.get(prop.name), inputs.get(prop.name)
        if prop.computed and before is not None:
            found[prop.name] = before if wanted is None else _enrich(wanted, before, prop.key)
    return found


def _arranged(is_there: Any, wanted: Any, key: str) -> Any:
    """Entries known by a name in the order of those that were asked for, others after them."""
    if not key or not wanted:
        return is_there
    order = [entry.get(key) for entry in wanted]
    return sorted(is_there, key=lambda e: order.index(e.get(key)) if e.get(key) in order else len(order))


def _enrich(wanted: Any, actual: Any, key: str) -> Any:
    """What was asked for, with what the service added to it."""
    if isinstance(wanted, Mapping) and isinstance(actual, Mapping):
        return {**actual, **{k: _enrich(v, actual.get(k), "") for k, v in wanted.items()}}
    if key and isinstance(wanted, list) and isinstance(actual, list):
        there = {entry.get(key): entry for entry in actual}
        return [_enrich(entry, there.get(entry.get(key)), "") for entry in wanted]
    return wanted
