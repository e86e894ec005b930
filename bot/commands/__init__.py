"""The commands of `sprout`, one module each."""
