"""The plugin protocol on the SDK's provider base class: checks, diffs and dispatches to the types' handlers.

Everything that calls the emulator runs in a thread: the engine sends as many requests at once as its parallelism says.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiff, PropertyDiffKind

from . import catalog, checking, clients, diffing, functions, schema, schema_text, settle
from .context import Context, dropped, type_of
from .errors import ConfigError
from .generic import Generic, Handler
from .limits import shared
from .spec import ResourceType
from .table import Table
from .values import Props, plain_map, wire_map

T = TypeVar("T")

HANDLERS: Final[Mapping[str, Callable[[ResourceType], Handler]]] = {"generic": Generic, "table": Table}


OLD_INPUTS: Final[contextvars.ContextVar[Props]] = contextvars.ContextVar("old_inputs")
"""The old inputs of the Diff under way: the SDK's request leaves them out, the servicer puts them here."""


class StandIn(sdk.Provider):
    """The stand-in for the AWS plugin."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.warn: Callable[[str, str], None] = lambda urn, message: None
        self._clients: clients.Clients | None = None
        self._cancelled = threading.Event()
        self._in_state: set[str] = set()
        self._threads = concurrent.futures.ThreadPoolExecutor(clients.MAX_CONNECTIONS, "standin")

    # -- configuration ---------------------------------------------------------------------------------------

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:
        return sdk.GetSchemaResponse(schema_text.text(list(catalog.TYPES), self.version))

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        return sdk.CheckResponse(inputs=request.new_inputs)

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        # Nothing of the configuration replaces the provider: a region is compared resource by resource.
        return sdk.DiffResponse()

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        self._clients = clients.Clients(clients.parse(plain_map(request.args)))
        await self._in_thread(lambda: clients.verify_account(self._ready))
        return sdk.ConfigureResponse(
            accept_secrets=False, supports_preview=True, accept_resources=False, accept_outputs=False
        )

    async def cancel(self) -> None:
        self._cancelled.set()

    # -- resources -------------------------------------------------------------------------------------------

    def checked(
        self, urn: str, old: Props, new: Props, seed: bytes, naming: checking.Naming | None
    ) -> tuple[Props, list[schema.Complaint]]:
        """Check: the inputs to go on with, and what is wrong with them. naming: the engine's wishes."""
        spec = catalog.lookup(type_of(urn))
        if old:
            self._in_state.add(urn)
        self._ready.config.endpoint(spec.service)
        return checking.check(spec, urn, old, new, seed, naming)

    def planned(self, urn: str, inputs: Props) -> Props:
        """Create, in a preview: the outputs as far as they are known before anything is made."""
        spec = catalog.lookup(type_of(urn))
        return settle.planned(spec, self._context(spec, urn, inputs), inputs)

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        spec = catalog.lookup(type_of(request.urn))
        new = plain_map(request.new_inputs)
        ctx = self._context(spec, request.urn, new)
        old = plain_map(request.old_state)
        change = diffing.compare(spec, ctx, old, OLD_INPUTS.get(), new)
        for message in () if change.replaces or not spec.unplanned else spec.unplanned(old, new):
            await self._in_thread(partial(ctx.warn, f"{ctx.token} {ctx.name!r}: {message}"))
        return sdk.DiffResponse(
            changes=bool(change.names),
            replaces=change.replaces,
            delete_before_replace=change.delete_first,
            diffs=change.names,
            detailed_diff={path: _kind(path, kind, change.replaces) for path, kind in change.detailed.items()},
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        spec = catalog.lookup(type_of(request.urn))
        inputs = plain_map(request.properties)
        ctx = self._context(spec, request.urn, inputs, request.timeout)
        resource_id, state = await self._in_thread(lambda: self._handler(spec).create(ctx, inputs))
        return sdk.CreateResponse(resource_id, _outputs(spec, state))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        spec = catalog.lookup(type_of(request.urn))
        state, inputs = plain_map(request.properties), plain_map(request.inputs)
        resource_id, region = _split_region(request.resource_id, spec, state)
        ctx = self._context(spec, request.urn, {**state, **inputs, **region})
        found = await self._in_thread(lambda: self._handler(spec).read(ctx, resource_id, {**inputs, **state}))
        if found is None:
            return sdk.ReadResponse()
        names = dropped(state)
        actual_id, actual = found
        return sdk.ReadResponse(
            actual_id,
            _outputs(spec, settle.state(spec, ctx, settle.asked(spec, inputs, state), actual, names)),
            wire_map(settle.drifted(spec, ctx, inputs, actual, names)),
        )

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        spec = catalog.lookup(type_of(request.urn))
        old, inputs = plain_map(request.olds), plain_map(request.news)
        ctx = self._context(spec, request.urn, inputs, request.timeout)
        if request.preview:
            return sdk.UpdateResponse(wire_map(settle.planned(spec, ctx, inputs, old)))
        handler = self._handler(spec)
        state = await self._in_thread(lambda: handler.update(ctx, request.resource_id, old, inputs))
        return sdk.UpdateResponse(_outputs(spec, state))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        spec = catalog.lookup(type_of(request.urn))
        state = plain_map(request.properties)
        ctx = self._context(spec, request.urn, state, request.timeout)
        await self._in_thread(lambda: self._handler(spec).delete(ctx, request.resource_id, state))

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        arguments = plain_map(request.args)
        result = await self._in_thread(lambda: functions.invoke(request.tok, arguments, self._ready))
        return sdk.InvokeResponse(wire_map(result))

    # -- their parts -----------------------------------------------------------------------------------------

    @property
    def _ready(self) -> clients.Clients:
        if self._clients is None:
            raise ConfigError(
                "the stand-in AWS plugin was asked to work before it was configured; run the command again."
            )
        return self._clients

    def _context(self, spec: ResourceType, urn: str, values: Mapping[str, Any], timeout: float = 0.0) -> Context:
        region = values.get("region")
        return Context(
            clients=self._ready,
            service=spec.service,
            region=region if isinstance(region, str) else self._ready.config.region,
            urn=urn,
            warn=lambda message: self.warn(urn, message),
            cancelled=self._cancelled,
            timeout=timeout,
            in_state=urn in self._in_state,
        )

    def _handler(self, spec: ResourceType) -> Handler:
        return HANDLERS[spec.handler](spec)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _outputs(spec: ResourceType, state: Props) -> dict[str, PropertyValue]:
    return {name: value.with_secret(name in spec.secrets) for name, value in wire_map(state).items()}


def _split_region(resource_id: str, spec: ResourceType, state: Props) -> tuple[str, Props]:
    """An import may say where: `name@region`, as the real plugin has it."""
    name, at, region = resource_id.rpartition("@")
    if state or not at or not shared.REGION.fullmatch(region) or "region" not in schema.of(spec.token).inputs.fields:
        return resource_id, {}
    return name, {"region": region}


def _kind(path: str, kind: str, replaces: list[str]) -> PropertyDiff:
    root = path.replace("[", ".").split(".")[0]
    name = f"{kind}_REPLACE" if root in replaces else kind
    return PropertyDiff(PropertyDiffKind[name], input_diff=root != "tagsAll")
