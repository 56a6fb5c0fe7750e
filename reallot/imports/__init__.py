"""Models of other tools, read into curves.csv: one module per tool, and what they share."""
