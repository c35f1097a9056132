"""What other programs send and get: CSV, JSON, the API’s description."""
