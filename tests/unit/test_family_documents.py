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
    in dev.
    """

    counts: tuple[int, int, int, int]
    region: str | None
    names: tuple[str, str, str]
    keys: str
    patterns: str


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
    ),
}


def own(key: str) -> tuple[Document, Family]:
    return DOCUMENTS[key], CATALOGUE.family(key)


def test_every_family_has_a_document() -> None:
    assert DOCUMENTS.keys() == CATALOGUE.families.keys()


@pytest.mark.parametrize("key", DOCUMENTS)
def test_counts(key: str) -> None:
    document, family = own(key)
    tables, indexes, patterns, documented = document.counts
    assert len(family.tables) == tables
    assert sum(len(table.indexes) for table in family.tables) == indexes
    assert len(family.access_patterns) == patterns
    assert len(document.patterns.split()) == documented


@pytest.mark.parametrize("key", DOCUMENTS)
def test_the_documents_access_patterns_are_there(key: str) -> None:
    document, family = own(key)
    assert set(document.patterns.split()) <= family.patterns.keys()


@pytest.mark.parametrize("key", DOCUMENTS)
def test_keys_ttl_and_indexes_are_the_documents(key: str) -> None:
    document, family = own(key)
    declared = {}
    for table in family.tables:
        declared[table.name] = (table.keys, f" [{table.ttl}]" if table.ttl else "")
        declared |= {f"{table.name}/{index.name}": (index.keys, "") for index in table.indexes}
    lines = {" ".join([name, *(f"{k.name}:{k.type}" for k in keys)]) + ttl for name, (keys, ttl) in declared.items()}
    assert lines == set(map(str.strip, document.keys.strip().splitlines()))


@pytest.mark.parametrize("key", DOCUMENTS)
def test_names_and_region_are_the_documents(key: str) -> None:
    document, family = own(key)
    table, prod, dev = document.names
    assert (family.table_name_for(table, "prod"), family.table_name_for(table, "dev")) == (prod, dev)
    assert family.region == document.region


def test_one_index_is_used_by_no_pattern() -> None:
    unused = [(family.key, index.name) for family in CATALOGUE for _, index in family.unused_indexes()]
    assert unused == [("formbridge", "GSI3")]
