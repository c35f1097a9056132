"""Free text and job titles read against the bank’s vocabulary."""
