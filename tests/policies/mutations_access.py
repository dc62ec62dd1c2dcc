"""Mutations of roles and policies."""

from __future__ import annotations

import json

from policies.resource import RESOURCE_POLICY
from tests.policies.mutate import (
    ACS,
    PSE,
    TENANT,
    Mutation,
    add,
    arn,
    each_statement,
    grant,
    policy,
    put,
    role,
    trust,
    without,
)

METRICS = {"Condition": {"StringEquals": {"cloudwatch:namespace": "Other"}}}
ACCESS = (
    Mutation("dynamodb:*", "access-wildcard-action", ACS, grant("dynamodb:*", arn("acsd2p-prod-*")), "'dynamodb:*'"),
    Mutation(
        "a prefix of actions",
        "access-wildcard-action",
        PSE,
        each_statement(Action=["dynamodb:Get*"]),
        "'dynamodb:Get*'",
        "dev",
    ),
    Mutation("NotAction", "access-wildcard-action", ACS, each_statement(NotAction=["iam:*"]), "by NotAction"),
    Mutation("resource *", "access-wildcard-resource", ACS, each_statement(Resource=["*"]), "is on '*'"),
    Mutation("every table", "access-wildcard-resource", ACS, grant("dynamodb:GetItem", arn("*")), "table/*'", "local"),
    Mutation(
        "metrics beside",
        "access-wildcard-resource",
        PSE,
        grant("dynamodb:GetItem", "*", Action=["cloudwatch:PutMetricData", "dynamodb:GetItem"]),
        "is on '*'",
    ),
    Mutation("metrics unbound", "access-metrics", PSE, each_statement(Condition={}), "into every namespace"),
    Mutation(
        "another namespace",
        "access-metrics",
        PSE,
        grant("cloudwatch:PutMetricData", "*", **METRICS),
        "into Other; allowed is PSE",
    ),
    Mutation(
        "metrics of no one's",
        "access-metrics",
        ACS,
        grant("cloudwatch:PutMetricData", "*", **METRICS),
        "allowed is none",
    ),
    Mutation(
        "another family",
        "access-family",
        ACS,
        grant("dynamodb:GetItem", arn("seo_businesses")),
        "seo_businesses",
        "prod",
    ),
    Mutation("another stage", "access-family", PSE, grant("dynamodb:GetItem", arn("pse-*")), "has dev-pse-", "dev"),
    Mutation("every region", "access-family", PSE, grant("dynamodb:GetItem", arn("pse-*", "*")), "name one region"),
    Mutation(
        "a reach by prefix", "access-reach", PSE, grant("dynamodb:GetItem", arn("blog-content*")), "name the exact ARN"
    ),
    Mutation(
        "a reach that writes",
        "access-reach",
        PSE,
        grant("dynamodb:PutItem", arn("blog-content-pipeline")),
        "a reach only reads",
    ),
    Mutation(
        "a reach that deletes",
        "access-reach",
        PSE,
        grant("dynamodb:DeleteItem", arn("dev-blog-content-pipeline")),
        "a reach only reads",
        "dev",
    ),
    Mutation(
        "a Scan", "access-least", policy("cloudstro-app"), grant("dynamodb:Scan", arn("cloudstro-*")), "dynamodb:Scan"
    ),
    Mutation(
        "a reader that writes",
        "access-least",
        policy("acs-readonly"),
        grant("dynamodb:PutItem", arn("acsd2p-prod-*")),
        "allows dynamodb:PutItem",
    ),
    Mutation(
        "DeleteTable",
        "access-least",
        policy("marketbrewer-app"),
        grant("dynamodb:DeleteTable", arn("seo_*")),
        "dynamodb:DeleteTable",
        "local",
    ),
    Mutation("a scan of all", "access-least", PSE, grant("dynamodb:Scan", arn("pse-*")), "dynamodb:Scan on"),
    Mutation("principal *", "access-principal", role("acs-app"), trust(Principal="*"), '"*"'),
    Mutation("AWS *", "access-principal", role("pse-app"), trust(Principal={"AWS": ["*"]}), "name services", "dev"),
    Mutation(
        "a table for everybody",
        "access-principal",
        (RESOURCE_POLICY, "acs-Users-deny-writes"),
        add(
            RESOURCE_POLICY,
            "acs-Users-deny-writes",
            {
                "policy": json.dumps(
                    {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem"}]}
                )
            },
        ),
        "allows principal",
    ),
    Mutation("no leading keys", "access-tenant", TENANT, without("ForAllValues:StringLike"), "leading keys are any"),
    Mutation(
        "every tenant",
        "access-tenant",
        TENANT,
        each_statement(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["TENANT#*"]}}),
        "['TENANT#*']",
    ),
    Mutation(
        "absent keys allowed",
        "access-tenant",
        TENANT,
        without("Null", "dynamodb:LeadingKeys"),
        "that dynamodb:LeadingKeys is there",
        "dev",
    ),
    Mutation(
        "a tenant that scans",
        "access-tenant",
        TENANT,
        grant("dynamodb:Scan", arn("FormBridgeData")),
        "gets and queries only",
    ),
    Mutation("any tag", "access-tenant", TENANT, without("StringNotLike"), "takes any text"),
    Mutation(
        "a session without a tag",
        "access-tenant-session",
        role("formbridge-tenant"),
        trust(Condition={}),
        "without a checked",
    ),
    Mutation(
        "prod's role in dev",
        "access-role-name",
        role("pse-app"),
        put("name", "pse-platform-lambda-role"),
        "'dev-pse-platform-lambda-role'",
        "dev",
    ),
    Mutation(
        "a policy too long",
        "access-limits",
        PSE,
        grant("dynamodb:GetItem", arn("pse-" + "x" * 10_240)),
        "at most 10240",
    ),
)
