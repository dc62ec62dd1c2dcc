"""What running the checks at once saves: `tablekit smoke` behind a proxy with latency."""
