"""Answers the engine for the pack, over its analyzer protocol.

`pulumi-policy`'s own server is not used, for three things that it can't do: a level by stage (it leaves the stack's
name out), reading a resource once for all rules (it decodes it anew for each), and passing over a value that is not
known yet without a line of output.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2  # type: ignore[import-untyped,unused-ignore]
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, plugin_pb2

from policies.resource import DocumentError, NotKnownError, Resource, decode_struct
from policies.rule import Finding, Rule
from policies.run import Run
from tablekit.model.naming import PROD

MESSAGE_LIMIT: Final = 400 * 1024 * 1024
"""Bytes; the engine's own limit for one message."""

WORKERS: Final = 2
"""Calls answered at a time. Python runs one after the other anyway; more of them would only wait for each other."""
PARENT_SECONDS: Final = 2
"""How often it is asked whether the engine is still there."""

_LEVELS: Final = analyzer_pb2.EnforcementLevel
"""The engine's own levels are called as this project's, in capital letters."""
_STRICTNESS: Final = ("disabled", "advisory", "mandatory")


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):  # type: ignore[misc,name-defined,unused-ignore]
    """One pack in one run of the engine.

    The engine names the stack first, asks for the rules, and then gives their levels back with a policy configuration
    laid over them.
    """

    def __init__(self, name: str, rules: Sequence[Rule]) -> None:
        self.name = name
        self.rules = {rule.id: rule for rule in rules}
        self._begin(Run())

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return analyzer_pb2.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: grpc.ServicerContext) -> Any:
        # Secret ones are among them: they are compared, and never shown.
        self._begin(Run(request.stack, request.project, dict(request.config)))
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def _begin(self, run: Run) -> None:
        self.run = run
        self.levels: dict[str, str] = {rule.id: rule.level(run.stage) for rule in self.rules.values()}
        for rule in self.rules.values():
            run.settings[rule.id] = {name: setting.default for name, setting in rule.settings.items()}

    def GetAnalyzerInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return analyzer_pb2.AnalyzerInfo(
            name=self.name, supportsConfig=True, policies=[self._info(rule) for rule in self.rules.values()]
        )

    def _info(self, rule: Rule) -> Any:
        info = analyzer_pb2.PolicyInfo(
            name=rule.id,
            description=rule.description,
            enforcementLevel=_LEVELS.Value(self.levels[rule.id].upper()),
            policy_type=analyzer_pb2.POLICY_TYPE_RESOURCE if rule.types else analyzer_pb2.POLICY_TYPE_STACK,
        )
        properties = {name: {**each.schema, "default": each.default} for name, each in rule.settings.items()}
        if properties:
            info.configSchema.properties.update(properties)
        return info

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        for rule, given in request.policyConfig.items():
            if rule in self.rules:
                least = self.levels[rule] if self.run.stage == PROD else _STRICTNESS[0]
                level = _LEVELS.Name(given.enforcementLevel).lower()
                self.levels[rule] = max(level, least, key=_STRICTNESS.index)
                self.run.settings[rule] |= decode_struct(given.properties)
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo()

    def Analyze(self, request: Any, context: grpc.ServicerContext) -> Any:
        rules = [rule for rule in self._active() if rule.looks_at(request.type)]
        self.run.analyzed.add(request.urn)
        return self._judge(rules, [_resource(request)] if rules else [], context)

    def AnalyzeStack(self, request: Any, context: grpc.ServicerContext) -> Any:
        rules = [rule for rule in self._active() if not rule.types]
        return self._judge(rules, [_resource(each) for each in request.resources], context)

    def Remediate(self, request: Any, context: grpc.ServicerContext) -> Any:
        return analyzer_pb2.RemediateResponse()  # no rule changes a resource

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def _active(self) -> Iterable[Rule]:
        return (rule for rule in self.rules.values() if self.levels[rule.id] != "disabled")

    def _judge(self, rules: Iterable[Rule], resources: Sequence[Resource], context: grpc.ServicerContext) -> Any:
        response = analyzer_pb2.AnalyzeResponse()
        for rule in rules:
            try:
                for finding in rule.check(resources, self.run):
                    self._add(response, rule, finding)
            except DocumentError as error:
                self._add(response, rule, Finding(f"{resources[0].label}: {error}", resources[0].urn))
            except NotKnownError as unknown:
                self.run.not_judged.append(f"{resources[0].label}: {unknown}")
            except Exception as error:  # noqa: BLE001 - whatever it is, the engine must say which rule
                names = ", ".join(each.urn for each in resources[:1])
                context.abort(grpc.StatusCode.UNKNOWN, f"rule {rule.id} broke on {names}: {error!r}")
        return response

    def _add(self, response: Any, rule: Rule, finding: Finding) -> None:
        """What is allowed is reported still, with who allows it."""
        level, message = self.levels[rule.id], finding.message
        if allowance := self.run.allowance(rule.id, finding.about):
            if allowance.holds_on(self.run.today):
                level = "advisory"
                message += f" (allowed by {allowance.by}: {allowance.reason})"
            else:
                message += f" (what {allowance.by} allowed ended on {allowance.until})"
        response.diagnostics.add(
            policyName=rule.id,
            policyPackName=self.name,
            description=rule.description,
            message=f"{rule.description}\n{message}",
            enforcementLevel=_LEVELS.Value(level.upper()),
            urn=finding.urn,
        )


def _resource(request: Any) -> Resource:
    return Resource(
        type=request.type,
        name=request.name,
        urn=request.urn,
        inputs=decode_struct(request.properties),
        provider=request.provider.name,
        parent=request.options.parent,
        protect=request.options.protect,
        ignore_changes=tuple(request.options.ignoreChanges),
        aliases=tuple(request.options.aliases),
        delete_before_replace=request.options.deleteBeforeReplace,
    )


def serve(analyzer: Analyzer) -> None:
    """Answer until the engine ends this process, or is gone: then the parent is another than at its start."""
    parent = os.getppid()
    limits = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    analyzer_pb2_grpc.add_AnalyzerServicer_to_server(analyzer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def leave(_number: int = 0, _frame: FrameType | None = None) -> None:
        os._exit(0)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    # The first line says where the engine is to call; it waits for it.
    print(port, flush=True)
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    leave()
