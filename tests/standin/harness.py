"""The stand-in plugin behind its real gRPC protocol, with the small part of the engine that the tests need."""

from __future__ import annotations

import functools
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import boto3
import grpc
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc, status_pb2

from local.standin import plugin
from local.standin.__main__ import start as serve
from local.standin.values import Props, from_struct, to_struct

REGION = "eu-west-2"
SERVICES = (
    "dynamodb",
    "iam",
    "cloudwatch",
    "sns",
    "sts",
    "ssm",
    "kms",
    "appautoscaling",
    "budgets",
    "backup",
    "events",
    "pipes",
    "glue",
    "sqs",
    "s3",
    "cloudtrail",
    "accessanalyzer",
    "costexplorer",
    "lambda",
    "logs",
)

TABLE = "aws:dynamodb/table:Table"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC = "aws:sns/topic:Topic"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
BUDGET = "aws:budgets/budget:Budget"
PARAMETER = "aws:ssm/parameter:Parameter"
VAULT = "aws:backup/vault:Vault"
VAULT_LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
BACKUP_PLAN = "aws:backup/plan:Plan"
BACKUP_SELECTION = "aws:backup/selection:Selection"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"
EVENT_BUS = "aws:cloudwatch/eventBus:EventBus"
EVENT_ARCHIVE = "aws:cloudwatch/eventArchive:EventArchive"
QUEUE = "aws:sqs/queue:Queue"
PIPE = "aws:pipes/pipe:Pipe"
CATALOG_DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"
CATALOG_TABLE = "aws:glue/catalogTable:CatalogTable"
FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"


class PluginError(Exception):
    """What the engine would print. `partial` is what it would keep of a resource that was made in part."""

    def __init__(self, message: str, partial: Any) -> None:
        super().__init__(message)
        self.partial = partial


@dataclass
class Planned:
    """A diff, as the engine reads it."""

    changes: bool
    replaces: list[str]
    paths: dict[str, str]
    delete_first: bool


@dataclass
class Held:
    """A resource in the state."""

    token: str
    name: str
    resource_id: str
    inputs: Props
    outputs: Props
    failed: bool = False


class _Host(engine_pb2_grpc.EngineServicer):
    def __init__(self, warnings: list[str]) -> None:
        self.warnings = warnings

    def Log(self, request: Any, context: Any) -> Empty:
        self.warnings.append(request.message)
        return Empty()


@dataclass
class Plugin:
    """One plugin process's worth: a server, a stub, and the state of a stack."""

    endpoint: str
    config: Props = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    state: dict[str, Held] = field(default_factory=dict)

    # -- life ---------------------------------------------------------------------------------------------

    def start(self, configure: bool = True) -> Plugin:
        self._engine = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(_Host(self.warnings), self._engine)
        engine_port = self._engine.add_insecure_port("127.0.0.1:0")
        self._engine.start()
        self.provider = plugin.Plugin(f"127.0.0.1:{engine_port}")
        self._server, port = serve(self.provider)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        if configure:
            self.configure()
        return self

    def stop(self) -> None:
        self._channel.close()
        self._server.stop(None)
        self._engine.stop(None)

    def configure(self) -> None:
        endpoints = [dict.fromkeys(SERVICES, self.endpoint)]
        given = {"region": REGION, "endpoints": endpoints, "accessKey": "test", "secretKey": "test", **self.config}
        folded = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
        self.ask("Configure", proto.ConfigureRequest(args=to_struct({k: v for k, v in folded.items() if v != "null"})))

    # -- the protocol -------------------------------------------------------------------------------------

    def ask(self, method: str, request: Any) -> Any:
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            raise PluginError(error.details(), _partial(error)) from None

    def check(self, token: str, name: str, new: Props, old: Props | None = None) -> tuple[Props, list[Any]]:
        request = proto.CheckRequest(
            urn=urn(token, name), olds=to_struct(old or {}), news=to_struct(new), randomSeed=os.urandom(32)
        )
        answer = self.ask("Check", request)
        return from_struct(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]

    def reasons(self, token: str, new: Props) -> str:
        """All failures of a check, as one text."""
        return "\n".join(f"{path}: {reason}" for path, reason in self.check(token, "x", new)[1])

    def diff(self, held: Held, new: Props) -> Planned:
        request = proto.DiffRequest(
            id=held.resource_id,
            urn=urn(held.token, held.name),
            olds=to_struct(held.outputs),
            news=to_struct(new),
            old_inputs=to_struct(held.inputs),
        )
        answer = self.ask("Diff", request)
        kinds = {path: proto.PropertyDiff.Kind.Name(change.kind) for path, change in answer.detailedDiff.items()}
        changes = bool(answer.changes == proto.DiffResponse.DIFF_SOME)
        return Planned(changes, list(answer.replaces), kinds, answer.deleteBeforeReplace)

    def create(self, token: str, name: str, inputs: Props, preview: bool = False) -> tuple[str, Props]:
        request = proto.CreateRequest(urn=urn(token, name), properties=to_struct(inputs), preview=preview)
        answer = self.ask("Create", request)
        return answer.id, from_struct(answer.properties)

    def update(self, held: Held, new: Props, preview: bool = False) -> Props:
        request = proto.UpdateRequest(
            id=held.resource_id,
            urn=urn(held.token, held.name),
            olds=to_struct(held.outputs),
            news=to_struct(new),
            old_inputs=to_struct(held.inputs),
            preview=preview,
        )
        return from_struct(self.ask("Update", request).properties)

    def read(
        self, token: str, name: str, resource_id: str, inputs: Props | None = None, state: Props | None = None
    ) -> tuple[str, Props, Props]:
        request = proto.ReadRequest(
            id=resource_id, urn=urn(token, name), inputs=to_struct(inputs or {}), properties=to_struct(state or {})
        )
        answer = self.ask("Read", request)
        # The engine takes a resource for missing only if there are no properties, not if they are empty.
        assert bool(answer.id) is answer.HasField("properties") is answer.HasField("inputs")
        return answer.id, from_struct(answer.properties), from_struct(answer.inputs)

    def delete(self, held: Held) -> None:
        request = proto.DeleteRequest(
            id=held.resource_id, urn=urn(held.token, held.name), properties=to_struct(held.outputs)
        )
        self.ask("Delete", request)

    # -- the little engine --------------------------------------------------------------------------------

    def up(self, token: str, name: str, inputs: Props) -> str:
        """One resource's step: create, same, update or replace."""
        held = self.state.get(name)
        checked, failures = self.check(token, name, inputs, held.inputs if held else None)
        assert not failures, failures
        if held is None:
            return self._make(token, name, checked)
        plan = self.diff(held, checked)
        if plan.replaces:
            fresh, failures = self.check(token, name, inputs)
            assert not failures, failures
            if plan.delete_first:
                self.delete(held)
            self._make(token, name, fresh)
            if not plan.delete_first:
                self.delete(held)
            return "replace"
        if not plan.changes and not held.failed:
            return "same"
        try:
            self.state[name] = Held(token, name, held.resource_id, checked, self.update(held, checked))
        except PluginError as error:
            self._keep(token, name, error)
        return "update"

    def _make(self, token: str, name: str, inputs: Props) -> str:
        try:
            resource_id, outputs = self.create(token, name, inputs)
        except PluginError as error:
            self._keep(token, name, error)
        self.state[name] = Held(token, name, resource_id, inputs, outputs)
        return "create"

    def _keep(self, token: str, name: str, error: PluginError) -> None:
        if error.partial is not None:
            inputs, outputs = from_struct(error.partial.inputs), from_struct(error.partial.properties)
            self.state[name] = Held(token, name, error.partial.id, inputs, outputs, failed=True)
        raise error

    def refresh(self, name: str) -> str:
        """Reads one resource: same, update or delete."""
        held = self.state[name]
        found, outputs, inputs = self.read(held.token, name, held.resource_id, held.inputs, held.outputs)
        if not found:
            del self.state[name]
            return "delete"
        same = (outputs, inputs) == (held.outputs, held.inputs)
        self.state[name] = Held(held.token, name, found, inputs, outputs)
        return "same" if same else "update"

    def outputs(self, name: str) -> Props:
        return self.state[name].outputs

    def client(self, service: str, region: str = REGION) -> Any:
        return _client(self.endpoint, service, region)


@functools.cache
def _client(endpoint: str, service: str, region: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:local::st::pkg:index:Family${token}::{name}"


def _partial(error: Any) -> Any:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            detail = proto.ErrorResourceInitFailed()
            if status_pb2.Status.FromString(value).details[0].Unpack(detail):
                return detail
    return None
