"""What will be said to whom and when: rows that are planned, moved, taken back, claimed and settled."""
