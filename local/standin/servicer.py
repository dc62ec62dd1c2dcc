"""What the SDK's gRPC servicer leaves out: old inputs, the engine's naming wishes, readable failures and warnings."""

from __future__ import annotations

import asyncio
import functools
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, Final

import grpc
import grpc.aio
from pulumi.provider.experimental import server as sdk_server
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, status_pb2

from .checking import Naming
from .errors import PartlyMade, StandInError
from .provider import OLD_INPUTS, StandIn
from .values import from_struct, plain_map, to_struct, wire_map

_MODES: Final = {0: "propose", 1: "enforce", 2: "disable"}

Method = Callable[[Any, Any, Any], Coroutine[Any, Any, Any]]


def _readable(method: Method) -> Method:
    """Turns what a handler raises into what the engine prints: a message, or a resource that is there in part."""

    @functools.wraps(method)
    async def wrapped(self: StandInServicer, request: Any, context: Any) -> Any:
        try:
            return await method(self, request, context)
        except PartlyMade as error:
            await context.abort_with_status(_partly_made(error))
        except StandInError as error:
            await context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except (grpc.aio.AbortError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (the engine must get an answer whatever went wrong)
            trace = "".join(traceback.format_exception(error))
            await context.abort(grpc.StatusCode.INTERNAL, f"the stand-in AWS plugin failed (a defect of it):\n{trace}")

    return wrapped


class _Status(grpc.Status):  # type: ignore[misc]  # the stubs have no base for it
    def __init__(self, code: grpc.StatusCode, details: str, trailing_metadata: Any) -> None:
        self.code = code
        self.details = details
        self.trailing_metadata = trailing_metadata


def _partly_made(error: PartlyMade) -> _Status:
    """The engine keeps such a resource in its state, reports the failure, and updates it the next time."""
    detail = proto.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=PropertyValue.marshal_map(wire_map(error.state)),
        inputs=PropertyValue.marshal_map(wire_map(error.inputs)),
        reasons=[str(error)],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(error))
    status.details.add().Pack(detail)
    return _Status(grpc.StatusCode.UNKNOWN, str(error), (("grpc-status-details-bin", status.SerializeToString()),))


class StandInServicer(sdk_server.ProviderServicer):
    """The SDK's servicer, completed."""

    _provider: StandIn

    def __init__(self, args: list[str], version: str, provider: StandIn, engine_address: str) -> None:
        super().__init__(args, version, provider, engine_address)
        self._loop = asyncio.get_running_loop()
        self._host: Any = None
        provider.warn = self._warn

    # -- warnings --------------------------------------------------------------------------------------------

    def _warn(self, urn: str, message: str) -> None:
        """From a worker's thread: the engine shows it with the resource. Waits, so that no exit comes before it."""
        asyncio.run_coroutine_threadsafe(self._log(urn, message), self._loop).result(timeout=10)

    async def _log(self, urn: str, message: str) -> None:
        if self._host is None:
            self._host = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(self._engine_address))
        await self._host.Log(engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.WARNING, message=message, urn=urn))

    # -- requests that the SDK's own cuts short --------------------------------------------------------------

    @_readable
    async def Check(self, request: Any, context: Any) -> Any:
        naming = None
        if request.HasField("autonaming"):
            naming = Naming(request.autonaming.proposed_name, _MODES[request.autonaming.mode])
        inputs, faults = self._provider.checked(
            request.urn, from_struct(request.olds), from_struct(request.news), request.randomSeed, naming
        )
        return proto.CheckResponse(
            inputs=to_struct(inputs),
            failures=[proto.CheckFailure(property=fault.path, reason=fault.reason) for fault in faults],
        )

    @_readable
    async def Diff(self, request: Any, context: Any) -> Any:
        OLD_INPUTS.set(plain_map(PropertyValue.unmarshal_map(request.old_inputs)))
        return await super().Diff(request, context)

    @_readable
    async def Update(self, request: Any, context: Any) -> Any:
        return await super().Update(request, context)  # type: ignore[no-untyped-call]

    @_readable
    async def Create(self, request: Any, context: Any) -> Any:
        if request.preview:
            planned = self._provider.planned(request.urn, from_struct(request.properties))
            return proto.CreateResponse(properties=to_struct(planned))
        return await super().Create(request, context)  # type: ignore[no-untyped-call]

    @_readable
    async def Read(self, request: Any, context: Any) -> Any:
        answer = await super().Read(request, context)  # type: ignore[no-untyped-call]
        # Gone means no properties at all: the SDK's empty ones would let `pulumi import` adopt what isn't there.
        return answer if answer.id else proto.ReadResponse()

    @_readable
    async def Delete(self, request: Any, context: Any) -> Any:
        return await super().Delete(request, context)  # type: ignore[no-untyped-call]

    @_readable
    async def Invoke(self, request: Any, context: Any) -> Any:
        return await super().Invoke(request, context)

    @_readable
    async def Configure(self, request: Any, context: Any) -> Any:
        answer = await super().Configure(request, context)
        answer.supports_autonaming_configuration = True
        return answer
