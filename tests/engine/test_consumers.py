"""Both consumers of the stack's outputs, on a deployed stack: what they are given, and what they say where it isn't."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.engine.example import Example, example
from tests.engine.project import Project
from tests.support import tools

CLOUDSTRO = {
    "DYNAMODB_USERS_TABLE": "local-cloudstro-users",
    "DYNAMODB_SOCIAL_ACCOUNTS_TABLE": "local-cloudstro-social-accounts",
    "DYNAMODB_SOCIAL_POSTS_TABLE": "local-cloudstro-social-posts",
    "DYNAMODB_SOCIAL_ENGAGEMENT_TABLE": "local-cloudstro-social-engagement",
    "DYNAMODB_AI_INSIGHTS_TABLE": "local-cloudstro-ai-insights",
}
USERS = "arn:aws:dynamodb:us-east-1:123456789012:table/local-cloudstro-users"
LATER = """
import pulumi

pulumi.export("contractVersion", "2.0")
pulumi.export("stage", "later")
pulumi.export("families", {})
"""
"""A stack of the tables' project as some later major version may export it."""
LATER_IS_REFUSED = (
    "stack organization/dynamodb-tables/later: contract version 2.0, and this tablekit reads 1.x; "
    "install the tablekit of major version 2"
)


@pytest.fixture(scope="module")
def tables(deployed: Project) -> Project:
    """The five systems, deployed; and a stack `later` beside them, whose contract is of another version."""
    later = deployed.folder.parent / "later"
    later.mkdir()
    (later / "__main__.py").write_text(LATER)
    (later / "Pulumi.yaml").write_text((deployed.folder / "Pulumi.yaml").read_text())
    for words in (["stack", "init"], ["up", "--yes", "--skip-preview"]):
        subprocess.run(
            [str(deployed.stack.engine.path), *words, "--stack", "later", "--non-interactive"],
            cwd=later,
            env=dict(deployed.stack.environment),
            capture_output=True,
            check=True,
            timeout=120,
        )
    return deployed


@pytest.fixture(scope="module")
def python(tables: Project, tmp_path_factory: pytest.TempPathFactory) -> Example:
    return example("consumer-python", tmp_path_factory.mktemp("python"), tables)


@pytest.fixture(scope="module")
def in_yaml(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Example:
    tools.need(tools.yaml_host)
    tables: Project = request.getfixturevalue("tables")
    return example("consumer-yaml", tmp_path_factory.mktemp("yaml"), tables)


@pytest.fixture
def consumer(request: pytest.FixtureRequest) -> Example:
    """The consumer that is asked for, configured as for the stack `local`."""
    found: Example = request.getfixturevalue(request.param)
    found.configure()
    return found


@pytest.mark.parametrize("consumer", ["python", "in_yaml"], indirect=True)
def test_a_consumer_has_its_variables_and_a_role_by_access_pattern(tables: Project, consumer: Example) -> None:
    consumer.up()
    found = consumer.outputs()
    assert found["env"] == CLOUDSTRO
    assert found["region"] == "us-east-1"
    iam: Any = tables.client("iam")
    role = iam.get_role(RoleName=found["role"])["Role"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": ["lambda.amazonaws.com"]}
    (policy,) = iam.list_role_policies(RoleName=found["role"])["PolicyNames"]
    document = iam.get_role_policy(RoleName=found["role"], PolicyName=policy)["PolicyDocument"]
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "GetItem", "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": [USERS]},
            {
                "Sid": "Query",
                "Effect": "Allow",
                "Action": ["dynamodb:Query"],
                "Resource": [f"{USERS}/index/email-index"],
            },
        ],
    }


@pytest.mark.parametrize(
    ("consumer", "setting", "value", "says"),
    [
        (
            "python",
            "family",
            "cloudstr",
            "stage 'local' has no family 'cloudstr'; did you mean 'cloudstro'?; "
            "it has acs, cloudstro, content-ai, formbridge, marketbrewer, pse",
        ),
        (
            "in_yaml",
            "table",
            "user",
            "family 'cloudstro' in stage 'local' has no table 'user'; did you mean 'users'?; "
            "it has ai-insights, social-accounts, social-engagement, social-posts, users",
        ),
        ("python", "tables", "organization/dynamodb-tables/later", LATER_IS_REFUSED),
    ],
    ids=["family", "table", "contract version"],
    indirect=["consumer"],
)
def test_a_consumer_gets_one_message_of_what_is_not_there(
    consumer: Example, setting: str, value: object, says: str
) -> None:
    consumer.configure(**{setting: value})
    said = consumer.refused()
    messages = {line.split("error: ")[-1].strip() for line in said.splitlines() if says in line}
    assert len(messages) == 1, said
