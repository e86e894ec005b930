"""The web: a chat page, and the JSON API that it uses."""
