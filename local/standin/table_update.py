"""One update of a table: the AWS plugin's calls, in its order.

Tags, before all else; the indexes that go; the table class; a stream's other view, by off and on; one UpdateTable with
billing, protection, limits, stream and the indexes' capacity; the indexes that come, one at a time, as DynamoDB takes
them; encryption; TTL; backups; warm throughput. What is wanted as it is costs no call. moto is done when it answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from . import table_shape as shape
from .codecs import capitalized
from .context import Context
from .errors import ServiceError
from .spec import ResourceType
from .values import Props

_UNITS: Final = ("readCapacity", "writeCapacity")


@dataclass(frozen=True)
class Update:
    """From what is there (`actual`; empty for a table that was just made) to what is wanted (`inputs`)."""

    ctx: Context
    spec: ResourceType
    name: str
    actual: Props
    inputs: Props

    def run(self) -> None:
        """All of it."""
        self._indexes_that_go()
        if self._wants("tableClass"):
            self._call(TableClass=self.inputs.get("tableClass") or "STANDARD")
        self._other_view()
        self._at_once()
        self._indexes_that_come()
        if self._wants("serverSideEncryption"):
            self._call(SSESpecification=shape.encryption(self.inputs["serverSideEncryption"]))
        self.time_to_live()
        self.recovery()
        if self._wants("warmThroughput"):
            self._call(WarmThroughput=capitalized(self.inputs["warmThroughput"]))

    def time_to_live(self) -> None:
        """Switches TTL."""
        if not self._wants("ttl"):
            return
        before, wanted = self.actual.get("ttl") or {}, self.inputs["ttl"]
        attribute = wanted.get("attributeName") or ""
        if before.get("enabled") and attribute != before["attributeName"]:
            raise _other_attribute(before["attributeName"], attribute, bool(wanted.get("enabled")))
        change = shape.time_to_live(wanted)
        self.ctx.call("update_time_to_live", TableName=self.name, TimeToLiveSpecification=change)

    def recovery(self) -> None:
        """Switches point-in-time recovery."""
        if not self._wants("pointInTimeRecovery"):
            return
        change = shape.recovery(self.inputs["pointInTimeRecovery"])
        self.ctx.call("update_continuous_backups", TableName=self.name, PointInTimeRecoverySpecification=change)

    # -- their parts -----------------------------------------------------------------------------------------

    def _call(self, **changes: Any) -> None:
        self.ctx.call("update_table", TableName=self.name, **changes)

    def _wants(self, name: str) -> bool:
        return not self.spec.by_name[name].same(self.inputs.get(name), self.actual.get(name))

    @property
    def _there(self) -> dict[str, Props]:
        return {index["name"]: index for index in self.actual["globalSecondaryIndexes"]}

    @property
    def _wanted(self) -> dict[str, Props]:
        """Those that are there, where none are given: they stay."""
        given = self.inputs.get("globalSecondaryIndexes")
        return {index["name"]: index for index in given} if given else self._there

    @property
    def _stay(self) -> set[str]:
        there, wanted = self._there, self._wanted
        same = (n for n in there if n in wanted and shape.index_identity(there[n]) == shape.index_identity(wanted[n]))
        return set(same)

    def _indexes_that_go(self) -> None:
        """One at a time, those too that come back changed."""
        left = self._there
        for index in sorted(set(left) - self._stay):
            del left[index]
            self._call(
                # DynamoDB forgets attributes that no key uses any more; not every emulator does unless asked to.
                AttributeDefinitions=_used_definitions(self.actual, list(left.values())),
                GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}],
            )

    def _indexes_that_come(self) -> None:
        stay, wanted = self._stay, self._wanted
        present = [self._there[name] for name in sorted(stay)]
        coming = sorted(set(wanted) - stay)
        types = self.inputs if self._wants("attributes") else {**self.inputs, "attributes": self.actual["attributes"]}
        if coming and (refused := _refused_types(self.actual, types, present)):
            raise ServiceError(
                "UpdateTable",
                "ValidationException",
                "invalid attribute, SchemaElement redefined should be of same type as previously defined",
                f"Declare {', '.join(refused)} with the type that the table's keys have: it can't be changed.",
            )
        for name in coming:
            present.append(wanted[name])
            self._call(
                AttributeDefinitions=_used_definitions(types, present),
                GlobalSecondaryIndexUpdates=[
                    {"Create": shape.global_index(wanted[name], shape.is_provisioned(self.inputs))}
                ],
            )

    def _other_view(self) -> None:
        """Another view is another stream: off first."""
        if self._wants("streamViewType") and self.actual.get("streamEnabled") and self.inputs.get("streamEnabled"):
            self._call(StreamSpecification={"StreamEnabled": False})
            self._switched_on({"StreamSpecification": shape.stream(self.inputs)})

    def _at_once(self) -> None:
        changes = {**self._capacity()}
        if self._wants("deletionProtectionEnabled"):
            changes["DeletionProtectionEnabled"] = bool(self.inputs.get("deletionProtectionEnabled"))
        if self._wants("onDemandThroughput") and self.inputs.get("onDemandThroughput"):
            changes["OnDemandThroughput"] = capitalized(self.inputs["onDemandThroughput"])
        if self._wants("streamEnabled"):
            changes["StreamSpecification"] = shape.stream(self.inputs)
        if changes:
            self._switched_on(changes)

    def _switched_on(self, changes: dict[str, Any]) -> None:
        try:
            self._call(**changes)
        except ServiceError as error:
            if error.code != "ResourceInUseException" or "StreamSpecification" not in changes:
                raise
            # moto switches a table's stream on only once in its life: reported as not held, like other such inputs
            if others := {key: value for key, value in changes.items() if key != "StreamSpecification"}:
                self._call(**others)

    def _capacity(self) -> dict[str, Any]:
        provisioned = shape.is_provisioned(self.inputs)
        switched = provisioned != shape.is_provisioned(self.actual)
        wanted, there = self._wanted, self._there
        changes: dict[str, Any] = {}
        if switched or (provisioned and any(self._wants(unit) for unit in _UNITS)):
            changes = shape.billing({**{unit: self.actual.get(unit) for unit in _UNITS}, **self.inputs})
        # A switch to provisioned names the capacity of every index there is.
        updates = [
            shape.capacity_update(wanted[name], provisioned)
            for name in sorted(self._stay)
            if (provisioned and switched) or _other_capacity(wanted[name], there[name], provisioned)
        ]
        if updates:
            changes["GlobalSecondaryIndexUpdates"] = updates
        return changes


def _other_attribute(there: str, wanted: str, on: bool) -> ServiceError:
    off_first = (
        f'Switch it off first, by ttl {{"attributeName": "{there}", "enabled": false}}, and deploy; then on with '
        f"{wanted!r}: DynamoDB takes one change of TTL an hour."
    )
    old_name = f"Give ttl the attributeName {there!r}: DynamoDB wants it to switch TTL off."
    return ServiceError(
        "UpdateTimeToLive",
        "ValidationException",
        f"TimeToLive is active on a different AttributeName: current AttributeName is {there}",
        off_first if on else old_name,
    )


def _other_capacity(wanted: Props, actual: Props, provisioned: bool) -> bool:
    names = _UNITS if provisioned else ("onDemandThroughput",)
    return any(wanted.get(name) and wanted[name] != actual.get(name) for name in names)


def _refused_types(actual: Props, wanted: Props, present: list[Props]) -> list[str]:
    """The retyped attributes that keys use which are there: DynamoDB refuses to define them anew."""
    used = shape.own_keys(actual) | {attribute for index in present for attribute, _ in shape.keys_of(index)}
    return sorted(used & shape.retyped(actual, wanted))


def _used_definitions(owner: Props, indexes: list[Props]) -> list[dict[str, str]]:
    """The definitions that the table, its local indexes and these global ones use: what DynamoDB wants at that step."""
    used = shape.own_keys(owner) | {attribute for index in indexes for attribute, _ in shape.keys_of(index)}
    return [entry for entry in shape.definitions(owner) if entry["AttributeName"] in used]
