"""What the operator runs: the server, checks, demo data, exports."""
