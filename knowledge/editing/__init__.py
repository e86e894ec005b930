"""How articles are written and approved: drafts, review, history, lists. See README.md."""
