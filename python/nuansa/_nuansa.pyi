import pyarrow as pa

__version__: str

def t975(df: int) -> float | None: ...
def period_of(date: str, period: str) -> str | None: ...

class Scorer:
    def __new__(
        cls,
        model: str,
        *,
        threads: int | None,
        precision: str,
        actors: str | None,
        speech: str | None,
        min_confidence: float | None,
        duplicates: bool,
    ) -> Scorer: ...
    def score(self, data: object, *, columns: dict[str, str], strict: bool) -> list[pa.Table]: ...
    @property
    def languages(self) -> list[str]: ...
    @property
    def kernel(self) -> str: ...
    @property
    def sha256(self) -> dict[str, str]: ...
    @property
    def threads(self) -> int: ...
