"""Each family against its system's document: names, keys, indexes, patterns and counts are typed here from there."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from families import catalogue
from tablekit.model import Family

CATALOGUE = catalogue()


@dataclass
class Document:
    """What the document says.

    counts: tables, indexes, access patterns in all, and those that the document has. keys: a line a table, with its TTL
    attribute in brackets, and a line an index. patterns: those that the document has. names: of one table, in prod and
    in dev. attributes: those of some tables, keys too, a line a type (a campaign's currency and ttl are ours).
    values: a line an attribute that has some. days: how many something is kept for, where TTL deletes it. scans,
    overwrites: patterns that scan, and puts without a condition.
    """

    counts: tuple[int, int, int, int]
    region: str | None
    names: tuple[str, str, str]
    keys: str
    patterns: str
    attributes: str = ""
    values: str = ""
    days: str = ""
    scans: str = ""
    overwrites: str = ""


DOCUMENTS = {
    "acs": Document(
        counts=(13, 22, 73, 24),
        region=None,
        names=("Users", "acsd2p-prod-Users", "acsd2p-dev-Users"),
        keys="""
            Users id:S
            Users/id-index id:S
            Users/responseEmail-index responseEmail:S
            Users/userId-createdAt-index userId:S createdAt:S
            Conversations conversation_id:S response_id:S
            Conversations/associated_account-index associated_account:S
            Conversations/associated_account-is_first_email-index associated_account:S is_first_email:N
            Conversations/conversation_id-index conversation_id:S
            Conversations/message_id-index message_id:S
            Conversations/response_id-index response_id:S
            Threads conversation_id:S
            Threads/associated_account associated_account:S
            Threads/conversation_id-index conversation_id:S
            Organizations organization_id:S
            OrganizationMembers organization_id:S user_id:S
            OrganizationMembers/user_id-index user_id:S
            OrganizationInvites invite_id:S timestamp:S
            OrganizationInvites/email-index email:S
            OrganizationInvites/invite_token-index invite_token:S
            OrganizationInvites/organization_id-index organization_id:S
            Sessions session_id:S [ttl]
            Sessions/user_id-index user_id:S
            RL_AI associated_account:S
            RL_AI/associated_account-index associated_account:S
            RL_AWS associated_account:S
            RL_AWS/associated_account-index associated_account:S
            EVDataCollection conversation_id:S
            EVDataCollection/conversation_id-index conversation_id:S
            LLMDataCollection conversation_id:S
            LLMDataCollection/conversation_id-index conversation_id:S
            LLMReportData report_id:S
            LLMReportData/report_id-index report_id:S
            Invocations id:S
            Invocations/associated_account-index associated_account:S
            Invocations/id-index id:S
        """,
        patterns="""
            user-by-email activity-of-user active-sessions-of-user organizations-of-user invites-by-email
            invite-by-token invites-of-organization messages-in-conversation conversations-of-account
            first-emails-of-account follow-up-emails-of-account message-by-message-id message-by-response-id
            threads-of-account invocations-of-account user-through-index conversation-through-index thread-through-index
            ai-rate-limit-through-index aws-rate-limit-through-index ev-data-through-index llm-data-through-index
            llm-report-through-index invocation-through-index
        """,
        values="""
            Users.status: active inactive suspended
            Users.role: admin user member
            Conversations.status: received processed responded scheduled
            Threads.status: active closed archived
            Organizations.status: active inactive suspended
            OrganizationMembers.role: owner admin member viewer
            OrganizationMembers.status: active inactive pending
            OrganizationInvites.role: member admin
            OrganizationInvites.status: pending accepted expired cancelled
            Invocations.status: success error timeout
        """,
        days="Sessions 7",
        overwrites="record-ev-data record-llm-data",
    ),
    "cloudstro": Document(
        counts=(5, 4, 26, 15),
        region="us-east-1",
        names=("social-accounts", "cloudstro-social-accounts", "dev-cloudstro-social-accounts"),
        keys="""
            users userId:S recordType:S
            users/email-index email:S userId:S
            social-accounts userId:S platformAccountId:S
            social-accounts/platform-accountStatus-index platform:S accountStatus:S
            social-posts userId:S postId:S
            social-posts/platform-createdAtISO-index platform:S createdAtISO:S
            social-engagement userId:S engagementId:S
            ai-insights userId:S insightId:S [TTL]
            ai-insights/insightType-confidenceScore-index insightType:S confidenceScore:N
        """,
        patterns="""
            user-profile user-by-email accounts-of-user account-of-user accounts-on-platform create-account
            posts-of-user posts-of-user-on-platform recent-posts-on-platform engagement-of-post engagement-of-user
            insights-of-user insights-by-type active-insights high-confidence-insights
        """,
        values="""
            users.recordType: USER_PROFILE
            users.subscription: premium basic free
            users.accountType: USER_ACCOUNT
            users.status: active inactive
            social-accounts.syncStatus: active error paused
            social-accounts.accountStatus: active inactive
            social-accounts.accountType: social_media
            social-posts.sentiment: positive negative neutral
            social-posts.postType: social_media_post
            social-engagement.dayOfWeek: Monday Tuesday Wednesday Thursday Friday Saturday Sunday
            social-engagement.contentType: text_post image_post video_post
            social-engagement.engagementType: social_media_engagement
            ai-insights.recordType: ai_insight
        """,
    ),
    "content-ai": Document(
        counts=(6, 0, 19, 16),
        region="eu-west-2",
        names=("Projects", "Projects", "dev-Projects"),
        keys="""
            blog-content-pipeline contentId:S [ttl]
            article-publishing-locks job_id:S
            post-publish-tracking job_id:S [ttl]
            Projects id:S
            ProjectTemplates id:S
            ai-response-cache cache_key:S
        """,
        patterns="""
            create-content content-by-id content-in-status mark-content-published delete-content take-publishing-lock
            release-publishing-lock track-post post-of-job record-post-results posts-in-status posts-by-wordpress-id
            create-project create-project-template cached-response cache-response
        """,
        attributes="""
            blog-content-pipeline S: contentId title category keywords country status jobId generatedAt
            blog-content-pipeline N: ttl
            post-publish-tracking S: job_id title status published_at
            post-publish-tracking N: post_id ttl
            post-publish-tracking M: webhook_data results
        """,
        values="""
            blog-content-pipeline.status: pending published
            post-publish-tracking.status: success failed
        """,
        days="""
            blog-content-pipeline 90
            post-publish-tracking 90
        """,
        scans="content-in-status posts-in-status posts-by-wordpress-id",
    ),
    "formbridge": Document(
        counts=(1, 3, 33, 25),
        region=None,
        names=("FormBridgeData", "FormBridgeData", "dev-FormBridgeData"),
        keys="""
            FormBridgeData PK:S SK:S [ttl]
            FormBridgeData/GSI1 GSI1PK:S GSI1SK:S
            FormBridgeData/GSI2 GSI2PK:S GSI2SK:S
            FormBridgeData/GSI3 GSI3PK:S GSI3SK:S
        """,
        patterns="""
            submission submissions-of-shard submissions-of-tenant submissions-by-status store-submission destination
            destinations-of-tenant destinations-by-type delivery-attempt deliveries-of-submission
            deliveries-of-submission-to-destination deliveries-of-tenant deliveries-of-tenant-by-status
            deliveries-to-destination-by-status record-delivery record-deliveries tenant-config active-tenants
            tenant-shards tenant-by-domain daily-metrics-of-tenant daily-metrics-of-all-tenants hourly-metrics-of-tenant
            count-daily-submissions count-hourly-submissions
        """,
        values="FormBridgeData.compression_algorithm: gzip",
    ),
    "marketbrewer": Document(
        counts=(5, 1, 32, 28),
        region="us-east-1",
        names=("service_areas", "seo_service_areas", "dev-seo_service_areas"),
        keys="""
            businesses business_id:S
            questionnaires business_id:S
            keywords business_id:S keyword_id:S
            service_areas business_id:S area_id:S
            prompt_templates business_id:S template_id:S
            prompt_templates/business_id-version-index business_id:S version:N
        """,
        patterns="""
            list-businesses business create-business update-business delete-business restore-business sync-business
            questionnaire create-questionnaire update-questionnaire sync-questionnaire keywords-of-business
            keyword-by-slug create-keyword set-keyword-deleted load-keywords areas-of-business area-by-slug create-area
            update-area set-area-deleted load-areas templates-of-business template-version template-history
            create-template-version set-template-deleted load-templates
        """,
        attributes="""
            businesses S: business_id name industry phone email website created_at updated_at
            businesses N: _version
            businesses BOOL: _deleted
            questionnaires S: business_id created_at updated_at
            questionnaires M: data
            questionnaires N: completeness_score _version
            keywords S: business_id keyword_id slug keyword language search_intent created_at
            keywords BOOL: _deleted
            service_areas S: business_id area_id slug city state country county created_at updated_at
            service_areas N: priority
            service_areas BOOL: _deleted
            prompt_templates S: business_id template_id page_type template created_at
            prompt_templates N: version word_count_target
            prompt_templates L: required_variables optional_variables
            prompt_templates BOOL: is_active _deleted
        """,
        values="keywords.language: en es",
        scans="list-businesses",
    ),
    "pse": Document(
        counts=(7, 14, 40, 26),
        region="eu-west-2",
        names=("keyword-intelligence", "pse-keyword-intelligence", "dev-pse-keyword-intelligence"),
        keys="""
            keyword-intelligence keyword_id:S
            keyword-intelligence/service-google_cpc-index service:S google_cpc:N
            keyword-intelligence/status-created_at-index status:S created_at:S
            keyword-intelligence/content_id-index content_id:S
            keyword-intelligence/wordpress_page_id-index wordpress_page_id:N
            content-mapping content_id:S campaign_id:S
            content-mapping/campaign_id-content_id-index campaign_id:S content_id:S
            content-mapping/wordpress_page_id-campaign_id-index wordpress_page_id:N campaign_id:S
            campaign-tracking campaign_id:S date:S [ttl]
            campaign-tracking/keyword_id-date-index keyword_id:S date:S
            campaign-tracking/status-date-index status:S date:S
            revenue-attribution attribution_id:S [ttl]
            revenue-attribution/page_id-date-index page_id:N date:S
            revenue-attribution/source-date-index source:S date:S
            revenue-attribution/campaign_id-date-index campaign_id:S date:S
            search-analytics page_id:N search_key:S [ttl]
            search-analytics/campaign_id-search_key-index campaign_id:S search_key:S
            optimization-decisions campaign_id:S decision_key:S [ttl]
            optimization-decisions/keyword_id-decision_key-index keyword_id:S decision_key:S
            performance-metrics subject:S date:S [ttl]
            performance-metrics/date-roi-index date:S roi:N
        """,
        patterns="""
            create-keyword keyword high-cpc-keywords-of-service keywords-of-content keywords-of-page
            update-keyword-estimates set-keyword-status link-keyword-to-page map-content-to-campaign
            campaigns-of-content record-campaign-day campaign-day campaign-days campaigns-of-keyword update-campaign-day
            set-campaign-status record-revenue attribution revenue-of-source revenue-of-campaign set-roi-of-attribution
            searches-on-page decisions-on-campaign performance-of-campaign performance-of-page performance-of-source
        """,
        attributes="""
            keyword-intelligence S: keyword_id keyword service location competition content_id status
            keyword-intelligence S: created_at updated_at
            keyword-intelligence N: google_cpc adsense_cpc pse_cpc search_volume wordpress_page_id
            campaign-tracking S: campaign_id keyword_id platform campaign_name ad_group date status currency
            campaign-tracking N: daily_budget actual_spend clicks impressions conversions pse_searches pse_clicks ttl
            revenue-attribution S: attribution_id date source currency campaign_id
            revenue-attribution N: page_id revenue clicks searches roi ttl
        """,
        values="""
            keyword-intelligence.competition: High Medium Low
            keyword-intelligence.status: pending approved live
            campaign-tracking.platform: google bing
            campaign-tracking.status: active paused ended
            campaign-tracking.currency: GBP USD
            revenue-attribution.source: adsense pse affiliate
            revenue-attribution.currency: GBP USD
            performance-metrics.currency: GBP USD
        """,
        days="""
            campaign-tracking 365
            revenue-attribution 365
            search-analytics 90
            optimization-decisions 90
            performance-metrics 365
        """,
        overwrites="record-daily-performance",
    ),
}


def own(key: str) -> tuple[Document, Family]:
    return DOCUMENTS[key], CATALOGUE.family(key)


def lines(text: str) -> set[str]:
    return set(filter(None, map(str.strip, text.splitlines())))


def test_every_family_has_a_document() -> None:
    assert DOCUMENTS.keys() == CATALOGUE.families.keys()


@pytest.mark.parametrize("key", DOCUMENTS)
def test_counts(key: str) -> None:
    document, family = own(key)
    indexes = sum(len(table.indexes) for table in family.tables)
    documented = len(document.patterns.split())
    assert (len(family.tables), indexes, len(family.access_patterns), documented) == document.counts


@pytest.mark.parametrize("key", DOCUMENTS)
def test_access_patterns_and_what_they_do_are_the_documents(key: str) -> None:
    document, family = own(key)
    assert set(document.patterns.split()) <= family.patterns.keys()
    assert [each.name for each in family.access_patterns if each.operation == "scan"] == document.scans.split()
    bare = [each.name for each in family.access_patterns if each.operation == "put" and each.condition is None]
    assert bare == document.overwrites.split()


@pytest.mark.parametrize("key", DOCUMENTS)
def test_keys_ttl_and_indexes_are_the_documents(key: str) -> None:
    document, family = own(key)
    declared = {}
    for table in family.tables:
        declared[table.name] = (table.keys, f" [{table.ttl}]" if table.ttl else "")
        declared |= {f"{table.name}/{index.name}": (index.keys, "") for index in table.indexes}
    shown = {" ".join([name, *(f"{k.name}:{k.type}" for k in keys)]) + ttl for name, (keys, ttl) in declared.items()}
    assert shown == lines(document.keys)
    days = {f"{table.name} {table.retention.days}" for table in family.tables if table.retention.days}
    assert days == lines(document.days)


@pytest.mark.parametrize("key", DOCUMENTS)
def test_attributes_and_their_values_are_the_documents(key: str) -> None:
    document, family = own(key)
    types: dict[str, dict[str, str]] = {}
    for line in lines(document.attributes):
        place, names = line.split(": ")
        table, kind = place.split()
        types.setdefault(table, {}).update(dict.fromkeys(names.split(), kind))
    for table, documented in types.items():
        assert {name: attribute.type for name, attribute in family.table(table).types.items()} == documented
    values = {
        f"{table.name}.{name}: {' '.join(attribute.values)}"
        for table in family.tables
        for name, attribute in table.attributes.items()
        if attribute.values
    }
    assert values == lines(document.values)


@pytest.mark.parametrize("key", DOCUMENTS)
def test_names_and_region_are_the_documents(key: str) -> None:
    document, family = own(key)
    table, prod, dev = document.names
    assert (family.table_name_for(table, "prod"), family.table_name_for(table, "dev")) == (prod, dev)
    assert family.region == document.region


def test_one_index_is_used_by_no_pattern() -> None:
    unused = [(family.key, index.name) for family in CATALOGUE for _, index in family.unused_indexes()]
    assert unused == [("formbridge", "GSI3")]
