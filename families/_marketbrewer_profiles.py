"""MarketBrewer: businesses and their questionnaires, both behind an optimistic lock."""

from __future__ import annotations

from typing import Final

from tablekit.model import AccessPattern, Attribute, Retention, S, Table

LIVE: Final = "(attribute_not_exists(_deleted) OR _deleted = false)"
"""Not deleted softly; the attribute may be missing."""
BUSINESS: Final = "0f8f3f0c-6d6a-4d0b-9d38-5b1c7a2e4a01"
CLOSING_BUSINESS: Final = "d2b9a6e1-90c7-4c0e-b1f5-8e4a2c6d9f03"
DELETED_BUSINESS: Final = "7c1de0a4-2f43-4c57-8a53-3e9d6b7f1b02"

_VERSION = Attribute(type="N", note="Optimistic lock: an update asks for the version it read, and leaves the next")
_DELETED = Attribute(type="BOOL", note="Soft delete")

TABLES = (
    Table(
        name="businesses",
        purpose="Profiles of the businesses that pages are made for",
        hash_key=S("business_id"),
        classification="pii",
        retention=Retention(reason="Never lost: a deleted business stays, marked, for recovery"),
        attributes={
            "name": "S",
            "industry": "S",
            "phone": "S",
            "email": "S",
            "website": "S",
            "created_at": "S",
            "updated_at": "S",
            "_version": _VERSION,
            "_deleted": _DELETED,
        },
    ),
    Table(
        name="questionnaires",
        purpose="What each business answered about itself",
        hash_key=S("business_id"),
        classification="pii",
        retention=Retention(reason="As long as its business, which is never lost; it has no soft delete of its own"),
        attributes={
            "data": Attribute(type="M", note="The questionnaire, as its JSON"),
            "completeness_score": "N",
            "created_at": "S",
            "updated_at": "S",
            "_version": _VERSION,
        },
    ),
)

_BUSINESS_PATTERNS = (
    AccessPattern(
        name="list-businesses",
        purpose="Every business, for the list and for the start-up sync",
        table="businesses",
        operation="scan",
        filter=LIVE,
        scan_reason="All of them are wanted, and they are about ten; no key holds them together",
    ),
    AccessPattern(
        name="business",
        purpose="A business by id, with the version to update it by; a deleted one too, for export and recovery",
        table="businesses",
        operation="get",
        key="business_id = :business_id",
        example={"business_id": BUSINESS},
    ),
    AccessPattern(
        name="create-business",
        purpose="A new business, at version 1",
        table="businesses",
        operation="put",
        condition="attribute_not_exists(business_id)",
    ),
    AccessPattern(
        name="update-business",
        purpose="Change a profile; a version mismatch means that somebody else changed it first",
        table="businesses",
        operation="update",
        key="business_id = :business_id",
        update="SET name = :name, industry = :industry, phone = :phone, email = :email, website = :website, "
        "updated_at = :updated_at, _version = _version + 1",
        condition=f"_version = :_version AND {LIVE}",
        example={
            "business_id": BUSINESS,
            "name": "Example Plumbing Co.",
            "industry": "plumbing",
            "phone": "+1 555 0100",
            "email": "office@example.com",
            "website": "https://plumbing.example.com",
            "updated_at": "2025-10-02T09:00:00Z",
            "_version": 3,
        },
    ),
    AccessPattern(
        name="delete-business",
        purpose="Mark a business as deleted; nothing is removed",
        table="businesses",
        operation="update",
        key="business_id = :business_id",
        update="SET _deleted = true, updated_at = :updated_at, _version = _version + 1",
        condition=f"_version = :_version AND {LIVE}",
        example={"business_id": CLOSING_BUSINESS, "updated_at": "2025-10-02T09:00:00Z", "_version": 1},
    ),
    AccessPattern(
        name="restore-business",
        purpose="Take the mark off again",
        table="businesses",
        operation="update",
        key="business_id = :business_id",
        update="SET _deleted = false, updated_at = :updated_at, _version = _version + 1",
        condition="_version = :_version AND _deleted = true",
        example={"business_id": DELETED_BUSINESS, "updated_at": "2025-10-02T09:00:00Z", "_version": 2},
    ),
    AccessPattern(
        name="sync-business",
        purpose="Bring a business over from SQLite, unless this table has it as new or newer",
        table="businesses",
        operation="put",
        condition="attribute_not_exists(business_id) OR _version < :_version",
        example={"_version": 4},
    ),
)

_QUESTIONNAIRE_PATTERNS = (
    AccessPattern(
        name="questionnaire",
        purpose="The questionnaire of a business",
        table="questionnaires",
        operation="get",
        key="business_id = :business_id",
        example={"business_id": BUSINESS},
    ),
    AccessPattern(
        name="create-questionnaire",
        purpose="The first answers of a business, at version 1",
        table="questionnaires",
        operation="put",
        condition="attribute_not_exists(business_id)",
    ),
    AccessPattern(
        name="update-questionnaire",
        purpose="Change the answers; a version mismatch means that somebody else changed them first",
        table="questionnaires",
        operation="update",
        key="business_id = :business_id",
        update="SET data = :data, completeness_score = :completeness_score, updated_at = :updated_at, "
        "_version = _version + 1",
        condition="_version = :_version",
        example={
            "business_id": BUSINESS,
            "data": {"services": ["drain cleaning", "water heaters"]},
            "completeness_score": 80,
            "updated_at": "2025-10-02T09:00:00Z",
            "_version": 1,
        },
    ),
    AccessPattern(
        name="sync-questionnaire",
        purpose="Bring a questionnaire over from SQLite, unless this table has it as new or newer",
        table="questionnaires",
        operation="put",
        condition="attribute_not_exists(business_id) OR _version < :_version",
        example={"_version": 2},
    ),
)

ACCESS_PATTERNS = (*_BUSINESS_PATTERNS, *_QUESTIONNAIRE_PATTERNS)
