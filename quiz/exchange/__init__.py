"""Data for other programs: the JSON API's requests and results, exports, and scoring of CSV files."""
