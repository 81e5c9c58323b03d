"""Tables with columns that are no text files: workbooks, databases, Parquet."""
