# ruff: noqa
"""Tables and access patterns of acs, typed.

NAME is a table's logical name; its name in a stage is in the environment variable VARIABLE.

Made by `tablekit codegen python --family acs` for contract version 1. Don't edit it: run that again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, TypedDict

from tablekit.client import Connection, FamilyTables, Options, Result

_DEFAULT: Final = Options()


AcsTable = Literal[
    "Conversations",
    "EVDataCollection",
    "Invocations",
    "LLMDataCollection",
    "LLMReportData",
    "OrganizationInvites",
    "OrganizationMembers",
    "Organizations",
    "RL_AI",
    "RL_AWS",
    "Sessions",
    "Threads",
    "Users",
]
AcsPattern = Literal[
    "accept-invite",
    "active-session",
    "active-sessions-of-user",
    "activity-of-user",
    "add-member",
    "ai-rate-limit",
    "ai-rate-limit-through-index",
    "aws-rate-limit",
    "aws-rate-limit-through-index",
    "block-ai-requests",
    "cancel-invite",
    "conversation-through-index",
    "conversations-of-account",
    "count-ai-request",
    "count-aws-request",
    "count-organization-emails",
    "count-thread-message",
    "count-throttled-aws-request",
    "create-invite",
    "create-organization",
    "create-session",
    "create-thread",
    "create-user",
    "end-session",
    "ev-data",
    "ev-data-through-index",
    "expire-invite",
    "first-emails-of-account",
    "follow-up-emails-of-account",
    "invite",
    "invite-by-id",
    "invite-by-token",
    "invites-by-email",
    "invites-of-organization",
    "invocation",
    "invocation-through-index",
    "invocations-of-account",
    "llm-data",
    "llm-data-through-index",
    "llm-report",
    "llm-report-through-index",
    "member",
    "members-of-organization",
    "message",
    "message-by-message-id",
    "message-by-response-id",
    "messages-in-conversation",
    "organization",
    "organizations-of-user",
    "record-ai-response",
    "record-ev-data",
    "record-invocation",
    "record-llm-data",
    "record-session-activity",
    "score-message",
    "set-member-role",
    "set-member-status",
    "set-message-status",
    "set-organization-settings",
    "set-thread-attributes",
    "set-thread-status",
    "set-user-preferences",
    "set-user-status",
    "start-ai-window",
    "start-aws-window",
    "store-llm-report",
    "store-message",
    "thread",
    "thread-through-index",
    "threads-of-account",
    "user",
    "user-by-email",
    "user-through-index",
]


class AcsConversations:
    """Table `Conversations`, by `conversation_id` (S) and `response_id` (S)."""

    NAME: Final = "Conversations"
    VARIABLE: Final = "DYNAMODB_CONVERSATIONS_TABLE"
    HASH_KEY: Final = "conversation_id"
    RANGE_KEY: Final = "response_id"

    class AssociatedAccountIndex:
        """Index `associated_account-index`, by `associated_account` (S)."""

        NAME: Final = "associated_account-index"
        HASH_KEY: Final = "associated_account"
        PROJECTION: Final = "ALL"

    class AssociatedAccountIsFirstEmailIndex:
        """Index `associated_account-is_first_email-index`, by `associated_account` (S) and `is_first_email` (N)."""

        NAME: Final = "associated_account-is_first_email-index"
        HASH_KEY: Final = "associated_account"
        RANGE_KEY: Final = "is_first_email"
        PROJECTION: Final = "ALL"

    class ConversationIdIndex:
        """Index `conversation_id-index`, by `conversation_id` (S)."""

        NAME: Final = "conversation_id-index"
        HASH_KEY: Final = "conversation_id"
        PROJECTION: Final = "ALL"

    class MessageIdIndex:
        """Index `message_id-index`, by `message_id` (S)."""

        NAME: Final = "message_id-index"
        HASH_KEY: Final = "message_id"
        PROJECTION: Final = "ALL"

    class ResponseIdIndex:
        """Index `response_id-index`, by `response_id` (S)."""

        NAME: Final = "response_id-index"
        HASH_KEY: Final = "response_id"
        PROJECTION: Final = "ALL"


class AcsConversationsKey(TypedDict):
    """A key of the table `Conversations`."""

    conversation_id: str
    response_id: str


class AcsEVDataCollection:
    """Table `EVDataCollection`, by `conversation_id` (S)."""

    NAME: Final = "EVDataCollection"
    VARIABLE: Final = "DYNAMODB_EVDATACOLLECTION_TABLE"
    HASH_KEY: Final = "conversation_id"

    class ConversationIdIndex:
        """Index `conversation_id-index`, by `conversation_id` (S)."""

        NAME: Final = "conversation_id-index"
        HASH_KEY: Final = "conversation_id"
        PROJECTION: Final = "ALL"


class AcsEVDataCollectionKey(TypedDict):
    """A key of the table `EVDataCollection`."""

    conversation_id: str


class AcsInvocations:
    """Table `Invocations`, by `id` (S)."""

    NAME: Final = "Invocations"
    VARIABLE: Final = "DYNAMODB_INVOCATIONS_TABLE"
    HASH_KEY: Final = "id"

    class AssociatedAccountIndex:
        """Index `associated_account-index`, by `associated_account` (S)."""

        NAME: Final = "associated_account-index"
        HASH_KEY: Final = "associated_account"
        PROJECTION: Final = "ALL"

    class IdIndex:
        """Index `id-index`, by `id` (S)."""

        NAME: Final = "id-index"
        HASH_KEY: Final = "id"
        PROJECTION: Final = "ALL"


class AcsInvocationsKey(TypedDict):
    """A key of the table `Invocations`."""

    id: str


class AcsLLMDataCollection:
    """Table `LLMDataCollection`, by `conversation_id` (S)."""

    NAME: Final = "LLMDataCollection"
    VARIABLE: Final = "DYNAMODB_LLMDATACOLLECTION_TABLE"
    HASH_KEY: Final = "conversation_id"

    class ConversationIdIndex:
        """Index `conversation_id-index`, by `conversation_id` (S)."""

        NAME: Final = "conversation_id-index"
        HASH_KEY: Final = "conversation_id"
        PROJECTION: Final = "ALL"


class AcsLLMDataCollectionKey(TypedDict):
    """A key of the table `LLMDataCollection`."""

    conversation_id: str


class AcsLLMReportData:
    """Table `LLMReportData`, by `report_id` (S)."""

    NAME: Final = "LLMReportData"
    VARIABLE: Final = "DYNAMODB_LLMREPORTDATA_TABLE"
    HASH_KEY: Final = "report_id"

    class ReportIdIndex:
        """Index `report_id-index`, by `report_id` (S)."""

        NAME: Final = "report_id-index"
        HASH_KEY: Final = "report_id"
        PROJECTION: Final = "ALL"


class AcsLLMReportDataKey(TypedDict):
    """A key of the table `LLMReportData`."""

    report_id: str


class AcsOrganizationInvites:
    """Table `OrganizationInvites`, by `invite_id` (S) and `timestamp` (S)."""

    NAME: Final = "OrganizationInvites"
    VARIABLE: Final = "DYNAMODB_ORGANIZATIONINVITES_TABLE"
    HASH_KEY: Final = "invite_id"
    RANGE_KEY: Final = "timestamp"

    class EmailIndex:
        """Index `email-index`, by `email` (S)."""

        NAME: Final = "email-index"
        HASH_KEY: Final = "email"
        PROJECTION: Final = "INCLUDE"

    class InviteTokenIndex:
        """Index `invite_token-index`, by `invite_token` (S)."""

        NAME: Final = "invite_token-index"
        HASH_KEY: Final = "invite_token"
        PROJECTION: Final = "ALL"

    class OrganizationIdIndex:
        """Index `organization_id-index`, by `organization_id` (S)."""

        NAME: Final = "organization_id-index"
        HASH_KEY: Final = "organization_id"
        PROJECTION: Final = "INCLUDE"


class AcsOrganizationInvitesKey(TypedDict):
    """A key of the table `OrganizationInvites`."""

    invite_id: str
    timestamp: str


class AcsOrganizationMembers:
    """Table `OrganizationMembers`, by `organization_id` (S) and `user_id` (S)."""

    NAME: Final = "OrganizationMembers"
    VARIABLE: Final = "DYNAMODB_ORGANIZATIONMEMBERS_TABLE"
    HASH_KEY: Final = "organization_id"
    RANGE_KEY: Final = "user_id"

    class UserIdIndex:
        """Index `user_id-index`, by `user_id` (S)."""

        NAME: Final = "user_id-index"
        HASH_KEY: Final = "user_id"
        PROJECTION: Final = "ALL"


class AcsOrganizationMembersKey(TypedDict):
    """A key of the table `OrganizationMembers`."""

    organization_id: str
    user_id: str


class AcsOrganizations:
    """Table `Organizations`, by `organization_id` (S)."""

    NAME: Final = "Organizations"
    VARIABLE: Final = "DYNAMODB_ORGANIZATIONS_TABLE"
    HASH_KEY: Final = "organization_id"


class AcsOrganizationsKey(TypedDict):
    """A key of the table `Organizations`."""

    organization_id: str


class AcsRLAI:
    """Table `RL_AI`, by `associated_account` (S)."""

    NAME: Final = "RL_AI"
    VARIABLE: Final = "DYNAMODB_RL_AI_TABLE"
    HASH_KEY: Final = "associated_account"

    class AssociatedAccountIndex:
        """Index `associated_account-index`, by `associated_account` (S)."""

        NAME: Final = "associated_account-index"
        HASH_KEY: Final = "associated_account"
        PROJECTION: Final = "ALL"


class AcsRLAIKey(TypedDict):
    """A key of the table `RL_AI`."""

    associated_account: str


class AcsRLAWS:
    """Table `RL_AWS`, by `associated_account` (S)."""

    NAME: Final = "RL_AWS"
    VARIABLE: Final = "DYNAMODB_RL_AWS_TABLE"
    HASH_KEY: Final = "associated_account"

    class AssociatedAccountIndex:
        """Index `associated_account-index`, by `associated_account` (S)."""

        NAME: Final = "associated_account-index"
        HASH_KEY: Final = "associated_account"
        PROJECTION: Final = "ALL"


class AcsRLAWSKey(TypedDict):
    """A key of the table `RL_AWS`."""

    associated_account: str


class AcsSessions:
    """Table `Sessions`, by `session_id` (S)."""

    NAME: Final = "Sessions"
    VARIABLE: Final = "DYNAMODB_SESSIONS_TABLE"
    HASH_KEY: Final = "session_id"
    TTL_ATTRIBUTE: Final = "ttl"

    class UserIdIndex:
        """Index `user_id-index`, by `user_id` (S)."""

        NAME: Final = "user_id-index"
        HASH_KEY: Final = "user_id"
        PROJECTION: Final = "ALL"


class AcsSessionsKey(TypedDict):
    """A key of the table `Sessions`."""

    session_id: str


class AcsThreads:
    """Table `Threads`, by `conversation_id` (S)."""

    NAME: Final = "Threads"
    VARIABLE: Final = "DYNAMODB_THREADS_TABLE"
    HASH_KEY: Final = "conversation_id"

    class AssociatedAccount:
        """Index `associated_account`, by `associated_account` (S)."""

        NAME: Final = "associated_account"
        HASH_KEY: Final = "associated_account"
        PROJECTION: Final = "ALL"

    class ConversationIdIndex:
        """Index `conversation_id-index`, by `conversation_id` (S)."""

        NAME: Final = "conversation_id-index"
        HASH_KEY: Final = "conversation_id"
        PROJECTION: Final = "ALL"


class AcsThreadsKey(TypedDict):
    """A key of the table `Threads`."""

    conversation_id: str


class AcsUsers:
    """Table `Users`, by `id` (S)."""

    NAME: Final = "Users"
    VARIABLE: Final = "DYNAMODB_USERS_TABLE"
    HASH_KEY: Final = "id"

    class IdIndex:
        """Index `id-index`, by `id` (S)."""

        NAME: Final = "id-index"
        HASH_KEY: Final = "id"
        PROJECTION: Final = "ALL"

    class ResponseEmailIndex:
        """Index `responseEmail-index`, by `responseEmail` (S)."""

        NAME: Final = "responseEmail-index"
        HASH_KEY: Final = "responseEmail"
        PROJECTION: Final = "ALL"

    class UserIdCreatedAtIndex:
        """Index `userId-createdAt-index`, by `userId` (S) and `createdAt` (S)."""

        NAME: Final = "userId-createdAt-index"
        HASH_KEY: Final = "userId"
        RANGE_KEY: Final = "createdAt"
        PROJECTION: Final = "ALL"


class AcsUsersKey(TypedDict):
    """A key of the table `Users`."""

    id: str


class AcsPages:
    """The queries and scans of the family `acs`, page by page; each page is fetched when it is asked for."""

    def __init__(self, tables: FamilyTables) -> None:
        self._tables = tables

    def active_session(self, *, now: str, session_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """A session by id while it is active; a query, since a get can't leave out an expired one.

        Query on `Sessions`.

        key: session_id = :session_id

        filter: is_active = true AND expires_at > :now
        """
        return self._tables.pages("active-session", options, now=now, session_id=session_id)

    def active_sessions_of_user(self, *, now: str, user_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """A user's active sessions.

        Query on `Sessions` by its index `user_id-index`.

        key: user_id = :user_id

        filter: is_active = true AND expires_at > :now
        """
        return self._tables.pages("active-sessions-of-user", options, now=now, user_id=user_id)

    def activity_of_user(self, *, since: str, userId: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """A user's items since a time, oldest first.

        Query on `Users` by its index `userId-createdAt-index`.

        key: userId = :userId AND createdAt >= :since
        """
        return self._tables.pages("activity-of-user", options, since=since, userId=userId)

    def ai_rate_limit_through_index(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By associated_account, through the index that repeats the table's key; the table gives the same for less.

        Query on `RL_AI` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self._tables.pages("ai-rate-limit-through-index", options, associated_account=associated_account)

    def aws_rate_limit_through_index(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By associated_account, through the index that repeats the table's key; the table gives the same for less.

        Query on `RL_AWS` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self._tables.pages("aws-rate-limit-through-index", options, associated_account=associated_account)

    def conversation_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Conversations` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self._tables.pages("conversation-through-index", options, conversation_id=conversation_id)

    def conversations_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """Every e-mail of an account, over all its conversations.

        Query on `Conversations` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self._tables.pages("conversations-of-account", options, associated_account=associated_account)

    def ev_data_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `EVDataCollection` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self._tables.pages("ev-data-through-index", options, conversation_id=conversation_id)

    def first_emails_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The e-mails that began an account's conversations.

        Query on `Conversations` by its index `associated_account-is_first_email-index`.

        key: associated_account = :associated_account AND is_first_email = 1
        """
        return self._tables.pages("first-emails-of-account", options, associated_account=associated_account)

    def follow_up_emails_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """An account's e-mails that followed a first one.

        Query on `Conversations` by its index `associated_account-is_first_email-index`.

        key: associated_account = :associated_account AND is_first_email = 0
        """
        return self._tables.pages("follow-up-emails-of-account", options, associated_account=associated_account)

    def invite_by_id(self, *, invite_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """An invite whose timestamp is not known.

        Query on `OrganizationInvites`.

        key: invite_id = :invite_id
        """
        return self._tables.pages("invite-by-id", options, invite_id=invite_id)

    def invite_by_token(self, *, invite_token: str, now: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The pending invite that a token opens; none where it is used, withdrawn or expired.

        Query on `OrganizationInvites` by its index `invite_token-index`.

        key: invite_token = :invite_token

        filter: status = 'pending' AND expires_at > :now
        """
        return self._tables.pages("invite-by-token", options, invite_token=invite_token, now=now)

    def invites_by_email(self, *, email: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The invites sent to an address, without their tokens.

        Query on `OrganizationInvites` by its index `email-index`.

        key: email = :email
        """
        return self._tables.pages("invites-by-email", options, email=email)

    def invites_of_organization(self, *, organization_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """An organization's invites, without their tokens.

        Query on `OrganizationInvites` by its index `organization_id-index`.

        key: organization_id = :organization_id
        """
        return self._tables.pages("invites-of-organization", options, organization_id=organization_id)

    def invocation_through_index(self, *, id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Invocations` by its index `id-index`.

        key: id = :id
        """
        return self._tables.pages("invocation-through-index", options, id=id)

    def invocations_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The invocations of an account.

        Query on `Invocations` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self._tables.pages("invocations-of-account", options, associated_account=associated_account)

    def llm_data_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `LLMDataCollection` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self._tables.pages("llm-data-through-index", options, conversation_id=conversation_id)

    def llm_report_through_index(self, *, report_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By report_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `LLMReportData` by its index `report_id-index`.

        key: report_id = :report_id
        """
        return self._tables.pages("llm-report-through-index", options, report_id=report_id)

    def members_of_organization(self, *, organization_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """Everybody in an organization.

        Query on `OrganizationMembers`.

        key: organization_id = :organization_id
        """
        return self._tables.pages("members-of-organization", options, organization_id=organization_id)

    def message_by_message_id(self, *, message_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The e-mail with a message id.

        Query on `Conversations` by its index `message_id-index`.

        key: message_id = :message_id
        """
        return self._tables.pages("message-by-message-id", options, message_id=message_id)

    def message_by_response_id(self, *, response_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The e-mail with a response id.

        Query on `Conversations` by its index `response_id-index`.

        key: response_id = :response_id
        """
        return self._tables.pages("message-by-response-id", options, response_id=response_id)

    def messages_in_conversation(self, *, conversation_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """Every e-mail of a conversation.

        Query on `Conversations`.

        key: conversation_id = :conversation_id
        """
        return self._tables.pages("messages-in-conversation", options, conversation_id=conversation_id)

    def organizations_of_user(self, *, user_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The organizations that a user belongs to.

        Query on `OrganizationMembers` by its index `user_id-index`.

        key: user_id = :user_id
        """
        return self._tables.pages("organizations-of-user", options, user_id=user_id)

    def thread_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Threads` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self._tables.pages("thread-through-index", options, conversation_id=conversation_id)

    def threads_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The threads of an account.

        Query on `Threads` by its index `associated_account`.

        key: associated_account = :associated_account
        """
        return self._tables.pages("threads-of-account", options, associated_account=associated_account)

    def user_by_email(self, *, responseEmail: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """The user who signs in, by response address.

        Query on `Users` by its index `responseEmail-index`.

        key: responseEmail = :responseEmail
        """
        return self._tables.pages("user-by-email", options, responseEmail=responseEmail)

    def user_through_index(self, *, id: str, options: Options = _DEFAULT) -> Iterator[Result]:
        """By id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Users` by its index `id-index`.

        key: id = :id
        """
        return self._tables.pages("user-through-index", options, id=id)


class Acs:
    """The family `acs`: a method runs the access pattern of its name. Raises ContractError where there is none."""

    def __init__(self, connection: Connection) -> None:
        self.tables: Final[FamilyTables] = connection.family("acs")
        self.pages: Final = AcsPages(self.tables)

    def accept_invite(self, *, accepted_at: str, invite_id: str, timestamp: str) -> Result:
        """Accept a pending invite in time, once.

        UpdateItem on `OrganizationInvites`.

        key: invite_id = :invite_id AND timestamp = :timestamp

        condition: status = 'pending' AND expires_at > :accepted_at

        update: SET status = 'accepted', accepted_at = :accepted_at
        """
        return self.tables.run("accept-invite", accepted_at=accepted_at, invite_id=invite_id, timestamp=timestamp)

    def active_session(self, *, now: str, session_id: str, options: Options = _DEFAULT) -> Result:
        """A session by id while it is active; a query, since a get can't leave out an expired one.

        Query on `Sessions`.

        key: session_id = :session_id

        filter: is_active = true AND expires_at > :now
        """
        return self.tables.run("active-session", options, now=now, session_id=session_id)

    def active_sessions_of_user(self, *, now: str, user_id: str, options: Options = _DEFAULT) -> Result:
        """A user's active sessions.

        Query on `Sessions` by its index `user_id-index`.

        key: user_id = :user_id

        filter: is_active = true AND expires_at > :now
        """
        return self.tables.run("active-sessions-of-user", options, now=now, user_id=user_id)

    def activity_of_user(self, *, since: str, userId: str, options: Options = _DEFAULT) -> Result:
        """A user's items since a time, oldest first.

        Query on `Users` by its index `userId-createdAt-index`.

        key: userId = :userId AND createdAt >= :since
        """
        return self.tables.run("activity-of-user", options, since=since, userId=userId)

    def add_member(self, *, item: Mapping[str, Any]) -> Result:
        """Add a user to an organization, once.

        PutItem on `OrganizationMembers`.

        condition: attribute_not_exists(organization_id)
        """
        return self.tables.run("add-member", item=dict(item))

    def ai_rate_limit(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """An account's AI requests in its current hour.

        GetItem on `RL_AI`.

        key: associated_account = :associated_account
        """
        return self.tables.run("ai-rate-limit", options, associated_account=associated_account)

    def ai_rate_limit_through_index(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """By associated_account, through the index that repeats the table's key; the table gives the same for less.

        Query on `RL_AI` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self.tables.run("ai-rate-limit-through-index", options, associated_account=associated_account)

    def aws_rate_limit(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """An account's AWS requests in its current hour.

        GetItem on `RL_AWS`.

        key: associated_account = :associated_account
        """
        return self.tables.run("aws-rate-limit", options, associated_account=associated_account)

    def aws_rate_limit_through_index(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """By associated_account, through the index that repeats the table's key; the table gives the same for less.

        Query on `RL_AWS` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self.tables.run("aws-rate-limit-through-index", options, associated_account=associated_account)

    def block_ai_requests(self, *, associated_account: str, blocked_until: str) -> Result:
        """Block an account's AI requests until a time.

        UpdateItem on `RL_AI`.

        key: associated_account = :associated_account

        condition: attribute_exists(associated_account)

        update: SET blocked_until = :blocked_until
        """
        return self.tables.run("block-ai-requests", associated_account=associated_account, blocked_until=blocked_until)

    def cancel_invite(self, *, invite_id: str, timestamp: str) -> Result:
        """Withdraw a pending invite.

        UpdateItem on `OrganizationInvites`.

        key: invite_id = :invite_id AND timestamp = :timestamp

        condition: status = 'pending'

        update: SET status = 'cancelled'
        """
        return self.tables.run("cancel-invite", invite_id=invite_id, timestamp=timestamp)

    def conversation_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Conversations` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("conversation-through-index", options, conversation_id=conversation_id)

    def conversations_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """Every e-mail of an account, over all its conversations.

        Query on `Conversations` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self.tables.run("conversations-of-account", options, associated_account=associated_account)

    def count_ai_request(self, *, associated_account: str, last_request: str) -> Result:
        """Count an AI request within the open hour; refused at the limit and while blocked.

        UpdateItem on `RL_AI`.

        key: associated_account = :associated_account

        condition: request_count < limit AND window_end > :last_request AND NOT blocked_until > :last_request

        update: ADD request_count 1 SET last_request = :last_request
        """
        return self.tables.run("count-ai-request", associated_account=associated_account, last_request=last_request)

    def count_aws_request(self, *, associated_account: str, last_request: str) -> Result:
        """Count an AWS request within the open hour; refused at the limit.

        UpdateItem on `RL_AWS`.

        key: associated_account = :associated_account

        condition: aws_requests < limit AND window_end > :last_request

        update: ADD aws_requests 1 SET last_request = :last_request
        """
        return self.tables.run("count-aws-request", associated_account=associated_account, last_request=last_request)

    def count_organization_emails(self, *, emails: int | Decimal, organization_id: str) -> Result:
        """Add processed e-mails to an organization's usage.

        UpdateItem on `Organizations`.

        key: organization_id = :organization_id

        condition: attribute_exists(organization_id)

        update: SET billing.usage.emails_processed = billing.usage.emails_processed + :emails
        """
        return self.tables.run("count-organization-emails", emails=emails, organization_id=organization_id)

    def count_thread_message(self, *, conversation_id: str, last_message_at: str) -> Result:
        """Count a further e-mail of a thread.

        UpdateItem on `Threads`.

        key: conversation_id = :conversation_id

        condition: attribute_exists(conversation_id)

        update: ADD message_count 1 SET last_message_at = :last_message_at, updated_at = :last_message_at
        """
        return self.tables.run("count-thread-message", conversation_id=conversation_id, last_message_at=last_message_at)

    def count_throttled_aws_request(self, *, associated_account: str) -> Result:
        """Count an AWS request that was throttled.

        UpdateItem on `RL_AWS`.

        key: associated_account = :associated_account

        condition: attribute_exists(associated_account)

        update: ADD throttled_requests 1
        """
        return self.tables.run("count-throttled-aws-request", associated_account=associated_account)

    def create_invite(self, *, item: Mapping[str, Any]) -> Result:
        """Store a new invite, never over another.

        PutItem on `OrganizationInvites`.

        condition: attribute_not_exists(invite_id)
        """
        return self.tables.run("create-invite", item=dict(item))

    def create_organization(self, *, item: Mapping[str, Any]) -> Result:
        """Store a new organization, never over another.

        PutItem on `Organizations`.

        condition: attribute_not_exists(organization_id)
        """
        return self.tables.run("create-organization", item=dict(item))

    def create_session(self, *, item: Mapping[str, Any]) -> Result:
        """Store a new session, never over another.

        PutItem on `Sessions`.

        condition: attribute_not_exists(session_id)
        """
        return self.tables.run("create-session", item=dict(item))

    def create_thread(self, *, item: Mapping[str, Any]) -> Result:
        """Open a conversation's thread, once.

        PutItem on `Threads`.

        condition: attribute_not_exists(conversation_id)
        """
        return self.tables.run("create-thread", item=dict(item))

    def create_user(self, *, item: Mapping[str, Any]) -> Result:
        """Store a new user, never over another.

        PutItem on `Users`.

        condition: attribute_not_exists(id)
        """
        return self.tables.run("create-user", item=dict(item))

    def end_session(self, *, session_id: str) -> Result:
        """Sign a session out.

        UpdateItem on `Sessions`.

        key: session_id = :session_id

        condition: attribute_exists(session_id)

        update: SET is_active = false
        """
        return self.tables.run("end-session", session_id=session_id)

    def ev_data(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """A conversation's latest expected-value calculation.

        GetItem on `EVDataCollection`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("ev-data", options, conversation_id=conversation_id)

    def ev_data_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `EVDataCollection` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("ev-data-through-index", options, conversation_id=conversation_id)

    def expire_invite(self, *, invite_id: str, now: str, timestamp: str) -> Result:
        """Mark a pending invite whose time has passed.

        UpdateItem on `OrganizationInvites`.

        key: invite_id = :invite_id AND timestamp = :timestamp

        condition: status = 'pending' AND expires_at <= :now

        update: SET status = 'expired'
        """
        return self.tables.run("expire-invite", invite_id=invite_id, now=now, timestamp=timestamp)

    def first_emails_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """The e-mails that began an account's conversations.

        Query on `Conversations` by its index `associated_account-is_first_email-index`.

        key: associated_account = :associated_account AND is_first_email = 1
        """
        return self.tables.run("first-emails-of-account", options, associated_account=associated_account)

    def follow_up_emails_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """An account's e-mails that followed a first one.

        Query on `Conversations` by its index `associated_account-is_first_email-index`.

        key: associated_account = :associated_account AND is_first_email = 0
        """
        return self.tables.run("follow-up-emails-of-account", options, associated_account=associated_account)

    def invite(self, *, invite_id: str, timestamp: str, options: Options = _DEFAULT) -> Result:
        """An invite by its whole key, as the indexes give it.

        GetItem on `OrganizationInvites`.

        key: invite_id = :invite_id AND timestamp = :timestamp
        """
        return self.tables.run("invite", options, invite_id=invite_id, timestamp=timestamp)

    def invite_by_id(self, *, invite_id: str, options: Options = _DEFAULT) -> Result:
        """An invite whose timestamp is not known.

        Query on `OrganizationInvites`.

        key: invite_id = :invite_id
        """
        return self.tables.run("invite-by-id", options, invite_id=invite_id)

    def invite_by_token(self, *, invite_token: str, now: str, options: Options = _DEFAULT) -> Result:
        """The pending invite that a token opens; none where it is used, withdrawn or expired.

        Query on `OrganizationInvites` by its index `invite_token-index`.

        key: invite_token = :invite_token

        filter: status = 'pending' AND expires_at > :now
        """
        return self.tables.run("invite-by-token", options, invite_token=invite_token, now=now)

    def invites_by_email(self, *, email: str, options: Options = _DEFAULT) -> Result:
        """The invites sent to an address, without their tokens.

        Query on `OrganizationInvites` by its index `email-index`.

        key: email = :email
        """
        return self.tables.run("invites-by-email", options, email=email)

    def invites_of_organization(self, *, organization_id: str, options: Options = _DEFAULT) -> Result:
        """An organization's invites, without their tokens.

        Query on `OrganizationInvites` by its index `organization_id-index`.

        key: organization_id = :organization_id
        """
        return self.tables.run("invites-of-organization", options, organization_id=organization_id)

    def invocation(self, *, id: str, options: Options = _DEFAULT) -> Result:
        """An invocation by id.

        GetItem on `Invocations`.

        key: id = :id
        """
        return self.tables.run("invocation", options, id=id)

    def invocation_through_index(self, *, id: str, options: Options = _DEFAULT) -> Result:
        """By id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Invocations` by its index `id-index`.

        key: id = :id
        """
        return self.tables.run("invocation-through-index", options, id=id)

    def invocations_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """The invocations of an account.

        Query on `Invocations` by its index `associated_account-index`.

        key: associated_account = :associated_account
        """
        return self.tables.run("invocations-of-account", options, associated_account=associated_account)

    def llm_data(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """A conversation's latest exchange with the language model.

        GetItem on `LLMDataCollection`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("llm-data", options, conversation_id=conversation_id)

    def llm_data_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `LLMDataCollection` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("llm-data-through-index", options, conversation_id=conversation_id)

    def llm_report(self, *, report_id: str, options: Options = _DEFAULT) -> Result:
        """A usage report by id.

        GetItem on `LLMReportData`.

        key: report_id = :report_id
        """
        return self.tables.run("llm-report", options, report_id=report_id)

    def llm_report_through_index(self, *, report_id: str, options: Options = _DEFAULT) -> Result:
        """By report_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `LLMReportData` by its index `report_id-index`.

        key: report_id = :report_id
        """
        return self.tables.run("llm-report-through-index", options, report_id=report_id)

    def member(self, *, organization_id: str, user_id: str, options: Options = _DEFAULT) -> Result:
        """A user's membership of an organization.

        GetItem on `OrganizationMembers`.

        key: organization_id = :organization_id AND user_id = :user_id
        """
        return self.tables.run("member", options, organization_id=organization_id, user_id=user_id)

    def members_of_organization(self, *, organization_id: str, options: Options = _DEFAULT) -> Result:
        """Everybody in an organization.

        Query on `OrganizationMembers`.

        key: organization_id = :organization_id
        """
        return self.tables.run("members-of-organization", options, organization_id=organization_id)

    def message(self, *, conversation_id: str, response_id: str, options: Options = _DEFAULT) -> Result:
        """One e-mail of a conversation.

        GetItem on `Conversations`.

        key: conversation_id = :conversation_id AND response_id = :response_id
        """
        return self.tables.run("message", options, conversation_id=conversation_id, response_id=response_id)

    def message_by_message_id(self, *, message_id: str, options: Options = _DEFAULT) -> Result:
        """The e-mail with a message id.

        Query on `Conversations` by its index `message_id-index`.

        key: message_id = :message_id
        """
        return self.tables.run("message-by-message-id", options, message_id=message_id)

    def message_by_response_id(self, *, response_id: str, options: Options = _DEFAULT) -> Result:
        """The e-mail with a response id.

        Query on `Conversations` by its index `response_id-index`.

        key: response_id = :response_id
        """
        return self.tables.run("message-by-response-id", options, response_id=response_id)

    def messages_in_conversation(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """Every e-mail of a conversation.

        Query on `Conversations`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("messages-in-conversation", options, conversation_id=conversation_id)

    def organization(self, *, organization_id: str, options: Options = _DEFAULT) -> Result:
        """An organization by id.

        GetItem on `Organizations`.

        key: organization_id = :organization_id
        """
        return self.tables.run("organization", options, organization_id=organization_id)

    def organizations_of_user(self, *, user_id: str, options: Options = _DEFAULT) -> Result:
        """The organizations that a user belongs to.

        Query on `OrganizationMembers` by its index `user_id-index`.

        key: user_id = :user_id
        """
        return self.tables.run("organizations-of-user", options, user_id=user_id)

    def record_ai_response(self, *, ai_response: str, conversation_id: str, response_id: str) -> Result:
        """Store the answer that was generated for an e-mail.

        UpdateItem on `Conversations`.

        key: conversation_id = :conversation_id AND response_id = :response_id

        condition: attribute_exists(conversation_id)

        update: SET ai_response = :ai_response, status = 'responded'
        """
        return self.tables.run(
            "record-ai-response",
            ai_response=ai_response,
            conversation_id=conversation_id,
            response_id=response_id,
        )

    def record_ev_data(self, *, item: Mapping[str, Any]) -> Result:
        """Store a conversation's calculation in place of the one before.

        PutItem on `EVDataCollection`.
        """
        return self.tables.run("record-ev-data", item=dict(item))

    def record_invocation(self, *, item: Mapping[str, Any]) -> Result:
        """Store an invocation, once.

        PutItem on `Invocations`.

        condition: attribute_not_exists(id)
        """
        return self.tables.run("record-invocation", item=dict(item))

    def record_llm_data(self, *, item: Mapping[str, Any]) -> Result:
        """Store a conversation's exchange in place of the one before.

        PutItem on `LLMDataCollection`.
        """
        return self.tables.run("record-llm-data", item=dict(item))

    def record_session_activity(self, *, last_activity: str, session_id: str) -> Result:
        """Note that an active session was used.

        UpdateItem on `Sessions`.

        key: session_id = :session_id

        condition: is_active = true AND expires_at > :last_activity

        update: SET last_activity = :last_activity
        """
        return self.tables.run("record-session-activity", last_activity=last_activity, session_id=session_id)

    def score_message(self, *, conversation_id: str, ev_score: int | Decimal, response_id: str) -> Result:
        """Store an e-mail's expected value.

        UpdateItem on `Conversations`.

        key: conversation_id = :conversation_id AND response_id = :response_id

        condition: attribute_exists(conversation_id)

        update: SET ev_score = :ev_score
        """
        return self.tables.run(
            "score-message",
            conversation_id=conversation_id,
            ev_score=ev_score,
            response_id=response_id,
        )

    def set_member_role(
        self,
        *,
        organization_id: str,
        permissions: Mapping[str, Any],
        role: str,
        user_id: str,
    ) -> Result:
        """Change a member's role and permissions.

        UpdateItem on `OrganizationMembers`.

        key: organization_id = :organization_id AND user_id = :user_id

        condition: attribute_exists(organization_id)

        update: SET role = :role, permissions = :permissions
        """
        return self.tables.run(
            "set-member-role",
            organization_id=organization_id,
            permissions=dict(permissions),
            role=role,
            user_id=user_id,
        )

    def set_member_status(self, *, last_active: str, organization_id: str, status: str, user_id: str) -> Result:
        """Activate or deactivate a member, or note when a member was last active.

        UpdateItem on `OrganizationMembers`.

        key: organization_id = :organization_id AND user_id = :user_id

        condition: attribute_exists(organization_id)

        update: SET status = :status, last_active = :last_active
        """
        return self.tables.run(
            "set-member-status",
            last_active=last_active,
            organization_id=organization_id,
            status=status,
            user_id=user_id,
        )

    def set_message_status(self, *, conversation_id: str, response_id: str, status: str) -> Result:
        """Move an e-mail on: processed, scheduled, responded.

        UpdateItem on `Conversations`.

        key: conversation_id = :conversation_id AND response_id = :response_id

        condition: attribute_exists(conversation_id)

        update: SET status = :status
        """
        return self.tables.run(
            "set-message-status",
            conversation_id=conversation_id,
            response_id=response_id,
            status=status,
        )

    def set_organization_settings(
        self,
        *,
        organization_id: str,
        settings: Mapping[str, Any],
        updated_at: str,
    ) -> Result:
        """Change an organization's settings.

        UpdateItem on `Organizations`.

        key: organization_id = :organization_id

        condition: attribute_exists(organization_id)

        update: SET settings = :settings, updated_at = :updated_at
        """
        return self.tables.run(
            "set-organization-settings",
            organization_id=organization_id,
            settings=dict(settings),
            updated_at=updated_at,
        )

    def set_thread_attributes(
        self,
        *,
        ai_settings: Mapping[str, Any],
        attributes: Mapping[str, Any],
        conversation_id: str,
        updated_at: str,
    ) -> Result:
        """Store how urgent a thread is, what it is about, and how to answer it.

        UpdateItem on `Threads`.

        key: conversation_id = :conversation_id

        condition: attribute_exists(conversation_id)

        update: SET attributes = :attributes, ai_settings = :ai_settings, updated_at = :updated_at
        """
        return self.tables.run(
            "set-thread-attributes",
            ai_settings=dict(ai_settings),
            attributes=dict(attributes),
            conversation_id=conversation_id,
            updated_at=updated_at,
        )

    def set_thread_status(self, *, conversation_id: str, status: str, updated_at: str) -> Result:
        """Close, archive or reopen a thread.

        UpdateItem on `Threads`.

        key: conversation_id = :conversation_id

        condition: attribute_exists(conversation_id)

        update: SET status = :status, updated_at = :updated_at
        """
        return self.tables.run(
            "set-thread-status",
            conversation_id=conversation_id,
            status=status,
            updated_at=updated_at,
        )

    def set_user_preferences(self, *, id: str, preferences: Mapping[str, Any], updated_at: str) -> Result:
        """Change what a user is notified of and answered by.

        UpdateItem on `Users`.

        key: id = :id

        condition: attribute_exists(id)

        update: SET preferences = :preferences, updated_at = :updated_at
        """
        return self.tables.run("set-user-preferences", id=id, preferences=dict(preferences), updated_at=updated_at)

    def set_user_status(self, *, id: str, status: str, updated_at: str) -> Result:
        """Activate, deactivate or suspend a user.

        UpdateItem on `Users`.

        key: id = :id

        condition: attribute_exists(id)

        update: SET status = :status, updated_at = :updated_at
        """
        return self.tables.run("set-user-status", id=id, status=status, updated_at=updated_at)

    def start_ai_window(self, *, item: Mapping[str, Any], now: str) -> Result:
        """Open an account's next hour of AI requests; of two that try, one does.

        PutItem on `RL_AI`.

        condition: attribute_not_exists(associated_account) OR window_end <= :now
        """
        return self.tables.run("start-ai-window", item=dict(item), now=now)

    def start_aws_window(self, *, item: Mapping[str, Any], now: str) -> Result:
        """Open an account's next hour of AWS requests; of two that try, one does.

        PutItem on `RL_AWS`.

        condition: attribute_not_exists(associated_account) OR window_end <= :now
        """
        return self.tables.run("start-aws-window", item=dict(item), now=now)

    def store_llm_report(self, *, item: Mapping[str, Any]) -> Result:
        """Store a new usage report, never over another.

        PutItem on `LLMReportData`.

        condition: attribute_not_exists(report_id)
        """
        return self.tables.run("store-llm-report", item=dict(item))

    def store_message(self, *, item: Mapping[str, Any]) -> Result:
        """Store an e-mail once, however often it is delivered.

        PutItem on `Conversations`.

        condition: attribute_not_exists(conversation_id)
        """
        return self.tables.run("store-message", item=dict(item))

    def thread(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """A conversation's thread.

        GetItem on `Threads`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("thread", options, conversation_id=conversation_id)

    def thread_through_index(self, *, conversation_id: str, options: Options = _DEFAULT) -> Result:
        """By conversation_id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Threads` by its index `conversation_id-index`.

        key: conversation_id = :conversation_id
        """
        return self.tables.run("thread-through-index", options, conversation_id=conversation_id)

    def threads_of_account(self, *, associated_account: str, options: Options = _DEFAULT) -> Result:
        """The threads of an account.

        Query on `Threads` by its index `associated_account`.

        key: associated_account = :associated_account
        """
        return self.tables.run("threads-of-account", options, associated_account=associated_account)

    def user(self, *, id: str, options: Options = _DEFAULT) -> Result:
        """A user by id.

        GetItem on `Users`.

        key: id = :id
        """
        return self.tables.run("user", options, id=id)

    def user_by_email(self, *, responseEmail: str, options: Options = _DEFAULT) -> Result:
        """The user who signs in, by response address.

        Query on `Users` by its index `responseEmail-index`.

        key: responseEmail = :responseEmail
        """
        return self.tables.run("user-by-email", options, responseEmail=responseEmail)

    def user_through_index(self, *, id: str, options: Options = _DEFAULT) -> Result:
        """By id, through the index that repeats the table's key; the table gives the same for less.

        Query on `Users` by its index `id-index`.

        key: id = :id
        """
        return self.tables.run("user-through-index", options, id=id)
