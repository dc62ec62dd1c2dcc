"""The plugin protocol: checks, diffs, and dispatches to the types' handlers. Each request has a thread of its own."""

from __future__ import annotations

import functools
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

import grpc
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2_grpc, status_pb2

from tablekit.model import limits as shared

from . import catalog, checking, clients, diffing, functions, outputs, schema
from .bucket import Bucket
from .context import Context, dropped, type_of
from .errors import ConfigError, PartlyMadeError, StandInError
from .generic import Generic
from .spec import ResourceType
from .state_only import Replica, StateOnly
from .table import Table
from .values import Props, from_struct, to_struct

Method = Callable[[Any, Any, Any], Any]
TABLE: Final = "aws:dynamodb/table:Table"
HANDLERS: Final[Mapping[str, type[Generic]]] = {
    TABLE: Table,
    "aws:s3/bucket:Bucket": Bucket,
    "aws:dynamodb/tableReplica:TableReplica": Replica,
}
"""Types whose calls are more than their data says; all others are `Generic`."""


def _readable(method: Method) -> Method:
    """Turns what a handler raises into what the engine prints: a message, or a resource that is there in part."""

    @functools.wraps(method)
    def wrapped(self: Plugin, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except StandInError as error:
            if isinstance(error, PartlyMadeError):
                context.set_trailing_metadata((("grpc-status-details-bin", _details(error)),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 (the engine must get an answer whatever went wrong)
            trace = "".join(traceback.format_exception(error))
            context.abort(grpc.StatusCode.INTERNAL, f"the stand-in AWS plugin failed (a defect of it):\n{trace}")

    return wrapped


def _details(error: PartlyMadeError) -> bytes:
    """The engine keeps such a resource in its state, reports the failure, and updates it the next time."""
    detail = proto.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=to_struct(error.state),
        inputs=to_struct(error.inputs),
        reasons=[str(error)],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    packed: bytes = status.SerializeToString()
    return packed


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The stand-in for the AWS plugin. engine: the address of the engine, which shows its warnings."""

    def __init__(self, engine: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine))
        self._clients: clients.Clients | None = None
        self._cancelled = threading.Event()
        self._in_state: set[str] = set()

    # -- itself ----------------------------------------------------------------------------------------------

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return proto.PluginInfo(version=schema.sdk_version())

    @_readable
    def GetSchema(self, request: Any, context: Any) -> Any:
        return proto.GetSchemaResponse(schema=schema.text(list(catalog.TYPES)))

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        # Nothing of the configuration replaces the provider: a region is compared resource by resource.
        return proto.DiffResponse(changes=proto.DiffResponse.DIFF_NONE, hasDetailedDiff=True)

    @_readable
    def Configure(self, request: Any, context: Any) -> Any:
        self._clients = clients.Clients(clients.parse(from_struct(request.args)))
        clients.verify_account(self._clients)
        return proto.ConfigureResponse(supportsPreview=True)

    def Cancel(self, request: Any, context: Any) -> Any:
        self._cancelled.set()
        return Empty()

    # -- resources -------------------------------------------------------------------------------------------

    @_readable
    def Check(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        old = from_struct(request.olds)
        if old:
            self._in_state.add(request.urn)
        self._ready.config.endpoint(spec.service)
        inputs, faults = checking.check(spec, request.urn, old, from_struct(request.news), request.randomSeed)
        failures = [proto.CheckFailure(property=fault.path, reason=fault.reason) for fault in faults]
        return proto.CheckResponse(inputs=to_struct(inputs), failures=failures)

    @_readable
    def Diff(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        new = from_struct(request.news)
        ctx = self._context(spec, request.urn, new)
        change = diffing.compare(spec, ctx, from_struct(request.olds), from_struct(request.old_inputs), new)
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if change.names else proto.DiffResponse.DIFF_NONE,
            replaces=change.replaces,
            deleteBeforeReplace=change.delete_first,
            diffs=change.names,
            detailedDiff={path: _difference(path, kind, change.replaces) for path, kind in change.detailed.items()},
            hasDetailedDiff=True,
        )

    @_readable
    def Create(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        inputs = from_struct(request.properties)
        ctx = self._context(spec, request.urn, inputs)
        if request.preview:
            return proto.CreateResponse(properties=to_struct(outputs.planned(spec, ctx, inputs)))
        resource_id, state = _handler(spec).create(ctx, inputs)
        return proto.CreateResponse(id=resource_id, properties=to_struct(state))

    @_readable
    def Read(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        state, inputs = from_struct(request.properties), from_struct(request.inputs)
        resource_id, region = _split_region(request.id, spec, state)
        ctx = self._context(spec, request.urn, {**state, **inputs, **region})
        found = _handler(spec).read(ctx, resource_id, {**inputs, **state})
        if found is None:
            # No properties at all: empty ones would let `pulumi import` adopt what isn't there.
            return proto.ReadResponse()
        names = dropped(state)
        actual_id, actual = found
        asked = outputs.asked(spec, inputs, state)
        return proto.ReadResponse(
            id=actual_id,
            properties=to_struct(outputs.of(spec, ctx, asked, actual, names)),
            inputs=to_struct(outputs.drifted(spec, ctx, inputs, actual, names)),
        )

    @_readable
    def Update(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        old, inputs = from_struct(request.olds), from_struct(request.news)
        ctx = self._context(spec, request.urn, inputs)
        if request.preview:
            return proto.UpdateResponse(properties=to_struct(outputs.planned(spec, ctx, inputs, old)))
        return proto.UpdateResponse(properties=to_struct(_handler(spec).update(ctx, request.id, old, inputs)))

    @_readable
    def Delete(self, request: Any, context: Any) -> Any:
        spec = catalog.lookup(type_of(request.urn))
        state = from_struct(request.properties)
        _handler(spec).delete(self._context(spec, request.urn, state), request.id, state)
        return Empty()

    @_readable
    def Invoke(self, request: Any, context: Any) -> Any:
        result = self._table(from_struct(request.args)) if request.tok == functions.TABLE else None
        result = result or functions.invoke(request.tok, self._ready)
        return proto.InvokeResponse(**{"return": to_struct(result)})  # a keyword of Python's

    # -- their parts -----------------------------------------------------------------------------------------

    @property
    def _ready(self) -> clients.Clients:
        if self._clients is None:
            raise ConfigError(
                "the stand-in AWS plugin was asked to work before it was configured; run the command again."
            )
        return self._clients

    def _table(self, given: Props) -> Props:
        spec = catalog.lookup(TABLE)
        ctx = self._context(spec, "", given)
        return functions.table(given["name"], _handler(spec).read(ctx, given["name"], {}))

    def _context(self, spec: ResourceType, urn: str, values: Mapping[str, Any]) -> Context:
        region = values.get("region")

        def warn(message: str) -> None:
            """The engine shows it with the resource."""
            self._engine.Log(engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.WARNING, message=message, urn=urn))

        return Context(
            clients=self._ready,
            service=spec.service,
            region=region if isinstance(region, str) else self._ready.config.region,
            urn=urn,
            warn=warn,
            cancelled=self._cancelled,
            in_state=urn in self._in_state,
        )


def _handler(spec: ResourceType) -> Generic:
    return HANDLERS.get(spec.token, Generic if spec.held is None else StateOnly)(spec)


def _split_region(resource_id: str, spec: ResourceType, state: Props) -> tuple[str, Props]:
    """An import may say where: `name@region`, as the real plugin has it."""
    name, at, region = resource_id.rpartition("@")
    if state or not at or not shared.REGION.fullmatch(region) or not spec.regional:
        return resource_id, {}
    return name, {"region": region}


def _difference(path: str, kind: str, replaces: list[str]) -> Any:
    root = path.replace("[", ".").split(".")[0]
    name = f"{kind}_REPLACE" if root in replaces else kind
    return proto.PropertyDiff(kind=proto.PropertyDiff.Kind.Value(name), inputDiff=root != "tagsAll")
