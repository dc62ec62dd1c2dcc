"""A whole program: the stage's configuration, its families, and the contract as the stack's outputs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import grpc
import pulumi
import pulumi_aws as aws
from pulumi.runtime.config import CONFIG
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from components.access import current_account
from components.alarms import AccountAlarms
from components.family import TableFamily
from tablekit.contract import VERSION
from tablekit.contract.parameters import Publication
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import TablekitError
from tablekit.model.naming import PROJECT
from tablekit.model.stage import load_stage, setting
from tablekit.model.staged import staged_families


async def deploy(families: Callable[[], Catalogue]) -> dict[str, Any]:
    """Deploy the stage's families; gives the contract, the stack's outputs. For `pulumi.run`.

    All is checked before the first resource is registered; what is wrong comes as one message, without a traceback.
    It ends when the resources are registered, and not before: the SDK would wait for all of their outputs by a loop
    that takes the square of their number, half of the time of a preview of 370 tables.
    """
    _start_the_plugin()
    try:
        catalogue = families()
        stage = load_stage(pulumi.get_stack(), settings(PROJECT), settings("aws"), catalogue)
        deployed = staged_families(stage, catalogue)
        for family in deployed.values() if stage.publish_parameters else ():
            Publication(family)
    except TablekitError as error:
        raise pulumi.RunError(str(error)) from None
    account = current_account()
    made: dict[str, TableFamily] = {}
    # Existing families first, and nothing before their tables: a refused creation is to leave nothing half done. They
    # wait for the account alone: a refusal that cuts that question off would be reported as a failure of its own.
    existing: list[pulumi.Resource] = []
    for family in sorted(deployed.values(), key=lambda family: not family.exists_already):
        after = pulumi.ResourceOptions(depends_on=account.apply(lambda _: []) if family.exists_already else existing)
        made[family.key] = TableFamily(family.key, family, account, after)
        if family.exists_already:
            existing += made[family.key].tables.values()
    if stage.alarms == "all":
        for region in sorted({family.region for family in deployed.values()}):
            AccountAlarms(f"account-{region}-alarms", stage, region, pulumi.ResourceOptions(depends_on=existing))
    exported = {key: made[key].exported for key in deployed}
    await pulumi.Output.all(**exported).future()
    return {"contractVersion": VERSION, "stage": stage.stage, "families": exported}


def _start_the_plugin() -> None:
    """Have the engine start and configure the AWS plug-in while the families load, in a preview.

    It starts a plug-in when it is first asked for something, which would be once all is loaded: the one waits for the
    other, a second or more. So a question is asked beside, and its answer is dropped: what is wrong with it is told
    where the program itself asks. An update asks nothing before all is checked, and its preview came before.
    """
    if not pulumi.runtime.is_dry_run():
        return
    monitor: Any = get_monitor()
    package = aws._utilities.get_invoke_opts_defaults()
    question = resource_pb2.ResourceInvokeRequest(
        tok="aws:index/getPartition:getPartition",
        version=package.version or "",
        pluginDownloadURL=package.plugin_download_url or "",
    )

    def ask() -> None:
        # Not by the SDK's own call: that belongs to the event loop, which runs once the program has ended.
        with suppress(grpc.RpcError):
            monitor.Invoke(question)

    threading.Thread(target=ask, daemon=True).start()


def settings(namespace: str) -> dict[str, Any]:
    """The stack's configuration in a namespace, values parsed where Pulumi keeps them as JSON text."""
    prefix = f"{namespace}:"
    return {key.removeprefix(prefix): setting(value) for key, value in CONFIG.get().items() if key.startswith(prefix)}
