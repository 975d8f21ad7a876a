"""Loading facts: files to checked rows, rows to changes, changes to a whole new table."""
