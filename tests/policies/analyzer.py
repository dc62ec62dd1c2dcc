"""The pack as the engine runs it: its own process, and the analyzer protocol."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2  # type: ignore[import-untyped,unused-ignore]
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from local.project import ROOT

START_SECONDS = 60
CALL_SECONDS = 60
LEVELS = {
    analyzer_pb2.ADVISORY: "advisory",
    analyzer_pb2.MANDATORY: "mandatory",
    analyzer_pb2.DISABLED: "disabled",
}


@dataclass(frozen=True)
class Sent:
    """A resource as the engine sends it."""

    type: str
    name: str
    inputs: dict[str, Any]
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    delete_before_replace: bool = False
    provider: str = "default_7_1_0"
    parents: str = ""
    parent: str = ""

    def urn(self, stage: str) -> str:
        """It names the types of the components that it is in."""
        within = "".join(f"dynamodb-tables:index:{each}$" for each in self.parents.split())
        return f"urn:pulumi:{stage}::dynamodb-tables::{within}{self.type}::{self.name}"

    def fields(self, stage: str) -> dict[str, Any]:
        """The fields that a request for one and a request for all have in common."""
        properties = struct_pb2.Struct()
        properties.update(self.inputs)
        return {
            "type": self.type,
            "name": self.name,
            "urn": self.urn(stage),
            "properties": properties,
            "options": analyzer_pb2.AnalyzerResourceOptions(
                protect=self.protect,
                ignoreChanges=self.ignore_changes,
                aliases=self.aliases,
                deleteBeforeReplace=self.delete_before_replace,
                parent=self.parent,
            ),
            "provider": analyzer_pb2.AnalyzerProviderResource(name=self.provider),
        }


@dataclass(frozen=True)
class Found:
    """A diagnostic of the pack's."""

    rule: str
    level: str
    message: str
    urn: str


@dataclass
class Pack:
    """A started pack. `at` configures it, as the engine does before anything else."""

    stub: Any
    stage: str = ""
    _configured: tuple[Any, ...] = ()

    def at(
        self,
        stage: str,
        config: Mapping[str, str] | None = None,
        rules: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
        project: str = "dynamodb-tables",
    ) -> Pack:
        """Send stack and configuration, ask for the rules, and give back their levels with a policy configuration
        laid over them, in the engine's order."""
        configured = (stage, config, rules, project)
        if configured != self._configured:
            self.stub.ConfigureStack(
                analyzer_pb2.AnalyzerStackConfigureRequest(stack=stage, project=project, config=config or {}),
                timeout=CALL_SECONDS,
            )
            request = analyzer_pb2.ConfigureAnalyzerRequest()
            for policy in self.info().policies:
                defaults = {key: schema["default"] for key, schema in policy.configSchema.properties.items()}
                given = {"enforcementLevel": LEVELS[policy.enforcementLevel], **defaults, **rules.get(policy.name, {})}
                level = given.pop("enforcementLevel").upper()
                request.policyConfig[policy.name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level)
                request.policyConfig[policy.name].properties.update(given)
            self.stub.Configure(request, timeout=CALL_SECONDS)
            self.stage, self._configured = stage, configured
        return self

    def info(self) -> Any:
        return self.stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=CALL_SECONDS)

    def levels(self) -> dict[str, str]:
        """Each rule's level, as the pack answers the engine."""
        return {policy.name: LEVELS[policy.enforcementLevel] for policy in self.info().policies}

    def analyze(self, resource: Sent) -> list[Found]:
        request = analyzer_pb2.AnalyzeRequest(**resource.fields(self.stage))
        return _found(self.stub.Analyze(request, timeout=CALL_SECONDS))

    def analyze_stack(self, resources: Sequence[Sent]) -> list[Found]:
        sent = [analyzer_pb2.AnalyzerResource(**each.fields(self.stage)) for each in resources]
        return _found(self.stub.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=sent), timeout=CALL_SECONDS))

    def everything(self, resources: Sequence[Sent]) -> list[Found]:
        """What a whole preview would report."""
        return [found for each in resources for found in self.analyze(each)] + self.analyze_stack(resources)


def _found(response: Any) -> list[Found]:
    return [Found(d.policyName, LEVELS[d.enforcementLevel], d.message, d.urn) for d in response.diagnostics]


@contextmanager
def started() -> Iterator[Pack]:
    """A pack's process, until the block ends; the first line that it prints is its port."""
    process = subprocess.Popen(
        [sys.executable, "-u", str(ROOT / "policies"), "127.0.0.1:1"],
        cwd=ROOT / "policies",
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        assert ready, f"the pack printed no port within {START_SECONDS} s"
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.enable_http_proxy", 0)]) as channel:
            yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel))
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
