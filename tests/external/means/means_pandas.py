"""Mean stance of actors by role, of articles and of pairs, with pandas and SciPy: means_pandas.py SCORES > means.csv"""

import sys
from pathlib import Path

import pandas as pd
from scipy.stats import t

AT = ["article_id", "sentence_id"]
how = {"dtype": {"article_id": str}, "keep_default_na": False, "na_values": [""]}
sentences, mentions = (pd.read_csv(Path(sys.argv[1]) / f"{name}.csv", **how) for name in ("sentences", "mentions"))
agent = mentions["role"].eq("agent").groupby([mentions[at] for at in AT]).transform("any")
doer = mentions["role"].eq("agent") | (mentions["role"].eq("source") & ~agent)
known = mentions[mentions["actor_id"] != "ambiguous"].rename(columns={"actor_id": "id", "role": "other"})
target = known[known["other"] == "target"].assign(other=known["id"])[[*AT, "other"]]
pairs = known.loc[doer, [*AT, "id"]].merge(target, on=AT).query("id != other")
articles = sentences[AT].assign(id=sentences["article_id"], other="")
actors = pd.concat([known[known["other"] != "mention"], known.assign(other="any")])
print("table,id,other,n,stance_mean,stance_low,stance_high")
for table, units in [("actors", actors), ("articles", articles), ("dyads", pairs)]:
    units = units[[*AT, "id", "other"]].drop_duplicates().merge(sentences.query("status == 'ok'"), on=AT)
    for (one, other), part in units.groupby(["id", "other"]):
        x, n = part["stance_score"], len(part)
        # Articles are the clusters; where there is one, its sentences
        off = (x - x.mean()).groupby(part["article_id" if part["article_id"].nunique() > 1 else "sentence_id"]).sum()
        g = len(off)
        half = t.ppf(0.975, g - 1) * (g / (g - 1) * (off**2).sum()) ** 0.5 / n if g > 1 else float("nan")
        row = pd.Series([table, one, other, n, x.mean(), x.mean() - half, x.mean() + half])
        print(row.to_frame().T.to_csv(index=False, header=False), end="")
