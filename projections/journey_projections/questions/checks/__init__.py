"""What in recorded facts is legal and nearly always a mistake, one file for each way of looking."""
