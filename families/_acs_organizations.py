"""ACS: organizations, their members and the invites into them."""

from __future__ import annotations

from tablekit.model import Attribute, Index, Retention, S, Table, get, one_of, put, query, update

_ORGANIZATIONS = Table(
    name="Organizations",
    purpose="Organizations with their settings and billing",
    hash_key=S("organization_id"),
    classification="confidential",
    retention=Retention(reason="For the life of the organization; the document sets no end"),
    attributes={
        "name": "S",
        "domain": "S",
        "created_at": "S",
        "updated_at": "S",
        "status": one_of("active", "inactive", "suspended"),
        "settings": "M",
        "billing": "M",
    },
    patterns=(
        get("organization", "An organization by id", key="organization_id = :organization_id"),
        put(
            "create-organization",
            "Store a new organization, never over another",
            condition="attribute_not_exists(organization_id)",
        ),
        update(
            "set-organization-settings",
            "Change an organization's settings",
            key="organization_id = :organization_id",
            update="SET settings = :settings, updated_at = :updated_at",
            condition="attribute_exists(organization_id)",
        ),
        update(
            "count-organization-emails",
            "Add processed e-mails to an organization's usage",
            key="organization_id = :organization_id",
            update="SET billing.usage.emails_processed = billing.usage.emails_processed + :emails",
            condition="attribute_exists(organization_id)",
            parameters={"emails": "N"},
        ),
    ),
)

_MEMBERS = Table(
    name="OrganizationMembers",
    purpose="Who belongs to which organization, and in what role",
    hash_key=S("organization_id"),
    range_key=S("user_id"),
    classification="pii",
    retention=Retention(reason="Until the member is removed; a former one may stay as inactive"),
    indexes=(Index(name="user_id-index", hash_key=S("user_id"), purpose="The organizations of a user"),),
    attributes={
        "role": one_of("owner", "admin", "member", "viewer"),
        "joined_at": "S",
        "status": one_of("active", "inactive", "pending"),
        "permissions": "M",
        "invited_by": "S",
        "last_active": "S",
    },
    patterns=(
        get(
            "member",
            "A user's membership of an organization",
            key="organization_id = :organization_id AND user_id = :user_id",
        ),
        query("members-of-organization", "Everybody in an organization", key="organization_id = :organization_id"),
        query(
            "organizations-of-user",
            "The organizations that a user belongs to",
            index="user_id-index",
            key="user_id = :user_id",
        ),
        put("add-member", "Add a user to an organization, once", condition="attribute_not_exists(organization_id)"),
        update(
            "set-member-role",
            "Change a member's role and permissions",
            key="organization_id = :organization_id AND user_id = :user_id",
            update="SET role = :role, permissions = :permissions",
            condition="attribute_exists(organization_id)",
        ),
        update(
            "set-member-status",
            "Activate or deactivate a member, or note when a member was last active",
            key="organization_id = :organization_id AND user_id = :user_id",
            update="SET status = :status, last_active = :last_active",
            condition="attribute_exists(organization_id)",
        ),
    ),
)

_INVITES = Table(
    name="OrganizationInvites",
    purpose="Invitations into organizations",
    hash_key=S("invite_id"),
    range_key=S("timestamp"),
    classification="pii",
    retention=Retention(reason="Kept: an invite is valid for 7 days by expires_at, which is text and deletes nothing"),
    indexes=(
        Index(
            name="email-index",
            hash_key=S("email"),
            purpose="Invites sent to an address",
            projection="INCLUDE",
            include=("organization_id", "role", "status", "expires_at", "invited_by", "accepted_at"),
        ),
        Index(name="invite_token-index", hash_key=S("invite_token"), purpose="Whether a token is a valid invite"),
        Index(
            name="organization_id-index",
            hash_key=S("organization_id"),
            purpose="Invites of an organization",
            projection="INCLUDE",
            include=("email", "role", "status", "expires_at", "invited_by", "accepted_at"),
        ),
    ),
    attributes={
        "invite_token": Attribute(type="S", note="A credential, and a documented index's key: in that index alone"),
        "invited_by": "S",
        "role": one_of("member", "admin"),
        "status": one_of("pending", "accepted", "expired", "cancelled"),
        "expires_at": "S",
        "accepted_at": "S",
    },
    patterns=(
        get(
            "invite",
            "An invite by its whole key, as the indexes give it",
            key="invite_id = :invite_id AND timestamp = :timestamp",
        ),
        query("invite-by-id", "An invite whose timestamp is not known", key="invite_id = :invite_id"),
        query(
            "invites-by-email",
            "The invites sent to an address, without their tokens",
            index="email-index",
            key="email = :email",
        ),
        query(
            "invite-by-token",
            "The pending invite that a token opens; none where it is used, withdrawn or expired",
            index="invite_token-index",
            key="invite_token = :invite_token",
            filter="status = 'pending' AND expires_at > :now",
        ),
        query(
            "invites-of-organization",
            "An organization's invites, without their tokens",
            index="organization_id-index",
            key="organization_id = :organization_id",
        ),
        put("create-invite", "Store a new invite, never over another", condition="attribute_not_exists(invite_id)"),
        update(
            "accept-invite",
            "Accept a pending invite in time, once",
            key="invite_id = :invite_id AND timestamp = :timestamp",
            update="SET status = 'accepted', accepted_at = :accepted_at",
            condition="status = 'pending' AND expires_at > :accepted_at",
        ),
        update(
            "cancel-invite",
            "Withdraw a pending invite",
            key="invite_id = :invite_id AND timestamp = :timestamp",
            update="SET status = 'cancelled'",
            condition="status = 'pending'",
        ),
        update(
            "expire-invite",
            "Mark a pending invite whose time has passed",
            key="invite_id = :invite_id AND timestamp = :timestamp",
            update="SET status = 'expired'",
            condition="status = 'pending' AND expires_at <= :now",
        ),
    ),
)

TABLES = (_ORGANIZATIONS, _MEMBERS, _INVITES)
