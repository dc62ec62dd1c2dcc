"""PSE (document 000, second part): search ads on content pages, the campaigns that lead there, and the revenue.

Seven tables named `pse-…` in eu-west-2. The document gives three schemas; the other four tables have only a name.

What shaped it:
- a day's record has the day in its key or in each index, page and post ids and all amounts are numbers, and amounts
  say their currency (ADR 0011);
- cost, revenue and the figures of a day stay for 365 days, searches and decisions for 90, keywords and mappings without
  end; readers leave out what is expired and not yet gone (ADR 0012);
- content-mapping, search-analytics, optimization-decisions and performance-metrics are designed here (ADR 0013);
- what expires of campaigns, revenue, decisions and figures is archived; searches, being personal, are not (ADR 0072);
- PSE deletes nothing: only TTL does, and a mapping is ended (ADR 0013);
- indexes are sparse where an attribute is optional and carry only what their queries give; the document lists none
  (ADR 0014);
- the app role has `pse-*`, reads two tables of Content-AI, and writes a third only by option (ADR 0015); what the older
  wp-test-lambda-role can still do here is described in ADR 0016.
"""

from __future__ import annotations

from families import _pse_analytics, _pse_campaigns, _pse_keywords
from tablekit.model import Budget, Family, Figures, Growth, Reach, Role, TableLimits

_READS_CONTENT_AI = Reach(
    family="content-ai",
    patterns=("content-by-id", "content-in-status", "post-of-job", "posts-in-status", "posts-by-wordpress-id"),
    purpose="Content to draw keywords from and to run in campaigns; published posts, to verify placements",
)
_SHARES_RESPONSES = Reach(
    family="content-ai",
    patterns=("cached-response", "cache-response"),
    purpose="Use, and add to, the AI responses that Content-AI has cached",
    option="pse-shares-ai-response-cache",
)

FAMILY = Family(
    key="pse",
    title="PSE",
    document="000 DynamoDB Tables Analysis & PSE Platform Integration (PSE Platform)",
    table_name="pse-{table}",
    region="eu-west-2",
    owner="pse-team",
    cost_centre="pse",
    tags={"system": "PSE"},
    budget=Budget(purpose="Alarms to configure: monthly cost > £50", alerts=(50,), currency="GBP"),
    growth=Growth(
        purpose="Alarms to configure: item count > 100,000 (for TTL verification)", limits=TableLimits(items=100_000)
    ),
    figures=Figures(
        namespace="PSE",
        metrics={"KeywordsProcessed": "Sum", "CampaignsActive": "Maximum", "RevenueTracked": "Sum", "ROI": "Average"},
    ),
    tables=(*_pse_keywords.TABLES, *_pse_campaigns.TABLES, *_pse_analytics.TABLES),
    roles=(
        Role(
            name="app",
            physical="pse-platform-lambda-role",
            purpose="The PSE functions: every access pattern, and Content-AI's content and posts read-only",
            access="read-write",
            reaches=(_READS_CONTENT_AI, _SHARES_RESPONSES),
            metrics_namespace="PSE",
        ),
        Role(
            name="readonly",
            purpose="Support and analysis: every read, Content-AI's content and posts included",
            access="read-only",
            reaches=(_READS_CONTENT_AI,),
        ),
    ),
)
