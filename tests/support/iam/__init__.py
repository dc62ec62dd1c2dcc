"""Decides what IAM would, for the part of its policy language that this project's policies use.

What is outside of that part is refused by an error, never passed over: an ignored `NotAction` would prove anything.
The rules are those of the IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
"""

from __future__ import annotations

from tests.support.iam.evaluate import Decision, Policy, Principal, Request, decide

__all__ = ["Decision", "Policy", "Principal", "Request", "decide"]
