"""Sources mapped to touchpoints by one SELECT, which DuckDB runs."""
