"""The table whose backups are meant: of a stage, with the stage's settings and clients."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tablekit.client import Clients
from tablekit.contract import Contract
from tablekit.model import installed
from tablekit.model.catalogue import Catalogue
from tablekit.model.naming import PROD
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.ops import sources, stages
from tablekit.ops.errors import RestoreError
from tablekit.ops.seed.target import Target, targets
from tablekit.ops.smoke.settings import load
from tablekit.ops.stages import StageSettings


@dataclass(frozen=True)
class DeployedStage:
    """A stage, as the command line names it."""

    contract: Contract
    catalogue: Catalogue
    settings: StageSettings
    clients: Clients

    def source(self, table: str) -> Source:
        """The table `family/table`. Raises TablekitError."""
        family, _, name = table.partition("/")
        if not family or not name:
            raise RestoreError(f"table {table!r}: write it as family/table, as in pse/campaigns")
        return Source(self, targets(self.contract, self.catalogue, [family], name)[0])

    def sources(self) -> list[Source]:
        """All of its tables. Raises TablekitError."""
        return [Source(self, target) for target in targets(self.contract, self.catalogue)]


@dataclass(frozen=True)
class Source:
    """A table of the stage; it may be gone from AWS."""

    stage: DeployedStage
    target: Target

    @property
    def name(self) -> str:
        """On AWS."""
        return self.target.exported.name

    @property
    def client(self) -> Any:
        """boto3's, in the table's region."""
        return self.stage.clients.get("dynamodb", self.target.region)

    @property
    def account(self) -> Account:
        """Where the table is."""
        _, partition, _, _, account, *_ = self.target.exported.arn.split(":")
        return Account(account, partition)

    @property
    def family(self) -> StagedFamily:
        """Its family in the stage."""
        return StagedFamily(self.target.family, self.stage.settings.config, self.stage.catalogue)

    def called(self, name: str) -> StagedTable:
        """The table as it is declared and the stage sets it, under another name on AWS."""
        return replace(self.family.tables[self.target.table.name], name=name)


def open_stage(
    outputs: Path | None, stack: str | None, stage: str | None, config: Path | None, writes: bool = False
) -> DeployedStage:
    """The stage. writes: prod then has to be named by --stage, and its file has to be there. Raises TablekitError."""
    contract = sources.outputs(outputs, stack or (None if outputs else stage))
    if stage and contract.stage != stage:
        raise RestoreError(f"--stage {stage}: the outputs are of stage {contract.stage!r}; give those of {stage!r}")
    if writes and contract.stage == PROD and stage != PROD:
        raise RestoreError("stage 'prod': nothing is made there without --stage prod; give it if you mean it")
    catalogue, folders = installed(), stages.places(outputs)
    settings = load(contract, catalogue, config, stages.address_of(contract.stage, folders, None, config), folders)
    if writes and not settings.from_file:
        raise RestoreError(
            f"no Pulumi.{contract.stage}.yaml was found, which says how its tables are set: run the command in "
            "the project's folder, or give --config FILE"
        )
    clients = stages.clients(contract.stage, folders, endpoint=settings.endpoint, file=config)
    return DeployedStage(contract, catalogue, settings, clients)
