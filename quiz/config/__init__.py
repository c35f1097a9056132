"""Settings, the secret key and where the folders are."""
