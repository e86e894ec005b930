"""Finding the article that answers a message. `Finder` is the door."""

from knowledge.search.finder import Finder, phrasings_to_embed
from knowledge.search.model import Candidate, Embed, Question, Ranking, Vectors, Verdict

__all__ = ["Candidate", "Embed", "Finder", "Question", "Ranking", "Vectors", "Verdict", "phrasings_to_embed"]
