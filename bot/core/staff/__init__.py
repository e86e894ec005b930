"""The people who work in the console: who they are, what they may do, how they get in."""
