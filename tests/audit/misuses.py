"""Programs that use the generated code of family acs wrongly, a line each, and what the type checker says of it."""

from __future__ import annotations

from typing import Final

PYTHON_HEAD: Final = """\
from pathlib import Path

from families import Acs, AcsPattern, AcsTable, AcsUsers, AcsUsersKey, AcsConversations
from tablekit.client import Options, connect

acs = Acs(connect(Path("outputs.json")))
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
}  # fmt: skip
"""By name: the line, mypy's error code, and a part of its message."""

TYPESCRIPT_HEAD: Final = """\
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { acs, AcsRequests, type AcsKeys, type AcsPattern, type AcsTable } from "./families.js";

export const requests = new AcsRequests((table) => `dev-${table}`);
export const user = { id: "u1" } as const;
export declare const documents: DynamoDBDocumentClient;
export type All = [typeof acs, AcsKeys, AcsPattern, AcsTable, GetCommand, QueryCommand];
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
}  # fmt: skip
"""By name: the line, the compiler's error code, and a part of its message."""
