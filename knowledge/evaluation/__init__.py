"""How well the index finds the right article: scores, confusions, and methods side by side."""
