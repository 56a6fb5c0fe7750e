"""What could happen: futures, and the plans for them side by side."""
