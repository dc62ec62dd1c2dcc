"""TypeScript's compiler and the AWS SDK for JavaScript, pinned in requirements/typescript.

npm fetches them once, into the user's cache folder, by the committed lock file, whose entries are checked by their
hashes and name no registry: npm takes the user's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.progress import last_line, run, say
from local.project import ROOT, cache_folder

PINNED = ROOT / "requirements" / "typescript"
FETCHED = ("package.json", "package-lock.json")
FETCH_SECONDS = 600.0
STRICT: dict[str, Any] = {
    "target": "ES2022",
    "module": "NodeNext",
    "moduleResolution": "NodeNext",
    "strict": True,
    "noUncheckedIndexedAccess": True,
    "exactOptionalPropertyTypes": True,
    "noUnusedLocals": True,
    "noUnusedParameters": True,
    "noImplicitReturns": True,
    "noPropertyAccessFromIndexSignature": True,
    "isolatedModules": True,
    "verbatimModuleSyntax": True,
    "erasableSyntaxOnly": True,
    "skipLibCheck": True,  # the SDK's own declarations
    "types": [],
}
"""Every check that a strict project may have on."""


class TypeScriptMissingError(Exception):
    """node or the packages can't be had on this machine; the text says why."""


@dataclass(frozen=True)
class TypeScript:
    """The compiler and the SDK. node: the program. packages: the folder with node_modules."""

    node: str
    packages: Path

    def compile(self, folder: Path, *files: str) -> list[str]:
        """Compile a folder's files to JavaScript beside them; gives the compiler's lines, none where all is well."""
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "files": files}))
        modules = folder / "node_modules"
        if not modules.exists():
            modules.symlink_to(self.packages / "node_modules", target_is_directory=True)
        compiler = self.packages / "node_modules" / "typescript" / "bin" / "tsc"
        done = subprocess.run(
            [self.node, str(compiler), "--project", str(folder), "--pretty", "false"],
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.stderr == ""
        assert (done.returncode == 0) == (done.stdout == "")
        return done.stdout.splitlines()

    def run(self, script: Path, given: Any, **environment: str) -> Any:
        """Run a compiled script with JSON on its standard input; gives the JSON that it prints."""
        done = subprocess.run(
            [self.node, str(script)],
            input=json.dumps(given),
            env={"PATH": os.environ["PATH"], "NODE_OPTIONS": "", **environment},
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def environment() -> TypeScript:
    """node, the compiler and the SDK. Raises `TypeScriptMissingError`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise TypeScriptMissingError("node and npm are not on PATH; install Node.js 20 or later")
    key = hashlib.sha256(b"".join((PINNED / name).read_bytes() for name in FETCHED)).hexdigest()[:12]
    folder = cache_folder() / f"typescript-{key}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _fetch(npm, folder)
    return TypeScript(node, folder)


def _fetch(npm: str, folder: Path) -> None:
    say("Fetching TypeScript and the AWS SDK for JavaScript from npm (once a machine) …")
    for name in FETCHED:
        shutil.copy(PINNED / name, folder)
    log = folder / "npm.log"
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    code = run(command, "fetching TypeScript", log, FETCH_SECONDS, dict(os.environ), folder)
    if code != 0:
        why = last_line(log, 200) if code is not None else f"not done after {FETCH_SECONDS:.0f} s"
        raise TypeScriptMissingError(f"npm could not fetch TypeScript: {why}; its log is {log}")
    (folder / "ready").touch()
