"""What `tablekit check` says beyond that the declarations can be used: what nobody deploys, what nothing uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tablekit.model import Catalogue
from tablekit.model.errors import StageError
from tablekit.ops.remarks import undeployed, unused
from tests.support.declare import family, table, writing

CATALOGUE = Catalogue([family(), family(key="store", table_name="store-{table}", patterns=(writing(),))])
PROJECT = """\
name: dynamodb-tables
config:
  families:
    type: array
    items:
      type: string
    default: [shop]
"""
STAGE = "config:\n  aws:region: eu-west-2\n"
SAYS = (
    "family 'store' is deployed by no stage ({files}): add it to config.families.default in Pulumi.yaml for each stage "
    "without families of its own, or to dynamodb-tables:families in a stage's file"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "Pulumi.dev.yaml").write_text(STAGE)
    return tmp_path


def test_a_family_that_no_stage_lists_is_named_with_the_files_to_add_it_to(folder: Path) -> None:
    (folder / "Pulumi.prod.yaml").write_text(f"{STAGE}  dynamodb-tables:families: [shop]\n")
    assert list(undeployed(CATALOGUE, folder)) == [SAYS.format(files="Pulumi.dev.yaml, Pulumi.prod.yaml")]


@pytest.mark.parametrize("value", ["[shop, store]", "[store]", '\'["store", "shop"]\''])
def test_one_stage_is_enough(folder: Path, value: str) -> None:
    (folder / "Pulumi.prod.yaml").write_text(f"{STAGE}  dynamodb-tables:families: {value}\n")
    assert list(undeployed(CATALOGUE, folder)) == []


def test_the_projects_default_counts_only_where_a_stage_has_none_of_its_own(folder: Path) -> None:
    (folder / "Pulumi.yaml").write_text(PROJECT.replace("[shop]", "[shop, store]"))
    assert list(undeployed(CATALOGUE, folder)) == []
    (folder / "Pulumi.dev.yaml").write_text(f"{STAGE}  dynamodb-tables:families: [shop]\n")
    assert list(undeployed(CATALOGUE, folder)) == [SAYS.format(files="Pulumi.dev.yaml")]


@pytest.mark.parametrize("project", [None, "", "name: another\n", "name: another\nconfig:\n  families: 7\n"])
def test_nothing_is_said_of_another_project_or_of_none(folder: Path, project: str | None) -> None:
    (folder / "Pulumi.yaml").unlink()
    if project is not None:
        (folder / "Pulumi.yaml").write_text(project)
    assert list(undeployed(CATALOGUE, folder)) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (
            "dev",
            f"{STAGE}  dynamodb-tables:alarmSubscriptions: [{{protocl: email, endpoint: a@example.com}}]\n",
            "Pulumi.dev.yaml: dynamodb-tables:alarmSubscriptions[0].protocl: no such field; did you mean 'protocol'?; "
            "remove it or fix its name",
        ),
        ("Dev", STAGE, "stage 'Dev': a stage's name is 2 to 10 of a-z and 0-9, a letter first; "),
    ],
)
def test_a_stages_file_that_no_deployment_would_take_is_an_error(folder: Path, name: str, text: str, says: str) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(text)
    with pytest.raises(StageError) as error:
        list(undeployed(CATALOGUE, folder))
    assert str(error.value).startswith(says)


def test_an_unused_index_is_named_with_what_to_do() -> None:
    assert list(unused(CATALOGUE)) == [
        "store/orders: index 'customer-day-index' serves no access pattern; it costs its writes and storage: declare "
        "the pattern that needs it, or remove it"
    ]


def test_a_table_without_access_patterns_is_named_with_what_to_do() -> None:
    alone = Catalogue([family(tables=(table(), table(name="drafts", indexes=())))])
    assert list(unused(alone)) == [
        "shop/drafts: no access pattern uses the table, so no role may either: add its patterns to the table"
    ]
