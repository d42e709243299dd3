"""Downloads wait sealed in the database: the worker seals them, the web process opens them."""

from app.privacy.downloads.chunks import ChunkOpener, ChunkSealer

__all__ = ["ChunkOpener", "ChunkSealer"]
