"""The Pulumi engine: found where it is, else fetched, else built.

`ensure()` looks, in this order, at
1. the `pulumi` that `PULUMI_ENGINE` names, if it is set (then at no other); `built` is the one of 5 in exactly the
   SDK's version, which deploys from CI;
2. a `pulumi` on PATH, of the SDK's major version and not older than the SDK;
3. the one that an earlier run left in the user's cache folder;
4. the official installer;
5. a build from the Go modules that `go.mod` beside this file pins.

The version wanted is the installed SDK's, which requirements/production.in pins: it is written nowhere else but in
`go.mod`, and a test compares the two.
"""

from local.engine.find import Engine, wanted_version
from local.engine.get import ensure

__all__ = ["Engine", "ensure", "wanted_version"]
