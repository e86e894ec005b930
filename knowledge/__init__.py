"""What we say: articles, their lifecycle, search, and danger signs."""
