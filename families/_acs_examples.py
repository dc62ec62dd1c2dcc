"""The identifiers in ACS's sample items, for the examples of its access patterns."""

from __future__ import annotations

from typing import Final

USER: Final = "d57a1f68-02e0-54e1-abf9-76fdfd777c21"
OTHER_USER: Final = "8060ea94-a9d0-5d1d-b5d0-e6f40ac18537"
ORGANIZATION: Final = "f8853de1-2213-5c5d-8a28-80320a016edd"
ACCOUNT: Final = "88148581-1546-53ff-855f-7d5cdb43a2ec"
OTHER_ACCOUNT: Final = "e3c448f2-e9b7-53b5-9b5d-f93365fd06aa"
CONVERSATION: Final = "27ed7fbc-9331-5906-b1c3-6ec9f891db4e"
RESPONSE: Final = "bae98c2e-bdb6-5b55-9f2d-214c7c10ada2"
MESSAGE: Final = "118165a0-a6db-5669-8f2a-d33b795eb484"
REPORT: Final = "0403bdca-7249-5fdb-8883-2ab5f22f77e3"
INVOCATION: Final = "6155a94f-4343-538f-8d5c-189d17c6b6e4"
SESSION: Final = "a2901f7e-8ed0-596b-a0ce-b95e9c55f9ce"
OTHER_SESSION: Final = "3738bb0e-f374-5476-bdd3-e336f78680eb"

PENDING_INVITE: Final = "8a8dc090-10c1-5c98-93a1-589dc7661eb2"
WITHDRAWN_INVITE: Final = "cb5064cb-e599-502f-a414-80c1bd1c624f"
LAPSED_INVITE: Final = "75ec95cb-ef40-535d-bed3-79a043805287"
