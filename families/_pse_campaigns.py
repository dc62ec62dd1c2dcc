"""PSE: what campaigns cost a day, and the revenue that is attributed to them."""

from __future__ import annotations

from tablekit.model import Archive, Attribute, Index, N, Retention, S, Table, get, one_of, put, query, update

_CAMPAIGNS = Table(
    name="campaign-tracking",
    purpose="What each campaign cost and brought, one item a campaign and day",
    hash_key=S("campaign_id"),
    range_key=S("date"),
    ttl="ttl",
    archive=Archive(purpose="Keep hot data in DynamoDB, cold in S3"),
    classification="confidential",
    retention=Retention(days=365, reason="A year of days is projected, and a year of revenue needs its cost beside it"),
    indexes=(
        Index(
            name="keyword_id-date-index",
            hash_key=S("keyword_id"),
            range_key=S("date"),
            purpose="The campaigns that bid on a keyword, by day",
            projection="INCLUDE",
            include=("campaign_name", "platform", "actual_spend", "clicks", "conversions", "currency", "ttl"),
        ),
        Index(
            name="status-date-index",
            hash_key=S("status"),
            range_key=S("date"),
            purpose="The campaigns that were active on a day",
            projection="INCLUDE",
            include=("campaign_name", "platform", "daily_budget", "actual_spend", "currency", "ttl"),
        ),
    ),
    attributes={
        "date": Attribute(type="S", note="YYYY-MM-DD"),
        "keyword_id": "S",
        "platform": one_of("google", "bing"),
        "campaign_name": "S",
        "ad_group": "S",
        "daily_budget": "N",
        "actual_spend": "N",
        "clicks": "N",
        "impressions": "N",
        "conversions": "N",
        "pse_searches": Attribute(type="N", note="Searches in PSE that it triggered"),
        "pse_clicks": Attribute(type="N", note="Clicks on ads in PSE"),
        "status": one_of("active", "paused", "ended", note="On that day"),
        "currency": one_of("GBP", "USD", note="Of budget and spend; not in the document, which mixes both"),
        "ttl": Attribute(type="N", note="Not in the document's schema: 365 days after the day"),
    },
    patterns=(
        put(
            "record-campaign-day",
            "A campaign's first figures of a day; fails if the day is there, so that none is overwritten",
            condition="attribute_not_exists(campaign_id)",
        ),
        get("campaign-day", "A campaign's figures of one day", key="campaign_id = :campaign_id AND date = :date"),
        query(
            "campaign-days",
            "A campaign's figures from one day to another, both included",
            key="campaign_id = :campaign_id AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "latest-campaign-day",
            "How a campaign stands: its last day",
            key="campaign_id = :campaign_id",
            filter="ttl > :now",
            order="descending",
            limit=1,
        ),
        query(
            "campaigns-of-keyword",
            "What the campaigns on a keyword cost since a day",
            index="keyword_id-date-index",
            key="keyword_id = :keyword_id AND date >= :since",
            filter="ttl > :now",
        ),
        query(
            "campaigns-in-status-on-day",
            "The campaigns that were active, paused or ended on a day",
            index="status-date-index",
            key="status = :status AND date = :date",
            filter="ttl > :now",
        ),
        update(
            "update-campaign-day",
            "A day's figures as the ad platform states them now",
            key="campaign_id = :campaign_id AND date = :date",
            update="SET actual_spend = :actual_spend, clicks = :clicks, impressions = :impressions, "
            "conversions = :conversions, pse_searches = :pse_searches, pse_clicks = :pse_clicks",
            condition="attribute_exists(campaign_id)",
        ),
        update(
            "set-campaign-status",
            "Pause, end or resume a campaign, in its item of the day",
            key="campaign_id = :campaign_id AND date = :date",
            update="SET status = :status",
            condition="attribute_exists(campaign_id)",
        ),
    ),
)

_REVENUE = Table(
    name="revenue-attribution",
    purpose="Revenue of a day by page, source and, where one led there, campaign",
    hash_key=S("attribution_id"),
    ttl="ttl",
    archive=Archive(purpose="Keep hot data in DynamoDB, cold in S3"),
    classification="confidential",
    retention=Retention(days=365, reason="The document keeps revenue for 365 days"),
    indexes=(
        Index(
            name="page_id-date-index",
            hash_key=N("page_id"),
            range_key=S("date"),
            purpose="A page's revenue by day",
            projection="INCLUDE",
            include=("source", "campaign_id", "revenue", "currency", "clicks", "searches", "ttl"),
        ),
        Index(
            name="source-date-index",
            hash_key=S("source"),
            range_key=S("date"),
            purpose="A source's revenue by day; all of a day's, in three queries",
            projection="INCLUDE",
            include=("page_id", "campaign_id", "revenue", "currency", "clicks", "searches", "ttl"),
        ),
        Index(
            name="campaign_id-date-index",
            hash_key=S("campaign_id"),
            range_key=S("date"),
            purpose="A campaign's revenue by day; sparse, as revenue without a campaign is not in it",
            projection="INCLUDE",
            include=("page_id", "source", "revenue", "currency", "roi", "ttl"),
        ),
    ),
    attributes={
        "date": Attribute(type="S", note="YYYY-MM-DD"),
        "page_id": Attribute(type="N", note="WordPress page"),
        "source": one_of("adsense", "pse", "affiliate"),
        "revenue": "N",
        "currency": one_of("GBP", "USD"),
        "clicks": "N",
        "searches": Attribute(type="N", note="PSE only"),
        "campaign_id": Attribute(type="S", note="Absent where no campaign led there"),
        "roi": Attribute(type="N", note="Calculated"),
        "ttl": "N",
    },
    patterns=(
        put(
            "record-revenue",
            "Attribute revenue, once; the id is made from what is attributed, so that a retry can't count twice",
            condition="attribute_not_exists(attribution_id)",
        ),
        get("attribution", "One attribution by id", key="attribution_id = :attribution_id"),
        query(
            "revenue-of-page",
            "A page's revenue from one day to another, both included",
            index="page_id-date-index",
            key="page_id = :page_id AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "revenue-of-source",
            "A source's revenue from one day to another, both included",
            index="source-date-index",
            key="source = :source AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        query(
            "revenue-of-campaign",
            "A campaign's revenue from one day to another, both included",
            index="campaign_id-date-index",
            key="campaign_id = :campaign_id AND date BETWEEN :since AND :until",
            filter="ttl > :now",
        ),
        update(
            "set-roi-of-attribution",
            "The return on what was spent, once the spend is known",
            key="attribution_id = :attribution_id",
            update="SET roi = :roi",
            condition="attribute_exists(attribution_id)",
        ),
    ),
)

TABLES = (_CAMPAIGNS, _REVENUE)
