"""Which engine is taken, what is said where there is none, how the YAML host is built; with scripts as executables."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from local import yamlhost
from local.engine import find, get, go
from local.engine.find import Engine, suits, wanted_version
from local.errors import EngineBusyError, EngineError
from local.project import ROOT
from local.workspace import Workspace

WANTED = wanted_version()
GO_MOD = ROOT / "local" / "engine" / "go.mod"


def script(file: Path, body: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


def pulumi(folder: Path, version: str) -> Path:
    return script(folder / "pulumi", f"echo v{version}")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing is installed, with an empty cache."""
    (tmp_path / "bin").mkdir()
    return {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
    }


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "dynamodb-tables" / "engine" / f"v{WANTED}"


install = get._install


@pytest.fixture(autouse=True)
def _no_installer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installer's host can't be reached from a unit test, and Go's usual folder may exist on this machine."""

    def fails(folder: Path, environ: object) -> Engine:
        raise EngineError("official installer: no network in this test")

    monkeypatch.setattr(get, "_install", fails)
    monkeypatch.setattr(go, "GO_FOLDERS", ())


def fake_go(folder: Path, version: str = WANTED, seconds: float = 0, fails: str = "") -> Path:
    """A `go` that "builds" a pulumi of a version, or says why it can't, and notes every build in a file beside it."""
    return script(
        folder / "go",
        f"""[ "$1" = version ] && exit 0
echo "$@" >> {folder}/builds
[ -n "{fails}" ] && echo "{fails}" && exit 1
while [ "$1" != -o ]; do shift; done
sleep {seconds}
printf '#!/bin/sh\\necho v{version}\\n' > "$2"
chmod +x "$2"
""",
    )


@pytest.mark.parametrize(
    ("have", "good"),
    [
        ("v3.258.1\n", True),
        ("3.300.0", True),
        ("3.257.9", False),
        ("4.0.0", False),
        ("3.259.0-alpha.1", False),
        ("", False),
    ],
)
def test_an_engine_suits_from_the_sdks_version_on_within_its_major(have: str, good: bool) -> None:
    assert suits(have, "3.258.0") is good


def test_the_modules_pin_the_version_of_the_installed_sdk_and_name_modules_only() -> None:
    assert f"require github.com/pulumi/pulumi/pkg/v3 v{WANTED}\n" in GO_MOD.read_text()
    for name in ("go.mod", "go.sum"):
        assert "://" not in (GO_MOD.parent / name).read_text()


@pytest.mark.parametrize(
    ("there", "taken"),
    [
        ({"bin": "3.999.0", "built": WANTED}, "bin"),
        ({"bin": "3.1.0", "built": WANTED}, "built"),
        ({"built": WANTED, "official": WANTED}, "official"),
        ({"bin": WANTED, "named": "3.500.0"}, "named"),
        ({"bin": WANTED, "official": WANTED, "built": WANTED, "named": "built"}, "built"),
    ],
    ids=[
        "on PATH first",
        "an old one is passed over",
        "the official one before the built one",
        "the named one only",
        "the built one only",
    ],
)
def test_which_engine_is_taken(
    there: dict[str, str], taken: str, tmp_path: Path, cache: Path, environ: dict[str, str]
) -> None:
    places = {"bin": tmp_path / "bin", "named": tmp_path / "own"}
    made = {name: pulumi(places.get(name, cache / name / "bin"), version) for name, version in there.items()}
    if "named" in there:
        environ["PULUMI_ENGINE"] = "built" if there["named"] == "built" else str(made["named"])
    found = get.ensure(environ)
    assert (found.path, found.version) == (made[taken], there[taken])


def test_a_named_one_that_will_not_do_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    named = pulumi(tmp_path / "own", "3.1.0")
    with pytest.raises(EngineError) as refusal:
        get.ensure({**environ, "PULUMI_ENGINE": str(named)})
    assert str(refusal.value) == (
        f"PULUMI_ENGINE: {named}: is version 3.1.0; {WANTED} or a later 3.x is needed; "
        "fix the path, or unset it to have one found"
    )


def test_the_built_one_is_built_without_another_look_and_has_the_one_version(
    tmp_path: Path, cache: Path, environ: dict[str, str]
) -> None:
    environ["PULUMI_ENGINE"] = "built"
    pulumi(tmp_path / "bin", WANTED)
    fake_go(tmp_path / "bin")
    assert get.ensure(environ).path == cache / "built" / "bin" / "pulumi"
    assert "-mod=readonly" in (tmp_path / "bin" / "builds").read_text()
    newer = pulumi(cache / "built" / "bin", "3.999.0")
    with pytest.raises(EngineError) as refusal:
        get.ensure(environ)
    assert str(refusal.value) == f"{newer}: is version 3.999.0; PULUMI_ENGINE=built takes {WANTED} alone"


def test_it_is_built_where_nothing_else_works(
    tmp_path: Path, cache: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    fake_go(tmp_path / "bin")
    engine = get.ensure(environ)
    assert (engine.path, engine.source) == (cache / "built" / "bin" / "pulumi", "built from its Go modules")
    assert sorted(entry.name for entry in engine.path.parent.iterdir()) == ["pulumi", find.LANGUAGE_HOST]
    built = (tmp_path / "bin" / "builds").read_text()
    assert f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{WANTED}" in built
    said = capsys.readouterr().err
    assert "official installer: no network in this test" in said
    assert f"Building the Pulumi engine v{WANTED} from its Go modules" in said
    assert get.ensure(environ).source == "built, from the cache"


def test_a_build_that_gives_another_version_is_not_kept(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_go(tmp_path / "bin", version="3.1.0")
    with pytest.raises(EngineError, match=re.escape("is version 3.1.0")):
        get.ensure(environ)
    assert not list((tmp_path / "cache").rglob("built/bin/*pulumi"))


def installer(failed: str) -> Callable[..., str]:
    """What runs in place of the official installer, and why it failed."""

    def run(command: list[str], doing: str, log: Path, *_: object) -> str:
        folder = Path(command[-1]) / "bin"
        folder.mkdir(parents=True)
        log.write_text("Traceback …\nurlopen error timed out\n")
        if not failed:
            pulumi(folder, WANTED)
        return failed

    return run


@pytest.mark.parametrize("failed", ["", "not done after 600 s"])
def test_the_official_installer_is_taken_at_its_word_and_leaves_nothing_where_it_fails(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, failed: str
) -> None:
    monkeypatch.setattr(get, "run", installer(failed))
    if not failed:
        engine = install(tmp_path, environ)
        assert engine.path == tmp_path / "official" / "bin" / "pulumi"
        assert engine.source == "installed by the official installer"
        return
    with pytest.raises(EngineError, match=f"^official installer: {failed}$"):
        install(tmp_path, environ)
    assert not (tmp_path / "official").exists()


def test_two_at_once_build_it_once(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_go(tmp_path / "bin", seconds=1)
    found: list[Engine] = []
    threads = [threading.Thread(target=lambda: found.append(get.ensure(environ))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len((tmp_path / "bin" / "builds").read_text().splitlines()) == 1


def test_one_that_is_slow_is_not_taken_for_none(
    tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = script(tmp_path / "bin" / "pulumi", "exec sleep 60")
    monkeypatch.setattr(find, "VERSION_SECONDS", 0.1)
    with pytest.raises(EngineBusyError) as refusal:
        get.ensure(environ)
    assert str(refusal.value) == (
        f"{slow}: did not say its version within 0 s: wait until the machine is less busy and run this again, "
        "or name another engine by PULUMI_ENGINE"
    )
    assert not (tmp_path / "cache").exists()


def test_where_none_works_one_message_says_what_was_tried(tmp_path: Path, cache: Path, environ: dict[str, str]) -> None:
    old = pulumi(tmp_path / "bin", "3.1.0")
    fake_go(tmp_path / "bin", fails="go: no space left on device")
    with pytest.raises(EngineError) as refusal:
        get.ensure(environ)
    needed = re.search(r"^go (\S+)$", GO_MOD.read_text(), re.MULTILINE)
    assert needed is not None
    assert str(refusal.value) == (
        f"no Pulumi engine v{WANTED} was found, installed or built. Tried:\n"
        f"  - PATH: {old}: is version 3.1.0; {WANTED} or a later 3.x is needed\n"
        f"  - cache: none that works in {cache}\n"
        "  - official installer: no network in this test\n"
        f"  - Go build: go: no space left on device; its log is {cache / 'build.log'}\n"
        f"Install Pulumi {WANTED} or a later 3.x so that `pulumi` is on PATH, or install Go ({needed[1]} or later) "
        "and run this again"
    )


def test_the_language_hosts_script_says_how_to_start_it(tmp_path: Path) -> None:
    folder = find.install_language_host(tmp_path)
    result = subprocess.run([folder / find.LANGUAGE_HOST], env={}, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "start Pulumi by ./pulumiw of the project" in result.stderr


# -- the YAML language host ------------------------------------------------------------------------------------


def test_the_yaml_host_is_built_once_and_found_by_a_run_on_an_emulator(
    tmp_path: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    engine = Engine(tmp_path / "bin" / "pulumi", "3.258.0", "test")
    plugin = tmp_path / "home" / "plugins" / "language-yaml-v1.30.0" / "pulumi-language-yaml"
    fake_go(tmp_path / "bin")
    assert yamlhost.built(environ) is None
    Workspace(tmp_path, tmp_path / "home").environment(engine, environ)
    assert not plugin.exists()
    host = yamlhost.ensure(environ)
    assert host == tmp_path / "cache" / "dynamodb-tables" / "yaml-host" / "v1.30.0" / "pulumi-language-yaml"
    assert yamlhost.ensure(environ) == yamlhost.built(environ) == host
    (build,) = (tmp_path / "bin" / "builds").read_text().splitlines()
    assert build.endswith("github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml")
    assert "Building the YAML language host v1.30.0 from its Go modules" in capsys.readouterr().err
    Workspace(tmp_path, tmp_path / "home").environment(engine, environ)
    assert f"exec {host}" in plugin.read_text()


def test_a_yaml_host_that_can_not_be_built_says_why_and_leaves_nothing(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="there is no go on PATH"):
        yamlhost.ensure({**environ, "PATH": str(tmp_path / "bin")})
    fake_go(tmp_path / "bin", fails="no such module here")
    with pytest.raises(EngineError, match="YAML host: no such module here; its log is "):
        yamlhost.ensure(environ)
    assert yamlhost.built(environ) is None
