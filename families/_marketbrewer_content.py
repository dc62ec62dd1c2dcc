"""MarketBrewer: what pages are made from, by business: keywords, service areas and prompt templates."""

from __future__ import annotations

from families._marketbrewer_profiles import LIVE
from tablekit.model import (
    Attribute,
    Entity,
    Index,
    N,
    Retention,
    S,
    Table,
    batch_write,
    get,
    one_of,
    put,
    query,
    update,
)

_KEPT = Retention(reason="Never lost: a deleted item stays, marked, for recovery")
_DELETED = Attribute(type="BOOL", note="Soft delete")

TABLES = (
    Table(
        name="keywords",
        purpose="The master list of keywords of each business, in English and Spanish",
        hash_key=S("business_id"),
        range_key=S("keyword_id"),
        classification="internal",
        retention=_KEPT,
        attributes={
            "slug": Attribute(type="S", note="a-z, 0-9 and hyphens: a # would end it early in the key"),
            "keyword": "S",
            "language": one_of("en", "es"),
            "search_intent": "S",
            "created_at": "S",
            "_deleted": _DELETED,
        },
        entities=(Entity(name="keyword", keys={"keyword_id": "{slug}#{language}"}),),
        patterns=(
            query("keywords-of-business", "The keywords of a business", key="business_id = :business_id", filter=LIVE),
            query(
                "keywords-of-business-in-language",
                "The English or the Spanish keywords of a business",
                key="business_id = :business_id",
                filter=f"language = :language AND {LIVE}",
            ),
            get(
                "keyword-by-slug",
                "One keyword in one language; a deleted one too, for recovery",
                key="business_id = :business_id AND keyword_id = '{slug}#{language}'",
            ),
            put(
                "create-keyword",
                "A new keyword, or one that was deleted, again",
                condition="attribute_not_exists(keyword_id) OR _deleted = true",
            ),
            update(
                "update-keyword",
                "Another wording or intent; slug and language are its identity",
                key="business_id = :business_id AND keyword_id = '{slug}#{language}'",
                update="SET keyword = :keyword, search_intent = :search_intent",
                condition=f"attribute_exists(keyword_id) AND {LIVE}",
            ),
            update(
                "set-keyword-deleted",
                "Mark a keyword as deleted, or take the mark off; nothing is removed",
                key="business_id = :business_id AND keyword_id = '{slug}#{language}'",
                update="SET _deleted = :_deleted",
                condition="attribute_exists(keyword_id)",
            ),
            batch_write("load-keywords", "Bring keywords over from SQLite, replacing what stands under the same key"),
        ),
    ),
    Table(
        name="service_areas",
        purpose="Where each business works",
        hash_key=S("business_id"),
        range_key=S("area_id"),
        classification="internal",
        retention=_KEPT,
        attributes={
            "slug": Attribute(type="S", note="City and state, as springfield-il: cities of one name are many"),
            "city": "S",
            "state": "S",
            "country": "S",
            "county": "S",
            "priority": "N",
            "created_at": "S",
            "updated_at": "S",
            "_deleted": _DELETED,
        },
        entities=(Entity(name="area", keys={"area_id": "{slug}"}),),
        patterns=(
            query(
                "areas-of-business", "The service areas of a business", key="business_id = :business_id", filter=LIVE
            ),
            get(
                "area-by-slug",
                "One service area; a deleted one too, for recovery",
                key="business_id = :business_id AND area_id = :slug",
            ),
            put(
                "create-area",
                "A new service area, or one that was deleted, again; fails where the slug is another's",
                condition="attribute_not_exists(area_id) OR _deleted = true",
            ),
            update(
                "update-area",
                "Change a service area; the slug is its identity",
                key="business_id = :business_id AND area_id = :slug",
                update="SET city = :city, state = :state, country = :country, county = :county, priority = :priority, "
                "updated_at = :updated_at",
                condition=f"attribute_exists(area_id) AND {LIVE}",
            ),
            update(
                "set-area-deleted",
                "Mark a service area as deleted, or take the mark off; nothing is removed",
                key="business_id = :business_id AND area_id = :slug",
                update="SET _deleted = :_deleted, updated_at = :updated_at",
                condition="attribute_exists(area_id)",
            ),
            batch_write("load-areas", "Bring service areas over from SQLite, replacing what stands under the same key"),
        ),
    ),
    Table(
        name="prompt_templates",
        purpose="Prompts for each type of page, every version kept",
        hash_key=S("business_id"),
        range_key=S("template_id"),
        classification="internal",
        retention=_KEPT,
        indexes=(
            Index(
                name="business_id-version-index",
                hash_key=S("business_id"),
                range_key=N("version"),
                purpose="Versions in the order of their numbers; template_id is a text, which sorts otherwise",
            ),
        ),
        attributes={
            "page_type": Attribute(type="S", note="No #"),
            "version": "N",
            "template": "S",
            "required_variables": "L",
            "optional_variables": "L",
            "word_count_target": "N",
            "is_active": "BOOL",
            "created_at": "S",
            "_deleted": _DELETED,
        },
        entities=(Entity(name="template", keys={"template_id": "{page_type}#{version}"}),),
        patterns=(
            query(
                "templates-of-business",
                "Every template of a business, all types and versions",
                key="business_id = :business_id",
                filter=LIVE,
            ),
            get(
                "template-version",
                "One version of a page type's template; a deleted one too, for recovery",
                key="business_id = :business_id AND template_id = '{page_type}#{version}'",
                parameters={"version": "N"},
            ),
            query(
                "template-history",
                "The versions of a page type's template by number, the newest first",
                index="business_id-version-index",
                key="business_id = :business_id",
                filter=f"page_type = :page_type AND {LIVE}",
                order="descending",
            ),
            query(
                "active-template",
                "The template in use for a page type",
                key="business_id = :business_id AND begins_with(template_id, '{page_type}#')",
                filter=f"is_active = true AND {LIVE}",
            ),
            put(
                "create-template-version",
                "The next version of a template; an earlier one is never replaced",
                condition="attribute_not_exists(template_id)",
            ),
            update(
                "set-template-active",
                "Take a version into use, or out of it",
                key="business_id = :business_id AND template_id = '{page_type}#{version}'",
                update="SET is_active = :is_active",
                condition=f"attribute_exists(template_id) AND {LIVE}",
                parameters={"version": "N"},
            ),
            update(
                "set-template-deleted",
                "Mark a version as deleted, or take the mark off; nothing is removed",
                key="business_id = :business_id AND template_id = '{page_type}#{version}'",
                update="SET _deleted = :_deleted",
                condition="attribute_exists(template_id)",
                parameters={"version": "N"},
            ),
            batch_write("load-templates", "Bring templates over from SQLite, replacing what stands under the same key"),
        ),
    ),
)
