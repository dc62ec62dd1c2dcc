"""Programs that use the generated code of family acs wrongly, a line each, and what the type checker says of it."""

from __future__ import annotations

from typing import Final

PYTHON_HEAD: Final = """\
from pathlib import Path

from families import Acs, AcsPattern, AcsTable, AcsUsers, AcsUsersKey, AcsConversations
from families import Formbridge, FormbridgeDestinationItem, Pse
from tablekit.client import Options, connect

acs = Acs(connect(Path("outputs.json")))
formbridge = Formbridge(connect(Path("outputs.json")))
pse = Pse(connect(Path("outputs.json")))
"""
PYTHON_RIGHT: Final = """\
for found in acs.messages_in_conversation(conversation_id="c1", options=Options(limit=5)).items:
    print(found["response_id"])
for page in acs.pages.threads_of_account(associated_account="a1"):
    print(page.more)
key: AcsUsersKey = {"id": "u1"}
acs.create_user(item={**key, "status": "active"})
acs.score_message(conversation_id="c1", response_id="r1", ev_score=7)
table: AcsTable = AcsUsers.NAME
pattern: AcsPattern = "user-by-email"
index: str = AcsConversations.MessageIdIndex.NAME
destination: FormbridgeDestinationItem = {
    "tenant_id": "t", "destination_id": "d", "destination_type": "webhook", "created_at": "2026-01-01"
}
formbridge.create_destination(item=destination)
formbridge.record_deliveries(items=[])
pse.record_daily_performance(item={"page_id": "p", "date": "2026-01-01", "roi": 2}, entity="page-day")
"""
PYTHON: Final = {
    "pattern": ('acs.messages_in_conversatoin(conversation_id="c1")', "attr-defined", "messages_in_conversation"),
    "page": ('acs.pages.mesages_in_conversation(conversation_id="c1")', "attr-defined", "messages_in_conversation"),
    "pages of a write": ('acs.pages.store_message(item={"a": 1})', "attr-defined", "store_message"),
    "parameter": ('acs.messages_in_conversation(conversation="c1")', "call-arg", '"conversation"'),
    "parameter left out": ('acs.message(conversation_id="c1")', "call-arg", '"response_id"'),
    "parameter by place": ('acs.messages_in_conversation("c1")', "call-arg", "positional argument"),
    "text's type": ("acs.messages_in_conversation(conversation_id=1)", "arg-type", '"int"; expected "str"'),
    "number's type": (
        'acs.score_message(conversation_id="c", response_id="r", ev_score=0.5)', "arg-type", 'expected "int | Decimal"',
    ),
    "item": ('acs.store_message(item="m1")', "arg-type", '"str"; expected "Mapping[str, Any]"'),
    "option of a write": ('acs.end_session(session_id="s1", options=Options())', "call-arg", '"options"'),
    "constant": ("AcsUsers.HASHKEY", "attr-defined", "HASHKEY"),
    "index": ("AcsConversations.MesageIdIndex.NAME", "attr-defined", "MesageIdIndex"),
    "key": ('key: AcsUsersKey = {"id": 1}', "typeddict-item", '"int"'),
    "table's name": ('table: AcsTable = "Userz"', "assignment", "Userz"),
    "pattern's name": ('pattern: AcsPattern = "user-by-emial"', "assignment", "user-by-emial"),
    "field of an item": (
        'formbridge.link_domain(item={"domain": "d", "domain_hash": "h", "tenant": "t"})',
        "typeddict-unknown-key", '"tenant"',
    ),
    "field left out": ('formbridge.link_domain(item={"domain": "d"})', "typeddict-item", '"domain_hash"'),
    "field's type": (
        'formbridge.set_tenant_shards(item={"tenant_id": "t", "shard_count": "4"})',
        "typeddict-item", '"shard_count" has type "int | Decimal"',
    ),
    "key of an item": (
        'formbridge.link_domain(item={"PK": "p", "domain": "d", "domain_hash": "h"})', "typeddict-unknown-key", '"PK"',
    ),
    "entity": (
        'pse.record_daily_performance(item={"page_id": "p", "date": "d"}, entity="page")',
        "arg-type", "Literal['page']",
    ),
}  # fmt: skip
"""By name: the line, mypy's error code, and a part of its message."""

TYPESCRIPT_HEAD: Final = """\
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { acs, AcsRequests, type AcsKeys, type AcsPattern, type AcsTable } from "./families.js";
import { FormbridgeRequests, PseRequests, type FormbridgeDestinationItem } from "./families.js";

export const requests = new AcsRequests((table) => `dev-${table}`);
export const formbridge = new FormbridgeRequests((table) => `dev-${table}`);
export const pse = new PseRequests((table) => `dev-${table}`);
export const user = { id: "u1" } as const;
export declare const documents: DynamoDBDocumentClient;
export type All = [typeof acs, FormbridgeDestinationItem, AcsKeys, AcsPattern, AcsTable, GetCommand, QueryCommand];
"""
TYPESCRIPT_RIGHT: Final = """\
import { NumberValue } from "@aws-sdk/lib-dynamodb";
const found = requests.messagesInConversation({ conversation_id: "c1" });
export const answer = await documents.send(new QueryCommand({ ...found, Limit: 5 }));
export const one = await documents.send(new GetCommand(requests.message({ conversation_id: "c1", response_id: "r1" })));
const key: AcsKeys["Users"] = user;
requests.createUser({ item: { ...key, status: "active" } });
requests.scoreMessage({ conversation_id: "c1", response_id: "r1", ev_score: 7n });
requests.scoreMessage({ conversation_id: "c1", response_id: "r1", ev_score: NumberValue.from("7.25") });
export const table: AcsTable = acs.tables.Users.name;
export const pattern: AcsPattern = "user-by-email";
export const index: "message_id-index" = acs.tables.Conversations.indexes["message_id-index"].name;
export const hash: "id" = acs.tables.Users.hashKey.name;
const destination: FormbridgeDestinationItem = {
  tenant_id: "t", destination_id: "d", destination_type: "webhook", created_at: "2026-01-01",
};
formbridge.createDestination({ item: destination });
formbridge.recordDeliveries({ items: [] });
pse.recordDailyPerformance({ entity: "page-day", item: { page_id: "p", date: "2026-01-01", roi: 2 } });
const latest: number | undefined = pse.latestCampaignDay({ campaign_id: "c", now: 1 }).Limit;
export { latest };
"""
TYPESCRIPT: Final = {
    "pattern": ('requests.messagesInConversatoin({ conversation_id: "c1" });', "TS2551", "messagesInConversation"),
    "parameter": ('requests.messagesInConversation({ conversation: "c1" });', "TS2561", "conversation"),
    "parameter left out": ('requests.message({ conversation_id: "c1" });', "TS2345", "response_id"),
    "text's type": ("requests.messagesInConversation({ conversation_id: 1 });", "TS2322", "'string'"),
    "number's type": (
        'requests.scoreMessage({ conversation_id: "c1", response_id: "r1", ev_score: "7" });', "TS2322", "DynamoNumber",
    ),
    "item without its key": ('requests.createUser({ item: { status: "active" } });', "TS2322", "id"),
    "command": (
        'documents.send(new GetCommand(requests.messagesInConversation({ conversation_id: "c1" })));', "TS2345", "Key",
    ),
    "constant": ("acs.tables.Users.hashkey;", "TS2551", "hashKey"),
    "table": ("acs.tables.Userz;", "TS2551", "Users"),
    "index": ('acs.tables.Conversations.indexes["mesage_id-index"];', "TS2551", "message_id-index"),
    "key": ('export const key: AcsKeys["Users"] = { user_id: "u1" };', "TS2353", "user_id"),
    "table's name": ('export const table: AcsTable = "Userz";', "TS2820", "Users"),
    "pattern's name": ('export const pattern: AcsPattern = "user-by-emial";', "TS2820", "user-by-email"),
    "field of an item": (
        'formbridge.linkDomain({ item: { domain: "d", domain_hash: "h", tenant: "t" } });', "TS2353", "tenant",
    ),
    "field left out": ('formbridge.linkDomain({ item: { domain: "d" } });', "TS2741", "domain_hash"),
    "field's type": (
        'formbridge.setTenantShards({ item: { tenant_id: "t", shard_count: "4" } });', "TS2322", "DynamoNumber",
    ),
    "key of an item": (
        'formbridge.linkDomain({ item: { PK: "p", domain: "d", domain_hash: "h" } });', "TS2353", "PK",
    ),
    "field of another entity": (
        'pse.recordDailyPerformance({ entity: "page-day", item: { date: "d", campaign_id: "c" } });',
        "TS2345", "campaign_id",
    ),
}  # fmt: skip
"""By name: the line, the compiler's error code, and a part of its message."""
