"""The promise ledger: what we said we would do, by when, and whether we did."""
