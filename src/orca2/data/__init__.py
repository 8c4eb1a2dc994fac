"""Files of rows: JSON Lines, CSV, Parquet, and which of their fields is what."""
