"""A stage that publishes its contracts in SSM: deployed, read, broken, withdrawn; with the smallest of the systems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tablekit.client import Clients, connect, connect_parameters
from tablekit.contract import ContractError
from tests.engine.project import Project, project
from tests.support import aws
from tests.support.command import tablekit

PATH = "/dynamodb/local/formbridge"
NAMES = {
    *(f"{PATH}/contract/{number}" for number in range(1, 6)),
    f"{PATH}/env/AWS_REGION",
    f"{PATH}/env/DYNAMODB_FORMBRIDGEDATA_TABLE",
}
REGION = "eu-west-2"


@dataclass(frozen=True)
class Published:
    """Form-Bridge alone, deployed with the setting on. planned: the parameters in the plan before that."""

    deployed: Project
    outputs: Path
    planned: set[str]

    @property
    def ssm(self) -> Any:
        return self.deployed.client("ssm", REGION)

    @property
    def clients(self) -> Clients:
        return aws.clients(self.deployed.emulator.endpoint)

    def there(self) -> dict[str, str]:
        pages = self.ssm.get_paginator("get_parameters_by_path").paginate(Path="/dynamodb", Recursive=True)
        return {each["Name"]: each["Value"] for page in pages for each in page["Parameters"]}

    def tablekit(self, *words: str) -> Result:
        server = {"AWS_ENDPOINT_URL": self.deployed.emulator.endpoint, "AWS_REGION": REGION, **aws.KEYS}
        return tablekit(*words, environment=server)

    def smoke(self) -> Result:
        config = ("--config", str(self.deployed.config_file))
        return self.tablekit("smoke", "--plane", "control", "--outputs", str(self.outputs), *config)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("published")
    with project(folder) as deployed:
        streams = {"formbridge/FormBridgeData": "NEW_IMAGE"}
        deployed.set(families=["formbridge"], publishParameters=True, streams=streams)
        steps = deployed.plan()
        planned = {step["newState"]["inputs"]["name"] for step in steps if "ssm/parameter:" in step["urn"]}
        deployed.up()
        outputs = folder / "outputs.json"
        outputs.write_text(json.dumps(deployed.outputs()))
        yield Published(deployed, outputs, planned)


def test_what_is_planned_is_what_is_there(published: Published) -> None:
    """Though the plan had no ARN yet."""
    assert published.planned == NAMES
    there = published.there()
    assert there.keys() == NAMES
    assert there[f"{PATH}/env/DYNAMODB_FORMBRIDGEDATA_TABLE"] == "local-FormBridgeData"
    assert there[f"{PATH}/env/AWS_REGION"] == REGION
    assert published.deployed.plan() == [], "deploying it again changes nothing"


def test_the_contract_is_the_outputs(published: Published) -> None:
    found = connect_parameters("local", "formbridge", REGION, published.clients)
    assert found.contract.families == connect(published.outputs).contract.families
    table = found.family("formbridge").exported.tables["FormBridgeData"]
    assert table.stream_arn is not None
    assert table.stream_arn.startswith(f"{table.arn}/stream/2"), "which is known after the deployment alone"
    result = found.family("formbridge").run("submission", tenant_id="t1", shard_id="1", submission_id="s1")
    assert result.item is None
    parameters, outputs = (
        published.tablekit("env", "--family", "formbridge", *source)
        for source in (("--from-parameters", "local"), ("--outputs", str(published.outputs)))
    )
    assert (parameters.exit_code, outputs.exit_code) == (0, 0), parameters.stderr + outputs.stderr
    assert "local-FormBridgeData" in parameters.stdout
    assert parameters.stdout == outputs.stdout


def test_a_family_that_is_not_published_is_one_message(published: Published) -> None:
    done = published.tablekit("env", "--family", "cloudstro", "--from-parameters", "local")
    assert done.exit_code == 1
    assert done.stdout == ""
    said = "/dynamodb/local/cloudstro/contract in eu-west-2: nothing is published there"
    assert f"{said}; is eu-west-2 the family's region" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(ContractError, match="nothing is published there; is us-east-1 the family's region"):
        connect_parameters("local", "formbridge", "us-east-1", published.clients)


def test_what_somebody_changed_is_found(published: Published) -> None:
    done = published.smoke()
    assert done.exit_code == 0, done.stdout
    assert "formbridge: 14 passed\n" in done.stdout
    before = published.there()
    variable, part = f"{PATH}/env/DYNAMODB_FORMBRIDGEDATA_TABLE", f"{PATH}/contract/2"
    client = published.ssm
    client.put_parameter(Name=variable, Value="FormBridgeData", Overwrite=True)
    client.put_parameter(Name=f"{PATH}/env/MORE", Value="x", Type="String")
    client.delete_parameter(Name=part)
    try:
        done = published.smoke()
        assert done.exit_code == 1
        repair = "./pulumiw up --refresh -s local"
        assert (
            f"parameter {variable!r}: found 'FormBridgeData', expected 'local-FormBridgeData': {repair}" in done.stdout
        )
        assert f"parameter '{PATH}/env/MORE': found 'x', expected none: delete it" in done.stdout
        assert f'parameter {part!r}: missing, expected \'{{"contractVersion":"1.3"' in done.stdout
        with pytest.raises(
            ContractError, match=f"part 2 of 5 is missing \\({part}\\); ./pulumiw up --refresh -s local makes it"
        ):
            connect_parameters("local", "formbridge", REGION, published.clients)
        delete = next(line.strip() for line in done.stdout.splitlines() if " aws ssm delete-parameter " in line)
    finally:
        aws.run(delete)
        published.deployed.pulumi("up", "--refresh", "-s", "local", "--yes", "--skip-preview")
    assert published.there() == before


def test_what_is_turned_off_is_withdrawn(published: Published) -> None:
    """The last: the stage is another afterwards."""
    published.deployed.set(publishParameters=None)
    done = published.deployed.up()
    assert done["deleted"] == len(NAMES) + 1, "and their component"
    assert published.there() == {}
    client = published.deployed.client("iam", REGION)
    policy = client.get_role_policy(RoleName="local-formbridge-app-role", PolicyName="access-patterns")
    assert "ssm:" not in json.dumps(policy["PolicyDocument"])
    smoked = published.smoke()
    assert smoked.exit_code == 0, smoked.stdout
