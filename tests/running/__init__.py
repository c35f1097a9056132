"""The page docs/running.md: its commands are run, and its files are used, as they are written there."""
