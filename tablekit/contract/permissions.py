"""What a role of another team's needs, by family and access pattern: IAM statements from a stack's outputs alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tablekit.contract.reader import ContractError, family_of, pattern_of, table_of
from tablekit.contract.v1 import Contract
from tablekit.model.key_permissions import key_statement
from tablekit.model.patterns import action_of
from tablekit.model.permissions import grants
from tablekit.model.statements import Policy


def statements(contract: Contract, family: str, patterns: Iterable[str]) -> list[dict[str, Any]]:
    """Statements that allow these access patterns and nothing else: each one's action, on its very table or index.

    patterns: names of the family's access patterns, in any order.
    What is allowed on a table is allowed on its replicas.
    One more allows the keys that encrypt the tables, where they are the customer's; outputs of version 1.0 do not say.
    Raises ContractError where the family, a pattern, or the table or index of one isn't in the contract, and where no
    pattern is named.
    """
    region = family_of(contract, family).region
    names = list(patterns)
    if not names:
        raise ContractError(
            f"family {family!r} in stage {contract.stage!r}: no access pattern is named, and a policy allows at least "
            "one; name those that the role runs"
        )
    found = grants(
        (action_of(pattern_of(contract, family, name).operation), _arns(contract, family, name)) for name in names
    )
    tables = [table_of(contract, family, pattern_of(contract, family, name).table) for name in names]
    used = {table.kms_key_arn for table in tables}
    used |= {replica.kms_key_arn for table in tables for replica in table.replicas.values()}
    keys = sorted(key for key in used if key)
    regions = dict.fromkeys([region, *(each for table in tables for each in table.replicas)])
    return [*found, key_statement(keys, list(regions))] if keys else found


def policy(contract: Contract, family: str, patterns: Iterable[str]) -> Policy:
    """The policy document of these statements, ready for json.dumps. Raises ContractError as `statements` does."""
    return {"Version": "2012-10-17", "Statement": statements(contract, family, patterns)}


def _arns(contract: Contract, family: str, name: str) -> list[str]:
    """The pattern's table or index, and that of each of its replicas."""
    arn, table = _arn(contract, family, name), table_of(contract, family, pattern_of(contract, family, name).table)
    return [arn, *(arn.replace(table.arn, replica.arn, 1) for replica in table.replicas.values())]


def _arn(contract: Contract, family: str, name: str) -> str:
    pattern = pattern_of(contract, family, name)
    table = table_of(contract, family, pattern.table)
    if pattern.index is None:
        return table.arn
    if pattern.index not in table.indexes:
        raise ContractError(
            f"family {family!r} in stage {contract.stage!r}: access pattern {name!r} queries index {pattern.index!r}, "
            f"which table {pattern.table!r} has not; these outputs are not as dynamodb-tables wrote them"
        )
    return table.indexes[pattern.index].arn
