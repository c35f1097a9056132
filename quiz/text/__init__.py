"""Compares free texts and job titles with the vocabularies and titles of the bank."""
