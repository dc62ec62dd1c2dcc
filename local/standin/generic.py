"""Create, read, update and delete of any type that is written down as data."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import jmespath  # type: ignore[import-untyped]

from . import outputs
from .context import MARK, Context
from .errors import PartlyMadeError, ServiceError, StandInError
from .spec import ALL, Op, Prop, ResourceType, Step, fill, unfill
from .values import Props

THERE: Final = "AlreadyExists"
"""The code of the refusal that is the plugin's own, where the service has none."""

_CREATING: Final = threading.Lock()


class Generic:
    """A type by its data."""

    def __init__(self, spec: ResourceType) -> None:
        self.spec = spec

    # -- the four operations ---------------------------------------------------------------------------------

    def create(self, ctx: Context, inputs: Props) -> tuple[str, Props]:
        """Makes it; a failure after the first call leaves a resource that the next `up` completes."""
        spec = self.spec
        assert spec.create is not None
        scope = dict(inputs)
        try:
            answer = self._make(ctx, spec.create, scope, self._tags_at_creation(ctx, inputs))
        except ServiceError as error:
            if error.code not in (*spec.exists, THERE):
                raise
            resource_id, there = self._take_over(ctx, scope, error)
            return resource_id, self.update(ctx, resource_id, there, inputs)
        scope.update(self._decode(jmespath.search(spec.create.at, answer) or {}))
        resource_id = str(fill(spec.id, scope))

        def finish() -> None:
            self._complete(ctx, {**scope, "id": resource_id}, inputs)

        return resource_id, self._guarded(ctx, resource_id, scope, inputs, finish, new=True)

    def _complete(self, ctx: Context, scope: Props, inputs: Props) -> None:
        """What the call that creates does not take."""
        for step in self.spec.steps:
            if step.at_creation:
                self._step(ctx, step, scope, {}, inputs)

    def _make(self, ctx: Context, create: Op, scope: Props, tags: Props) -> Any:
        """The call that creates; where the service would answer with what is there, that is asked and refused first.

        The lock is for two resources of one name, which are created at the same time.
        """
        there = self.spec.there
        if there is None:
            return self._run(ctx, create, scope, tags)
        with _CREATING:
            answer = self._unless_gone(ctx, there, {**scope, "region": ctx.region, "account": ctx.account})
            if not answer:
                return self._run(ctx, create, scope, tags)
        scope.update(self._decode(jmespath.search(there.at, answer)))
        what = f"{self.spec.service.upper()} {self.spec.token.split(':')[-1]} ({scope['name']})"
        raise ServiceError(create.method.title().replace("_", ""), THERE, f"{what} already exists")

    def read(self, ctx: Context, resource_id: str, known: Props) -> tuple[str, Props] | None:
        """What is there, in Pulumi's words; None if it is gone."""
        spec = self.spec
        parts = unfill(spec.id if known else spec.import_id or spec.id, resource_id)
        scope: Props = {**known, **parts, "id": resource_id}
        record: Props = {}
        for index, op in enumerate(spec.reads):
            found = jmespath.search(str(fill(op.at, scope)), self._unless_gone(ctx, op, scope))
            if not found and index == 0:
                return None
            record.update(found or {})
            scope.update(self._decode(record))
        actual = {**parts, **self._decode(record)}
        if spec.tagging:
            actual["tags"] = self._tags_there(ctx, {**scope, **actual}, record)
        if spec.tidy:
            actual = spec.tidy(actual)
        return str(fill(spec.id, {**scope, **actual})), actual

    def update(self, ctx: Context, resource_id: str, old: Props, inputs: Props) -> Props:
        """Changes what changed."""
        old = self._completed(ctx, resource_id, old)
        scope = {**old, **self._reset(old, inputs), **inputs, "id": resource_id}

        return self._guarded(ctx, resource_id, old, inputs, lambda: self._change(ctx, scope, old, inputs))

    def _change(self, ctx: Context, scope: Props, old: Props, inputs: Props) -> None:
        spec = self.spec
        if spec.update and self._changed(self._names(spec.update), old, inputs):
            self._run(ctx, spec.update, scope, {})
        for step in spec.steps:
            self._step(ctx, step, scope, old, inputs)
        self._retag(ctx, scope, old.get("tagsAll") or {}, ctx.all_tags(inputs))

    def _completed(self, ctx: Context, resource_id: str, old: Props) -> Props:
        """The state, or what is there where the state lacks it: a creation that was cut off could not read it back."""
        if all(prop.name in old for prop in self.spec.props if prop.output):
            return old
        found = self.read(ctx, resource_id, old)
        return old if found is None else {**old, **outputs.of(self.spec, ctx, found[1], found[1])}

    def delete(self, ctx: Context, resource_id: str, old: Props) -> None:
        """Removes it; what isn't there is removed already."""
        scope = {**old, "id": resource_id}
        if self.spec.tagging and self.spec.tagging.outlive and old.get("tagsAll"):
            untag = self.spec.tagging.untag
            self._unless_gone(ctx, untag, {**scope, "keys": sorted(old["tagsAll"])})
        if self.spec.delete:
            self._unless_gone(ctx, self.spec.delete, scope)

    # -- their parts -----------------------------------------------------------------------------------------

    def _unless_gone(self, ctx: Context, op: Op, scope: Props) -> Any:
        try:
            answer = ctx.call(op.method, **fill(op.args, scope))
        except ServiceError as error:
            if not op.says_gone(error):
                raise
            return {}
        return {**answer, op.parsed: json.loads(answer[op.parsed])} if op.parsed else answer

    def _guarded(
        self,
        ctx: Context,
        resource_id: str,
        old: Props,
        inputs: Props,
        finish: Callable[[], None],
        new: bool = False,
    ) -> Props:
        """Runs the rest, then reads back; a failure carries what is there by then."""
        known = {**old, **inputs}
        try:
            finish()
            found = self.read(ctx, resource_id, known)
        except StandInError as failure:
            there = outputs.after_failure(failure, lambda: self.read(ctx, resource_id, known), new)
            made = outputs.of(self.spec, ctx, inputs, there)
            raise PartlyMadeError(resource_id, made, inputs, failure) from failure
        return self._state(ctx, inputs, found[1] if found else {}, old)

    def _state(self, ctx: Context, inputs: Props, actual: Props, old: Props) -> Props:
        unsupported = outputs.unsupported_inputs(self.spec, ctx, inputs, actual)
        outputs.warn_unsupported(ctx, unsupported, inputs, actual)
        return outputs.of(self.spec, ctx, inputs, actual, unsupported)

    def _names(self, op: Op) -> tuple[str, ...]:
        if op.sends != ALL:
            return op.sends
        return tuple(p.name for p in self.spec.settable if not p.kept and p.name not in ("region", "tags"))

    def _run(self, ctx: Context, op: Op, scope: Props, tags: Props) -> Any:
        props = self._props(self._names(op))
        sent: Props = {}
        for prop in props:
            if scope.get(prop.name) is not None:
                *outer, name = prop.aws.split(".")
                inside = functools.reduce(lambda into, each: into.setdefault(each, {}), outer, sent)
                inside[name] = prop.codec.encode(scope[prop.name])
        return ctx.call(op.method, **fill(op.args, scope), **(op.shaped(sent) if op.shaped else sent), **tags)

    def _decode(self, record: Mapping[str, Any]) -> Props:
        found = {}
        for prop in self.spec.props:
            if prop.kept or prop.name == "tags":
                continue
            value = record.get(prop.aws) if prop.aws.isidentifier() else jmespath.search(prop.aws, record)
            if value is not None:
                found[prop.name] = prop.codec.decode(value)
        return found

    def _changed(self, names: tuple[str, ...], old: Props, inputs: Props) -> list[str]:
        return [p.name for p in self._props(names) if not p.same(inputs.get(p.name), old.get(p.name))]

    def _step(self, ctx: Context, step: Step, scope: Props, old: Props, inputs: Props) -> None:
        changed = self._changed(step.props, old, inputs)
        if step.each:
            for prop in self._props(tuple(changed)):
                value = inputs.get(prop.name, prop.default)
                text = "" if value is None else prop.codec.encode(value)
                self._run(ctx, step.op, {**scope, "attribute": prop.aws, "value": text}, {})
        elif changed:
            off = all(prop.equal(None, inputs.get(prop.name)) for prop in self._props(step.props))
            self._run(ctx, step.unset if off and step.unset else step.op, scope, {})

    def _reset(self, old: Props, inputs: Props) -> Props:
        """What is no longer given goes back to its default; what is at its default isn't sent at all."""
        absent = [prop for prop in self.spec.settable if prop.name not in inputs]
        return {p.name: None if p.computed or p.equal(None, old.get(p.name)) else p.default for p in absent}

    def _props(self, names: tuple[str, ...]) -> list[Prop]:
        return [self.spec.by_name[name] for name in names]

    # -- tags ------------------------------------------------------------------------------------------------

    def _tags_at_creation(self, ctx: Context, inputs: Props) -> Props:
        tags = {**ctx.all_tags(inputs), **({MARK: ctx.mark} if self.spec.marked else {})}
        return {self.spec.tagging.named: self.spec.tagging.codec.encode(tags)} if self.spec.tagging and tags else {}

    def _tags_there(self, ctx: Context, scope: Props, record: Props) -> dict[str, str]:
        tagging = self.spec.tagging
        assert tagging is not None
        found = record.get("Tags")
        if tagging.listing:
            found = jmespath.search(
                tagging.listing.at, ctx.call(tagging.listing.method, **fill(tagging.listing.args, scope))
            )
        return dict(tagging.codec.decode(found or []))

    def _retag(self, ctx: Context, scope: Props, before: Mapping[str, str], wanted: Mapping[str, str]) -> None:
        tagging = self.spec.tagging
        if tagging is None or before == ctx.visible(wanted):
            return
        if gone := sorted(key for key in before if key not in wanted):
            named = {"keys": gone, "pairs": [{"Key": key} for key in gone]}
            ctx.call(tagging.untag.method, **fill(tagging.untag.args, {**scope, **named}))
        if new := {key: value for key, value in wanted.items() if before.get(key) != value}:
            tags = {tagging.added: tagging.codec.encode(new)}
            ctx.call(tagging.tag.method, **fill(tagging.tag.args, scope), **tags)

    # -- taking over -----------------------------------------------------------------------------------------

    def _take_over(self, ctx: Context, scope: Props, error: ServiceError) -> tuple[str, Props]:
        """What is there already, if this very resource of this stack made it and the caller says so."""
        resource_id = str(fill(self.spec.id, scope))
        found = self.read(ctx, resource_id, scope) if self.spec.marked and ctx.take_over else None
        if found and found[1]["tags"].get(MARK) == ctx.mark and self._is_takeable(ctx, found[1], scope):
            return found[0], outputs.of(self.spec, ctx, found[1], found[1])
        raise error.with_fix(
            f"{ctx.name!r} is on the emulator but not in this stack's state (a destroy that retained it, or an update "
            f"that was killed?): `make up` takes over what this stack made, "
            f"`make down` starts over with an empty emulator."
        )

    def _is_takeable(self, ctx: Context, actual: Props, inputs: Props) -> bool:
        """Whether what is there can become what is wanted."""
        return True
