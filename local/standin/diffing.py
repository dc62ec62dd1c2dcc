"""What changed between the inputs that are there and those that are wanted, and whether that replaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .context import Context
from .outputs import as_asked
from .spec import Prop, ResourceType
from .values import Props, has_unknown, join, order_key

ADD: Final = "ADD"
DELETE: Final = "DELETE"
UPDATE: Final = "UPDATE"


@dataclass
class Change:
    """The differences: property paths with their kind, and the properties that replace."""

    detailed: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    replaces: list[str] = field(default_factory=list)
    delete_first: bool = False


def compare(spec: ResourceType, ctx: Context, old_state: Props, old_inputs: Props, new: Props) -> Change:
    """The old inputs against the new ones; an absent property is its default, or what is there if it is computed."""
    change = Change()
    for prop in spec.settable:
        before, after = old_inputs.get(prop.name), new.get(prop.name)
        there = old_state.get(prop.name, before) if prop.computed else before
        if not has_unknown(after) and prop.same(after, there):
            continue
        if prop.along and prop.along not in change.names:
            continue
        change.names.append(prop.name)
        change.detailed.update(_paths(prop, as_asked(there, after, prop.key) if before is None else before, after))
        if prop.replace or (prop.falls and _falls(there, after)):
            change.replaces.append(prop.name)
    _region(spec, ctx, old_state, new, change)
    _tags_all(spec, ctx, old_state, new, change)
    change.delete_first = bool(change.replaces) and _is_named(spec, new)
    return change


def _falls(there: Any, after: Any) -> bool:
    """Whether a number of the object gets less."""
    return isinstance(there, Mapping) and any(after.get(name, units) < units for name, units in there.items())


def _paths(prop: Prop, before: Any, after: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    _walk(found, prop.name, before, after, prop.key)
    # The same content in other words would not have got here, so something differs: at least the property itself.
    return found or {prop.name: ADD if before is None else DELETE if after is None else UPDATE}


def _walk(found: dict[str, str], path: str, before: Any, after: Any, key: str = "") -> None:
    """Adds the paths that differ. One part that comes where another goes shares its path, and is an update."""
    olds, news = _parts(path, before, key), _parts(path, after, key)
    if olds is not None and news is not None:
        for name in {**olds, **news}:
            (old_path, old), (new_path, new) = olds.get(name, ("", None)), news.get(name, ("", None))
            _walk(found, new_path or old_path, old, new)
    elif has_unknown(after) or before != after:
        kind = ADD if before is None else DELETE if after is None else UPDATE
        found[path] = UPDATE if found.get(path, kind) != kind else kind


def _parts(path: str, value: Any, key: str) -> dict[str, tuple[str, Any]] | None:
    """Name → path and value of each part: of a list by `key`, or else as a collection, since services keep no order."""
    if isinstance(value, Mapping):
        return {name: (join(path, name), item) for name, item in value.items()}
    if isinstance(value, list):
        named = [entry.get(key) if key else order_key(entry) for entry in value]
        return {name: (f"{path}[{index}]", value[index]) for index, name in enumerate(named)}
    return None


def _region(spec: ResourceType, ctx: Context, old_state: Props, new: Props, change: Change) -> None:
    if not spec.regional:
        return
    before, after = old_state.get("region"), new.get("region") or ctx.config.region
    if before and before != after:
        change.names.append("region")
        change.replaces.append("region")
        change.detailed["region"] = UPDATE


def _tags_all(spec: ResourceType, ctx: Context, old_state: Props, new: Props, change: Change) -> None:
    """The provider's default tags change the resource, though its own tags did not."""
    if (
        "tags" not in spec.by_name
        or "tags" in change.names
        or has_unknown(new.get("tags"))
        or "tagsAll" not in old_state
    ):
        return
    wanted = ctx.visible(ctx.all_tags(new))
    if wanted != old_state["tagsAll"]:
        change.names.append("tagsAll")
        _walk(change.detailed, "tagsAll", old_state["tagsAll"], wanted)


def _is_named(spec: ResourceType, new: Props) -> bool:
    """Whether the name is given: then the AWS plugin deletes first, for both might bear it, even if it changes.

    A name that the plugin made up is made up anew for the replacement.
    """
    return bool(spec.named) and new.get(spec.named) is not None and spec.named not in (new.get("__defaults") or ())
