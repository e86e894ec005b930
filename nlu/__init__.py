"""Understanding: what a parent means, when, and how old the child is."""
