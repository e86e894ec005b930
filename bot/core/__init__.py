"""The foundation: database, time, ids, settings, families, audit. Imports nothing of ours."""
