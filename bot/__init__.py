"""The application: it talks, and it wires everything."""
