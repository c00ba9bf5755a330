"""The model that `nuansa.Scorer()` takes where none is named; its card is `CARD.md` in the folder."""

from pathlib import Path


def path() -> Path:
    """The model's folder."""
    return Path(__file__).parent / "default"
