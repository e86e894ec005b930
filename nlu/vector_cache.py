"""Vectors of texts that do not change (phrasings, examples), kept on disk: e5 takes 20 ms a text.

Keyed by model and text, so that a new phrasing costs one embedding and an old one none. Also used by Rasa's
Python 3.10. Large gaps are filled by two processes (the models run on one thread each).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from nlu.embedding import Vectors, clean, embedder_named

_WORTH_PROCESSES = 400
_CHUNK = 64


class VectorCache:
    """`embed` like an Embedder's, for building indexes; `progress(done, total)` while it computes what is new."""

    def __init__(self, file: Path, name: str = "joint") -> None:
        self._file = file
        self.name = name
        self.dimension = embedder_named(name).dimension

    def embed(self, texts: Sequence[str], *, progress: Callable[[int, int], None] | None = None) -> Vectors:
        """Texts to float32 (n, dimension), rounded to half precision."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        keys = [hashlib.blake2b(f"{self.name}\0{clean(t)}".encode(), digest_size=16).digest() for t in texts]
        known = self._read(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            known |= self._fill(missing, progress)
        return np.stack([known[key] for key in keys]).astype(np.float32)

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=60)
        connection.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, half BLOB) WITHOUT ROWID")
        return connection

    def _read(self, keys: set[bytes]) -> dict[bytes, Vectors]:
        connection = self._open()
        try:
            found: dict[bytes, Vectors] = {}
            wanted = list(keys)
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ",".join("?" * len(part))
                query = f"SELECT key, half FROM vector WHERE key IN ({marks})"  # noqa: S608 (only question marks)
                for key, half in connection.execute(query, part):
                    found[key] = np.frombuffer(half, np.float16)
            return found
        finally:
            connection.close()

    def _fill(self, missing: dict[bytes, str], progress: Callable[[int, int], None] | None) -> dict[bytes, Vectors]:
        keys, texts = list(missing), list(missing.values())
        parts = [texts[i : i + _CHUNK] for i in range(0, len(texts), _CHUNK)]
        found: dict[bytes, Vectors] = {}
        connection = self._open()
        try:
            for number, vectors in enumerate(self._computed(parts, many=len(texts) >= _WORTH_PROCESSES)):
                half = vectors.astype(np.float16)
                rows = list(zip(keys[number * _CHUNK :], half, strict=False))
                connection.executemany(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)", [(k, v.tobytes()) for k, v in rows]
                )
                connection.commit()
                found |= dict(rows)
                if progress:
                    progress(len(found), len(texts))
        finally:
            connection.close()
        return found

    def _computed(self, parts: list[list[str]], *, many: bool) -> Iterator[Vectors]:
        workers = min(2, os.cpu_count() or 1)
        if not many or workers < 2:
            yield from map(embedder_named(self.name).embed, parts)
            return
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_embed, [self.name] * len(parts), parts)


def _embed(name: str, texts: list[str]) -> Vectors:
    return embedder_named(name).embed(texts)
