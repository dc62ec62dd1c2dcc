"""MarketBrewer: businesses and their questionnaires, both behind an optimistic lock."""

from __future__ import annotations

from typing import Final

from tablekit.model import Attribute, Retention, S, Table, get, put, scan, update

LIVE: Final = "(attribute_not_exists(_deleted) OR _deleted = false)"
"""Not deleted softly; the attribute may be missing."""

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
        patterns=(
            scan(
                "list-businesses",
                "Every business, for the list and for the start-up sync",
                filter=LIVE,
                scan_reason="All of them are wanted, and they are about ten; no key holds them together",
            ),
            get(
                "business",
                "A business by id, with the version to update it by; a deleted one too, for export and recovery",
                key="business_id = :business_id",
            ),
            put("create-business", "A new business, at version 1", condition="attribute_not_exists(business_id)"),
            update(
                "update-business",
                "Change a profile; a version mismatch means that somebody else changed it first",
                key="business_id = :business_id",
                update="SET name = :name, industry = :industry, phone = :phone, email = :email, website = :website, "
                "updated_at = :updated_at, _version = _version + 1",
                condition=f"_version = :_version AND {LIVE}",
            ),
            update(
                "delete-business",
                "Mark a business as deleted; nothing is removed",
                key="business_id = :business_id",
                update="SET _deleted = true, updated_at = :updated_at, _version = _version + 1",
                condition=f"_version = :_version AND {LIVE}",
            ),
            update(
                "restore-business",
                "Take the mark off again",
                key="business_id = :business_id",
                update="SET _deleted = false, updated_at = :updated_at, _version = _version + 1",
                condition="_version = :_version AND _deleted = true",
            ),
            put(
                "sync-business",
                "Bring a business over from SQLite, unless this table has it as new or newer",
                condition="attribute_not_exists(business_id) OR _version < :_version",
            ),
        ),
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
        patterns=(
            get("questionnaire", "The questionnaire of a business", key="business_id = :business_id"),
            put(
                "create-questionnaire",
                "The first answers of a business, at version 1",
                condition="attribute_not_exists(business_id)",
            ),
            update(
                "update-questionnaire",
                "Change the answers; a version mismatch means that somebody else changed them first",
                key="business_id = :business_id",
                update="SET data = :data, completeness_score = :completeness_score, updated_at = :updated_at, "
                "_version = _version + 1",
                condition="_version = :_version",
            ),
            put(
                "sync-questionnaire",
                "Bring a questionnaire over from SQLite, unless this table has it as new or newer",
                condition="attribute_not_exists(business_id) OR _version < :_version",
            ),
        ),
    ),
)
