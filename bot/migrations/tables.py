"""Every module that has tables, so that the metadata is whole."""

import knowledge.store  # noqa: F401
