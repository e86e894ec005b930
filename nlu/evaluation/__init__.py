"""How well understanding works, measured on labelled messages."""
