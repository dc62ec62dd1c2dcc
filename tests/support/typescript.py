"""TypeScript's compiler and the AWS SDK for JavaScript, pinned in requirements/typescript."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.project import ROOT
from tests.support.fetched import from_npm

PINNED = ROOT / "requirements" / "typescript"
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
    """node, the compiler and the SDK. Raises `NotFetchedError`."""
    return TypeScript(*from_npm("typescript", "TypeScript and the AWS SDK for JavaScript", PINNED))
