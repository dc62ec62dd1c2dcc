"""What every tier shares. The tiers are folders, and each folder's conftest enforces what its tests may touch:

unit        declarations, rules, derivations, commands' arguments: no network, no engine
components  Pulumi components against its mocks: no network, no engine
policies    the policy pack's process over the analyzer protocol, on loopback
standin     the stand-in AWS plugin over its protocol, against moto on loopback
dataplane   items and access patterns through the real clients, on moto and DynamoDB Local on loopback; if asked, on AWS
audit       what others' checkers say: checkov, cfn-lint, parliament, and the workflows; fetches them once a machine
engine      the real engine with the stand-in, on moto and DynamoDB Local on loopback
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.support import dynamodb_local, tools

settings.register_profile("untimed", deadline=None, max_examples=60)
settings.load_profile("untimed")
HERE = Path(__file__).parent
TIERS = ("audit", "policies", "components", "engine", "dataplane", "standin", "unit")
"""In the order in which they run: what takes long begins early, and what is short fills the gaps."""
TOGETHER = (
    (
        "tests/engine/test_consumers.py",
        "tests/engine/test_deploy.py",
        "tests/engine/test_import_aws.py",
        "tests/engine/test_smoke.py",
    ),
    (
        "tests/audit/test_policy_documents.py",
        "tests/audit/test_second_judge.py",
        "tests/audit/test_templates.py",
        "tests/components/",
        "tests/policies/",
    ),
)
"""Files that one worker runs, as they share what is made once: the deployment of all systems; stages with mocks."""
# A shell has the jobs of its background ignore SIGINT, and what they start inherits that: the tests that send it to
# processes of theirs want it heard.
signal.signal(signal.SIGINT, signal.default_int_handler)


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """One worker runs a file, and so makes its fixtures once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        return next((group[0] for group in TOGETHER if file.startswith(group)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """What says which worker runs what."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by tier."""
    items.sort(key=lambda item: TIERS.index(item.path.relative_to(HERE).parts[0]))


@pytest.fixture(scope="session", autouse=True)
def _tools(request: pytest.FixtureRequest) -> None:
    """Has all that the collected tests' tiers use on this machine before the first of them runs."""
    tools.install(item.path.relative_to(HERE).parts[0] for item in request.session.items)


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[str]:
    """DynamoDB Local's endpoint."""
    tools.need(dynamodb_local.jars)
    with dynamodb_local.server() as endpoint:
        yield endpoint
