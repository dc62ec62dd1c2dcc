"""The identifiers and days in PSE's sample items, for the examples of its access patterns."""

from __future__ import annotations

from typing import Final

KEYWORD: Final = "621fb97f-fb2a-581f-893a-41ee11b1b061"
OTHER_KEYWORD: Final = "61f2dc8d-c9b2-500b-be28-4f017250a247"
CAMPAIGN: Final = "6fc0db79-9b65-52d5-94a2-e13e3ec2226e"
OTHER_CAMPAIGN: Final = "0599fb21-b70e-51ee-9fb7-75a57ac61eb6"
CONTENT: Final = "3f0c5a52-6f0e-4b6e-9a37-0d6a6c1f8b11"
"""Of Content-AI's sample in blog-content-pipeline."""
ATTRIBUTION: Final = "3e84930b-cc7e-5fec-a8fe-c50fc2ce3a7d"

PAGE: Final = 4711
"""A WordPress page, which is Content-AI's sample in post-publish-tracking."""
SERVICE: Final = "emergency-plumbing"
FIRST_DAY: Final = "2025-09-11"
DAY: Final = "2025-09-12"
NOW: Final = 1757764800
"""2025-09-13T12:00:00Z, the day of the document: before any sample item expires."""
