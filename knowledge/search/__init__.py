"""Finding the article that answers a message. `Finder` is the door."""

from knowledge.search.elsewhere import Elsewhere, read_elsewhere
from knowledge.search.entries import phrasings_to_embed
from knowledge.search.finder import Finder
from knowledge.search.model import Candidate, Embed, Question, Ranking, Vectors, Verdict

__all__ = [
    "Candidate",
    "Elsewhere",
    "Embed",
    "Finder",
    "Question",
    "Ranking",
    "Vectors",
    "Verdict",
    "phrasings_to_embed",
    "read_elsewhere",
]
