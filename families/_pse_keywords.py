"""PSE: keywords, and which content runs in which campaign."""

from __future__ import annotations

from tablekit.model import Attribute, Index, N, Retention, S, Table, get, one_of, put, query, update

_KEYWORDS = Table(
    name="keyword-intelligence",
    purpose="Keywords with a high cost per click, from discovery until they are live on a page",
    hash_key=S("keyword_id"),
    classification="confidential",
    retention=Retention(reason="Until deleted: the master list of 1,000 to 10,000 keywords, no time series"),
    indexes=(
        Index(
            name="service-google_cpc-index",
            hash_key=S("service"),
            range_key=N("google_cpc"),
            purpose="A service's keywords by cost per click; one that is not yet priced is not in it",
            projection="INCLUDE",
            include=("keyword", "location", "adsense_cpc", "pse_cpc", "search_volume", "competition", "status"),
        ),
        Index(
            name="status-created_at-index",
            hash_key=S("status"),
            range_key=S("created_at"),
            purpose="Keywords that wait for approval, or were approved, in order of discovery",
            projection="INCLUDE",
            include=("keyword", "service", "location", "google_cpc", "pse_cpc"),
        ),
        Index(
            name="content_id-index",
            hash_key=S("content_id"),
            purpose="The keywords of a piece of content; sparse, as only linked keywords have one",
            projection="INCLUDE",
            include=("keyword", "status"),
        ),
        Index(
            name="wordpress_page_id-index",
            hash_key=N("wordpress_page_id"),
            purpose="The keywords of a WordPress page; sparse, as only linked keywords have one",
            projection="INCLUDE",
            include=("keyword", "status"),
        ),
    ),
    attributes={
        "keyword": "S",
        "service": Attribute(type="S", note="The service category"),
        "location": Attribute(type="S", note="The geographic target"),
        "google_cpc": Attribute(type="N", note="Google Ads"),
        "adsense_cpc": Attribute(type="N", note="Estimate"),
        "pse_cpc": Attribute(type="N", note="Estimate"),
        "search_volume": Attribute(type="N", note="Searches a month"),
        "competition": one_of("High", "Medium", "Low"),
        "content_id": Attribute(type="S", note="contentId of Content-AI's blog-content-pipeline"),
        "wordpress_page_id": Attribute(type="N", note="WordPress page or post"),
        "status": one_of("pending", "approved", "live"),
        "created_at": "S",
        "updated_at": "S",
    },
    patterns=(
        put("create-keyword", "A keyword that was discovered", condition="attribute_not_exists(keyword_id)"),
        get("keyword", "A keyword by id, as campaigns refer to it", key="keyword_id = :keyword_id"),
        query(
            "high-cpc-keywords-of-service",
            "A service's keywords from a cost per click upwards, the dearest first",
            index="service-google_cpc-index",
            key="service = :service AND google_cpc >= :google_cpc",
            order="descending",
        ),
        query(
            "keywords-in-status",
            "Keywords that are pending, approved or live, the longest known first",
            index="status-created_at-index",
            key="status = :status",
        ),
        query(
            "keywords-of-content",
            "The keywords that a piece of content serves",
            index="content_id-index",
            key="content_id = :content_id",
        ),
        query(
            "keywords-of-page",
            "The keywords that a WordPress page serves",
            index="wordpress_page_id-index",
            key="wordpress_page_id = :wordpress_page_id",
        ),
        update(
            "update-keyword-estimates",
            "New figures for a keyword",
            key="keyword_id = :keyword_id",
            update="SET google_cpc = :google_cpc, adsense_cpc = :adsense_cpc, pse_cpc = :pse_cpc, "
            "search_volume = :search_volume, competition = :competition, updated_at = :updated_at",
            condition="attribute_exists(keyword_id)",
        ),
        update(
            "set-keyword-status",
            "Approve a keyword, or put it live; fails if somebody else did so meanwhile",
            key="keyword_id = :keyword_id",
            update="SET status = :status, updated_at = :updated_at",
            condition="status = :current_status",
        ),
        update(
            "link-keyword-to-page",
            "Link a keyword to its content and its WordPress page",
            key="keyword_id = :keyword_id",
            update="SET content_id = :content_id, wordpress_page_id = :wordpress_page_id, updated_at = :updated_at",
            condition="attribute_exists(keyword_id)",
        ),
    ),
)

_CONTENT_MAPPING = Table(
    name="content-mapping",
    purpose="Which content runs in which campaign, for which keyword and on which page",
    hash_key=S("content_id"),
    range_key=S("campaign_id"),
    classification="internal",
    retention=Retention(reason="Kept: an ended mapping stays with its end, as revenue of that time belongs to it"),
    indexes=(
        Index(
            name="campaign_id-content_id-index",
            hash_key=S("campaign_id"),
            range_key=S("content_id"),
            purpose="The content of a campaign",
            projection="INCLUDE",
            include=("keyword_id", "wordpress_page_id", "ended_at"),
        ),
        Index(
            name="wordpress_page_id-campaign_id-index",
            hash_key=N("wordpress_page_id"),
            range_key=S("campaign_id"),
            purpose="The campaigns on a page; sparse, as content has a page only once it is published",
            projection="INCLUDE",
            include=("keyword_id", "ended_at"),
        ),
    ),
    attributes={
        "keyword_id": "S",
        "wordpress_page_id": Attribute(type="N", note="Set once the content is a WordPress page"),
        "created_at": "S",
        "updated_at": "S",
        "ended_at": Attribute(type="S", note="Only where the content no longer runs in the campaign"),
    },
    patterns=(
        put(
            "map-content-to-campaign",
            "Let a piece of content run in a campaign, once at a time",
            condition="attribute_not_exists(content_id) OR attribute_exists(ended_at)",
        ),
        query(
            "campaigns-of-content",
            "The campaigns that a piece of content runs in",
            key="content_id = :content_id",
            filter="attribute_not_exists(ended_at)",
        ),
        query(
            "content-of-campaign",
            "The content that runs in a campaign",
            index="campaign_id-content_id-index",
            key="campaign_id = :campaign_id",
            filter="attribute_not_exists(ended_at)",
        ),
        query(
            "campaigns-on-page",
            "The campaigns that lead to a WordPress page",
            index="wordpress_page_id-campaign_id-index",
            key="wordpress_page_id = :wordpress_page_id",
            filter="attribute_not_exists(ended_at)",
        ),
        update(
            "set-page-of-mapping",
            "The page that the content has become",
            key="content_id = :content_id AND campaign_id = :campaign_id",
            update="SET wordpress_page_id = :wordpress_page_id, updated_at = :updated_at",
            condition="attribute_exists(content_id)",
        ),
        update(
            "end-mapping",
            "Take a piece of content out of a campaign; the mapping stays, with its end",
            key="content_id = :content_id AND campaign_id = :campaign_id",
            update="SET ended_at = :ended_at, updated_at = :ended_at",
            condition="attribute_exists(content_id)",
        ),
    ),
)

TABLES = (_KEYWORDS, _CONTENT_MAPPING)
