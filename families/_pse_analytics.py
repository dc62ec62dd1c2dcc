"""PSE: searches, decisions and the figures of a day. The document names these tables and says no more (ADR 0013)."""

from __future__ import annotations

from tablekit.model import Archive, Attribute, Entity, Index, N, Retention, S, Table, one_of, put, query

_SEARCHES = Table(
    name="search-analytics",
    purpose="Each search in PSE, by the page it was made on, in order of time",
    hash_key=N("page_id"),
    range_key=S("search_key"),
    ttl="ttl",
    classification="pii",
    retention=Retention(days=90, reason="Transient: what counts is added to the figures of the day"),
    indexes=(
        Index(
            name="campaign_id-search_key-index",
            hash_key=S("campaign_id"),
            range_key=S("search_key"),
            purpose="The searches that a campaign triggered; sparse, as others have no campaign",
            projection="INCLUDE",
            include=("search_term", "ad_clicks", "ttl"),
        ),
    ),
    attributes={
        "search_term": Attribute(type="S", note="As typed, so it may hold anything about a person; no address with it"),
        "result_count": "N",
        "ad_clicks": "N",
        "campaign_id": Attribute(type="S", note="Absent where no campaign led there"),
        "ttl": Attribute(type="N", note="90 days after the search"),
    },
    entities=(Entity(name="search", keys={"search_key": "{searched_at}#{search_id}"}),),
    patterns=(
        put("record-search", "A search that was made", condition="attribute_not_exists(page_id)"),
        query(
            "searches-on-page",
            "The searches on a page from one time up to another",
            key="page_id = :page_id AND search_key BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "searches-of-campaign",
            "The searches that a campaign triggered from one time up to another",
            index="campaign_id-search_key-index",
            key="campaign_id = :campaign_id AND search_key BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
    ),
)

_DECISIONS = Table(
    name="optimization-decisions",
    purpose="Log of what the AI decided for a campaign, and why, in order of time",
    hash_key=S("campaign_id"),
    range_key=S("decision_key"),
    ttl="ttl",
    archive=Archive(purpose="Keep hot data in DynamoDB, cold in S3"),
    classification="confidential",
    retention=Retention(days=90, reason="Transient: a log, of use while its effect is watched"),
    indexes=(
        Index(
            name="keyword_id-decision_key-index",
            hash_key=S("keyword_id"),
            range_key=S("decision_key"),
            purpose="What was decided on a keyword; sparse, as decisions on a whole campaign have none",
            projection="INCLUDE",
            include=("decision", "rationale", "ttl"),
        ),
    ),
    attributes={
        "keyword_id": Attribute(type="S", note="Absent where the whole campaign is meant"),
        "decision": Attribute(type="S", note="As raise-budget, pause-keyword"),
        "rationale": "S",
        "model_used": "S",
        "before": Attribute(type="M", note="The settings that it changed"),
        "after": Attribute(type="M", note="What they became"),
        "ttl": Attribute(type="N", note="90 days after the decision"),
    },
    entities=(Entity(name="decision", keys={"decision_key": "{decided_at}#{decision_id}"}),),
    patterns=(
        put(
            "log-decision",
            "A decision that was made; the log is only ever added to",
            condition="attribute_not_exists(campaign_id)",
        ),
        query(
            "decisions-on-campaign",
            "What was decided for a campaign since a time, the latest first",
            key="campaign_id = :campaign_id AND decision_key >= :since",
            filter="ttl > :now",
            order="descending",
        ),
        query(
            "decisions-on-keyword",
            "What was decided on a keyword since a time, the latest first",
            index="keyword_id-decision_key-index",
            key="keyword_id = :keyword_id AND decision_key >= :since",
            filter="ttl > :now",
            order="descending",
        ),
    ),
)

_PERFORMANCE = Table(
    name="performance-metrics",
    purpose="Cost and revenue of a day in one item: by campaign, by page and by source",
    hash_key=S("subject"),
    range_key=S("date"),
    ttl="ttl",
    archive=Archive(purpose="Keep hot data in DynamoDB, cold in S3"),
    classification="confidential",
    retention=Retention(days=365, reason="As the revenue it sums up, so that a year's days can be compared"),
    indexes=(
        Index(
            name="date-roi-index",
            hash_key=S("date"),
            range_key=N("roi"),
            purpose="A day's campaigns by return; sparse, as what cost nothing has no return on it",
            projection="INCLUDE",
            include=("spend", "revenue", "currency", "ttl"),
        ),
    ),
    attributes={
        "date": Attribute(type="S", note="YYYY-MM-DD"),
        "spend": Attribute(type="N", note="Of a campaign; a page or a source costs nothing by itself"),
        "revenue": "N",
        "currency": one_of("GBP", "USD", note="Of all amounts in the item; the writer converts"),
        "roi": Attribute(type="N", note="(revenue - spend) / spend; absent where nothing was spent"),
        "clicks": "N",
        "impressions": "N",
        "conversions": "N",
        "searches": "N",
        "ttl": Attribute(type="N", note="365 days after the day"),
    },
    entities=(
        Entity(name="campaign-day", keys={"subject": "CAMPAIGN#{campaign_id}"}),
        Entity(name="page-day", keys={"subject": "PAGE#{page_id}"}),
        Entity(name="source-day", keys={"subject": "SOURCE#{source}"}),
    ),
    patterns=(
        put(
            "record-daily-performance", "The figures of a day, which may be computed again: the last computation stands"
        ),
        query(
            "performance-of-campaign",
            "A campaign's figures from one day to another, both included",
            key="subject = 'CAMPAIGN#{campaign_id}' AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "performance-of-page",
            "A page's figures from one day to another, both included",
            key="subject = 'PAGE#{page_id}' AND date BETWEEN :since AND :until",
            filter="ttl > :now",
            parameters={"page_id": "N"},
        ),
        query(
            "performance-of-source",
            "The figures of adsense, pse or affiliate from one day to another, both included",
            key="subject = 'SOURCE#{source}' AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "campaigns-by-return-on-day",
            "A day's campaigns, the best return first",
            index="date-roi-index",
            key="date = :date",
            filter="ttl > :now",
            order="descending",
        ),
    ),
)

TABLES = (_SEARCHES, _DECISIONS, _PERFORMANCE)
