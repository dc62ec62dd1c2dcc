"""Content-AI (document 000, first part): blog content, from the idea to the published post.

22 tables that exist in eu-west-2 under bare names, without a prefix: the six whose keys the document gives are
declared, the others are names that no table of ours may take. The roles name exact ARNs.

What shaped it:
- live tables are declared as they are: no index is added, key types that are not stated are text, TTL stands only where
  the document has it, and a lock ends by its deletion (ADR 0010);
- content is deleted from the pipeline once its post is out, which is the only hard delete beside that of a lock;
- content and posts are searched by status and by WordPress id, which no key serves: declared scans, used by PSE too; a
  scan leaves out what is expired and not yet deleted (ADR 0019);
- what stands in the response cache is never overwritten, since a second system may write there (ADR 0015).
"""

from __future__ import annotations

from tablekit.model import Attribute, Family, Retention, Role, S, Table, delete, get, one_of, put, scan, update

_TABLES = (
    Table(
        name="blog-content-pipeline",
        purpose="Generated ideas for blog content, until they are published",
        hash_key=S("contentId"),
        ttl="ttl",
        classification="internal",
        retention=Retention(days=90, reason="The document gives the pipeline a TTL of 90 days"),
        attributes={
            "title": "S",
            "category": Attribute(type="S", note="The service category"),
            "keywords": Attribute(type="S", note="SEO keywords, in one text"),
            "country": Attribute(type="S", note="The target country, as UK"),
            "status": one_of("pending", "published"),
            "jobId": "S",
            "generatedAt": "S",
            "ttl": "N",
        },
        patterns=(
            put(
                "create-content",
                "Put a generated idea into the pipeline, once",
                condition="attribute_not_exists(contentId)",
            ),
            get(
                "content-by-id",
                "One piece of content, as a keyword or a campaign refers to it",
                key="contentId = :contentId",
            ),
            scan(
                "content-in-status",
                "Content waiting to be published, or published and of use for keywords and campaigns",
                filter="status = :status AND ttl > :now",
                scan_reason="The live table has no index, and holds some 65 items of 300 bytes: one read of a page",
            ),
            update(
                "mark-content-published",
                "Content that has become a post",
                key="contentId = :contentId",
                update="SET status = 'published'",
                condition="attribute_exists(contentId)",
            ),
            delete("delete-content", "Clear published content out of the pipeline", key="contentId = :contentId"),
        ),
    ),
    Table(
        name="article-publishing-locks",
        purpose="One lock a publishing job, so that no article is published twice",
        hash_key=S("job_id"),
        classification="internal",
        retention=Retention(reason="Until the job releases it; the document has no expiry, and counted none"),
        patterns=(
            put(
                "take-publishing-lock",
                "Take a job's lock; fails while another holds it",
                condition="attribute_not_exists(job_id)",
            ),
            get("publishing-lock", "Whether a job is being published", key="job_id = :job_id"),
            delete("release-publishing-lock", "Give a job's lock back", key="job_id = :job_id"),
        ),
    ),
    Table(
        name="post-publish-tracking",
        purpose="Published posts, and what was done after publishing each",
        hash_key=S("job_id"),
        ttl="ttl",
        classification="internal",
        retention=Retention(days=90, reason="The document gives the tracking a TTL of 90 days"),
        attributes={
            "post_id": Attribute(type="N", note="WordPress post"),
            "title": "S",
            "status": one_of("success", "failed"),
            "published_at": "S",
            "webhook_data": Attribute(type="M", note="What the Zapier webhook brought: data.link, data.model_used, …"),
            "results": Attribute(
                type="M", note="Outcome of seoGeneration, categoryUpdate, emailNotification, pipelineDelete and archive"
            ),
            "ttl": "N",
        },
        patterns=(
            put("track-post", "Note a published post, once a job", condition="attribute_not_exists(job_id)"),
            get("post-of-job", "The post that a job published", key="job_id = :job_id"),
            update(
                "record-post-results",
                "What was done after publishing: SEO, category, e-mail, clean-up, archive",
                key="job_id = :job_id",
                update="SET results = :results, status = :status",
                condition="attribute_exists(job_id)",
            ),
            scan(
                "posts-in-status",
                "Posts that were published, to verify placements on them, or that failed",
                filter="status = :status AND ttl > :now",
                scan_reason="The live table has no index, and holds some 20 items of 2 KB",
            ),
            scan(
                "posts-by-wordpress-id",
                "What was published as a WordPress post, to verify the placement on that page",
                filter="post_id = :post_id AND ttl > :now",
                scan_reason="PSE doesn't know the key, the job; the live table has no index, and some 20 items",
            ),
        ),
    ),
    Table(
        name="Projects",
        purpose="Projects",
        hash_key=S("id"),
        owner="project-management-team",
        classification="internal",
        retention=Retention(reason="Until deleted; the document sets no end"),
        patterns=(
            put(
                "create-project", "A new project, under an id that is not in use", condition="attribute_not_exists(id)"
            ),
            get("project", "A project by id", key="id = :id"),
        ),
    ),
    Table(
        name="ProjectTemplates",
        purpose="Templates that projects start from",
        hash_key=S("id"),
        owner="project-management-team",
        classification="internal",
        retention=Retention(reason="Until deleted; the document sets no end"),
        patterns=(
            put(
                "create-project-template",
                "A new project template, under an id that is not in use",
                condition="attribute_not_exists(id)",
            ),
            get("project-template", "A project template by id", key="id = :id"),
        ),
    ),
    Table(
        name="ai-response-cache",
        purpose="Responses of AI models, by what was asked",
        hash_key=S("cache_key"),
        owner="infrastructure-team",
        classification="confidential",
        retention=Retention(reason="Until deleted; the document has no TTL for the cache"),
        patterns=(
            get("cached-response", "The response that a model gave before, by cache key", key="cache_key = :cache_key"),
            put(
                "cache-response",
                "Keep a model's response; the first to come stays",
                condition="attribute_not_exists(cache_key)",
            ),
        ),
    ),
)


FAMILY = Family(
    key="content-ai",
    title="Content-AI",
    document="000 DynamoDB Tables Analysis & PSE Platform Integration (Table Inventory)",
    table_name="{table}",
    region="eu-west-2",
    owner="content-ai-team",
    cost_centre="content-ai",
    tags={"system": "Content-AI"},
    tables=_TABLES,
    roles=(
        Role(name="app", purpose="The Content-AI functions: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis: every read", access="read-only"),
    ),
    reserved=(
        "SuperchargedProjects",
        "project-manager-*",
        "ChatConversations",
        "project-assistant-conversations",
        "bot-manager-errors",
        "bot-manager-errors-prod",
        "circuit-breaker-state",
        "circuit-breaker-state-prod",
        "service-health-status",
        "service-health-status-prod",
    ),
)
