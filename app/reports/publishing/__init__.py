"""From a computed report to what anyone may read, and back: two people, a ledger, a log."""
