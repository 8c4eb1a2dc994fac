"""Files of rows: JSON Lines, CSV, Parquet, Arrow, the shapes that rows come in, and which of their fields is what."""
