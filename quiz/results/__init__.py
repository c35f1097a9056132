"""What a result, its goals, its changes and its conversation page show, as values."""
