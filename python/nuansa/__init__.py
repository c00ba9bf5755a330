"""Stance and tone of news, per sentence and article.

>>> import nuansa
>>> scorer = nuansa.Scorer()
>>> scores = scorer.score(["Arunika menyerang pelabuhan Benara."])
>>> scores.sentences.column("stance").to_pylist()
['escalation']

`Scorer.score` takes texts and tables and gives pyarrow tables with the columns of the program's `sentences.csv`,
`mentions.csv`, `articles.csv` and its tables of measures. `nuansa.spark` does the same on Apache Spark.
"""

from ._errors import LanguageWarning, NuansaError, RecordError
from ._nuansa import __version__
from ._scorer import Scorer, Scores

__all__ = ["LanguageWarning", "NuansaError", "RecordError", "Scorer", "Scores", "__version__"]
