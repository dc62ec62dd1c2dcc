"""A family's contract from SSM Parameter Store, where a stage publishes it: without the stack's outputs."""

from __future__ import annotations

import os

import boto3

from tablekit.client.aws import Clients, translated
from tablekit.client.connection import Connection, connect
from tablekit.client.errors import CallError
from tablekit.contract.parts import assembled
from tablekit.model.naming import parameter_path

_AT_ONCE = 10
"""Parameters that one GetParametersByPath gives at most."""


def connect_parameters(stage: str, family: str, region: str | None = None, aws: Clients | None = None) -> Connection:
    """The tables of one family of a stage, as `connect` gives them, by the contract that the stage publishes in SSM.

    region: the family's; default: AWS_REGION, as Lambda and ECS set it, or else what boto3 finds. aws: default
    `Clients()`. The caller needs ssm:GetParametersByPath on the family's path, which the family's roles have.

    Reads the contract at once, in one call for ten parts. Raises ContractError where it is not published, of an unknown
    version or not whole, and the errors of `tablekit.client.errors` for what AWS answers.
    """
    clients = Clients() if aws is None else aws
    path = f"{parameter_path(stage, family)}/contract/"
    with translated(path):
        place = region or os.environ.get("AWS_REGION") or boto3.Session().region_name
    if not place:
        raise CallError(f"{path}: no region to read it in; give region, or set AWS_REGION to the family's")
    with translated(f"{path} in {place}"):
        sizes = {"PageSize": _AT_ONCE}
        pages = clients.pages("ssm", place, "get_parameters_by_path", Path=path, PaginationConfig=sizes)
        found = {parameter["Name"]: parameter["Value"] for page in pages for parameter in page["Parameters"]}
    return connect(assembled(found, stage, family, place), clients)
