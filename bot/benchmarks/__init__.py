"""How fast it is. A module is a bench when it has add_arguments(parser), run(options) -> dict, show(console, dict)."""
