"""The engine, the emulator and the stack `local`, for real, on a small project of their own and free ports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from local import deploy, emulator, overlay
from local.emulator import Emulator
from local.engine import Engine, ensure, wanted_version
from local.engine.find import suits
from local.errors import DeploymentError, EmulatorError
from local.processes import alive
from local.project import ROOT
from local.rehearsal import rehearsal
from local.stack import Stack
from local.workspace import Workspace
from tests.support import aws

pytestmark = pytest.mark.long

TABLES = 24
PROGRAM = """
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
for number in range(config.require_int("tables")):
    name = f"table-{number}"
    table = aws.dynamodb.Table(
        name, name=name, billing_mode="PAY_PER_REQUEST", hash_key="id", attributes=[{"name": "id", "type": "S"}]
    )
    pulumi.export(name, table.arn)
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return ensure()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    return folder


def dynamodb(served: Emulator) -> Any:
    return aws.client(served.endpoint, region="eu-west-2")


def test_pulumiw_is_pulumi_from_any_folder(tmp_path: Path) -> None:
    result = subprocess.run([ROOT / "pulumiw", "version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert suits(result.stdout, wanted_version())
    own_state = {**os.environ, "PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": "x"}
    failed = subprocess.run(
        [ROOT / "pulumiw", "preview", "-s", "unheard-of"],
        cwd=tmp_path,
        env=own_state,
        capture_output=True,
        text=True,
        check=False,
    )
    # The engine's own exit code for a stack that isn't there; this project has no code but 0 and 1.
    assert failed.returncode not in (0, 1)
    assert failed.stderr.startswith("error: ")
    assert "Traceback" not in failed.stderr


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """For two tests; the second ends it."""
    served, new = emulator.start(tmp_path_factory.mktemp("emulator"), port=0)
    assert new
    yield served
    served.stop()


def test_it_listens_on_loopback_only_and_is_started_once(lasting: Emulator, tmp_path: Path) -> None:
    assert emulator.start(lasting.folder, lasting.port) == (lasting, False)
    connections = psutil.Process(lasting.pid).net_connections("tcp")
    listening = [found.laddr for found in connections if found.status == psutil.CONN_LISTEN]
    assert listening == [("127.0.0.1", lasting.port)]
    with pytest.raises(EmulatorError, match=f"port {lasting.port} of 127.0.0.1 is taken by process {lasting.pid} "):
        emulator.start(tmp_path, lasting.port)
    assert emulator.known(tmp_path) is None


def test_one_that_does_not_answer_is_kept_until_it_is_to_be_ended(
    lasting: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.kill(lasting.pid, signal.SIGSTOP)
    monkeypatch.setattr(emulator, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(emulator, "PATIENCE_SECONDS", 0.0)
    assert emulator.running(lasting.folder) == lasting
    with pytest.raises(EmulatorError) as refusal:
        emulator.start(lasting.folder, lasting.port)
    assert str(refusal.value) == (
        f"emulator: process {lasting.pid} lives, but did not answer on port {lasting.port} within 0 s. "
        "It is left as it is, for all tables and items of stack local are in its memory: wait and run this again. "
        "To lose them and start with an empty one: `make up FRESH=1`"
    )
    assert lasting.lives()
    assert "is there and does not answer yet: waiting for it" in capsys.readouterr().err
    lasting.stop()
    assert not lasting.lives()


def test_a_throw_away_emulator_leaves_with_its_starter(tmp_path: Path) -> None:
    program = (
        "import sys, signal; from pathlib import Path; from local import emulator\n"
        "with emulator.throw_away(Path(sys.argv[1])) as served:\n"
        "    print(served.pid, flush=True); signal.pause()\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    try:
        pid = int(starter.stdout.readline())
    finally:
        starter.kill()
        starter.communicate()
    _await_end(pid)


def test_a_rehearsal_has_the_stages_own_settings_and_leaves_nothing(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Also where its program fails, which is one message."""
    stage = {"aws:region": "eu-west-2", "aws:allowedAccountIds": ["111122223333"], "small:tables": 2}
    text = yaml.safe_dump({"secretsprovider": "awskms://alias/none", "encryptedkey": "AAAA", "config": stage})
    (project / "Pulumi.prod.yaml").write_text(text)
    with rehearsal("prod", project) as rehearsed:
        rehearsed.up()
        outputs = json.loads(rehearsed.stack.outputs())
        assert outputs["table-1"] == "arn:aws:dynamodb:eu-west-2:111122223333:table/table-1"
        assert sorted(dynamodb(rehearsed.emulator).list_tables()["TableNames"]) == ["table-0", "table-1"]
        (project / "__main__.py").write_text("import pulumi\nraise pulumi.RunError(\"table 'x': fix it\")\n")
        capfd.readouterr()
        with pytest.raises(DeploymentError, match="stack prod: `pulumi up` failed, for the reason above"):
            rehearsed.up()
    assert capfd.readouterr().err.partition("Diagnostics:")[2].count("error: table 'x': fix it") == 1
    assert not rehearsed.emulator.lives()
    assert not rehearsed.emulator.folder.exists()
    assert (project / "Pulumi.prod.yaml").read_text() == text


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_making_a_stack_rewrites_nothing_in_its_file(engine: Engine, project: Path, tmp_path: Path, stage: str) -> None:
    """The engine keeps every value as text, and a truth value or number that is none in the file is rewritten."""
    file = project / f"Pulumi.{stage}.yaml"
    committed = (ROOT / file.name).read_text()
    file.write_text(committed)
    environment = Workspace(folder=tmp_path, home=tmp_path / "pulumi-home").environment(engine)
    words = [str(engine.path), "stack", "init", stage, "--non-interactive"]
    subprocess.run(words, cwd=project, env=environment, check=True, capture_output=True, timeout=120)
    kept, salt = file.read_text().splitlines()[:-1], file.read_text().splitlines()[-1]
    assert kept == committed.splitlines()
    assert salt.startswith("encryptionsalt: "), "of this test's own state"


class TestConverging:
    """`make up` on whatever was left before."""

    @pytest.fixture
    def served(self, tmp_path: Path) -> Iterator[Emulator]:
        served, _ = emulator.start(tmp_path / "work", port=0)
        yield served
        left = emulator.known(served.folder)
        if left:
            left.stop()

    @pytest.fixture
    def stack(self, project: Path, tmp_path: Path, served: Emulator, engine: Engine) -> Stack:
        settings = {"config": {"aws:region": "eu-west-2", "small:tables": 2}}
        config, _ = overlay.for_emulator(settings, "small", served.endpoint)
        file = tmp_path / "Pulumi.local.yaml"
        file.write_text(yaml.safe_dump(config))
        return Stack("local", engine, self.workspace(tmp_path).environment(engine), project, file)

    def workspace(self, folder: Path) -> Workspace:
        return Workspace(folder / "work", folder / "home")

    def up(self, stack: Stack, folder: Path, new: bool = False) -> dict[str, str]:
        assert stack.config_file is not None
        outputs = deploy.converge(stack, self.workspace(folder), stack.config_file, new)
        found: dict[str, str] = json.loads(outputs.read_text())
        return found

    def test_a_damaged_state_is_set_aside_and_nothing_is_lost(
        self, stack: Stack, served: Emulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.up(stack, tmp_path)
        dynamodb(served).put_item(TableName="table-0", Item={"id": {"S": "kept"}})
        pulumi = tmp_path / "work" / "state" / ".pulumi"
        file = pulumi / "stacks" / "small" / "local.json"
        good = file.read_bytes()
        for where, damaged, folder in (
            (file, good.replace(b'"version":3', b'"version":99', 1), "state.damaged"),
            (pulumi / "meta.yaml", b"", "state.damaged-2"),
        ):
            where.write_bytes(damaged)
            capfd.readouterr()
            self.up(stack, tmp_path)
            said = capfd.readouterr().err
            assert "The state of stack local is damaged: " in said, damaged
            assert where.name in said
            kept = tmp_path / "work" / folder
            assert f"It is kept in {kept}; going on without it" in said
            assert (kept / where.relative_to(pulumi.parent)).read_bytes() == damaged
        assert dynamodb(served).get_item(TableName="table-0", Key={"id": {"S": "kept"}})["Item"]

    def test_an_update_that_was_killed_is_taken_up_where_it_ended(
        self, stack: Stack, served: Emulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """One by `./pulumiw up`, which writes the state for each resource; of `make up`'s own see test_kills.py."""
        assert stack.config_file is not None
        text = stack.config_file.read_text()
        stack.config_file.write_text(text.replace("small:tables: 2", f"small:tables: {TABLES}"))
        stack.create(stack.config_file, tmp_path)
        words = ["up", "--yes", "--skip-preview", "--stack", "local", "--config-file", str(stack.config_file)]
        command = [str(stack.engine.path), *words]
        running = subprocess.Popen(command, cwd=stack.folder, env=stack.environment, stdout=subprocess.PIPE, text=True)
        assert running.stdout is not None
        next(line for line in running.stdout if "table-3 created" in line or "table-4 created" in line)
        running.kill()
        running.communicate()
        made = dynamodb(served).list_tables()["TableNames"]
        assert 0 < len(made) < TABLES
        dynamodb(served).put_item(TableName=made[0], Item={"id": {"S": "kept"}})
        checkpoint = tmp_path / "work" / "state" / ".pulumi" / "stacks" / "small" / "local.json"
        assert not list(checkpoint.parent.glob("*.attrs")), "one that is cut off makes a state unreadable"
        assert json.loads(checkpoint.read_text())["checkpoint"]["latest"]["pending_operations"]

        outputs = self.up(stack, tmp_path)

        assert len(outputs) == TABLES
        assert len(dynamodb(served).list_tables()["TableNames"]) == TABLES
        assert dynamodb(served).get_item(TableName=made[0], Key={"id": {"S": "kept"}})["Item"]
        said = capfd.readouterr().err
        assert "The last update of stack local was killed: taking its lock off." in said
        deployment = stack.deployment()
        assert deployment is not None
        assert not deployment.get("pending_operations")
        self.up(stack, tmp_path)
        assert f"{TABLES + 1} unchanged" in capfd.readouterr().out

    def test_a_lost_emulator_drops_the_state_that_went_with_it(
        self, stack: Stack, served: Emulator, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.up(stack, tmp_path)
        os.kill(served.pid, signal.SIGKILL)
        _await_end(served.pid)
        replaced, new = emulator.start(served.folder, served.port)
        assert new
        assert len(self.up(stack, tmp_path, new)) == 2
        assert len(dynamodb(replaced).list_tables()["TableNames"]) == 2
        assert (
            "The emulator of before is gone, and its tables and items with it: dropping the state"
            in capfd.readouterr().err
        )

        # An `up` that is killed between the start of a new emulator and the drop of the state leaves the two together.
        os.kill(replaced.pid, signal.SIGKILL)
        _await_end(replaced.pid)
        replaced, _ = emulator.start(served.folder, served.port)
        self.up(stack, tmp_path)
        assert len(dynamodb(replaced).list_tables()["TableNames"]) == 2
        said = capfd.readouterr().err
        assert "The state was not what is on the emulator: 2 deleted. The update goes on from there." in said


@pytest.mark.parametrize("end", [signal.SIGHUP, signal.SIGINT])
def test_an_interrupted_rehearsal_leaves_nothing(end: signal.Signals, project: Path, tmp_path: Path) -> None:
    (project / "Pulumi.prod.yaml").write_text("config: {'aws:region': eu-west-2, 'small:tables': 200}\n")
    program = (
        "import sys; from pathlib import Path; from local.rehearsal import rehearsal\n"
        "from local.stack import leave_in_order; leave_in_order()\n"
        "with rehearsal('prod', Path(sys.argv[1])) as it:\n"
        "    print(it.emulator.pid, it.emulator.folder, flush=True); it.up(verbose=True)\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program, str(project)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    served, folder = running.stdout.readline().split()
    next(line for line in running.stdout if " created (" in line)
    # A terminal's ctrl-C goes to the whole group, a SIGHUP to the one process.
    os.killpg(running.pid, end) if end == signal.SIGINT else running.send_signal(end)
    running.communicate(timeout=60)
    assert running.returncode != 0
    assert not Path(folder).exists()
    _await_end(int(served))


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while alive(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.05)
