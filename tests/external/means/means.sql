-- Mean stance of actors by role, of articles and of pairs, in DuckDB: cd SCORES && duckdb -csv < means.sql > means.csv
-- Write .csv or .jsonl for .parquet where the tables are in those formats.
create temp macro t975(df) as case when df > 30  -- the 97.5 % quantile of Student's t: a table, and beyond it a series in 1/df
  then 1.95996398 + 2.37227123 / df + 2.82249887 / df ** 2 + 2.55585020 / df ** 3 + 1.58953457 / df ** 4
  else [12.70620474, 4.30265273, 3.18244631, 2.77644511, 2.57058184, 2.44691185, 2.36462425, 2.30600414, 2.26215716,
    2.22813885, 2.20098516, 2.17881283, 2.16036866, 2.14478669, 2.13144955, 2.11990530, 2.10981558, 2.10092204,
    2.09302405, 2.08596345, 2.07961384, 2.07387307, 2.06865761, 2.06389856, 2.05953855, 2.05552944, 2.05183052,
    2.04840714, 2.04522964, 2.04227246][df] end;
with sentence as (select article_id, sentence_id, stance_score as x from 'sentences.parquet' where status = 'ok'),
mention as (
  select *, bool_or(role = 'agent') over (partition by article_id, sentence_id) as acted from 'mentions.parquet'),
unit as (
  select distinct 'actors' as tbl, actor_id as id, unnest(['any', role]) as other, article_id, sentence_id from mention
  union select 'articles', article_id, '', article_id, sentence_id from sentence
  union select 'dyads', doer.actor_id, target.actor_id, article_id, sentence_id
  from mention as doer join mention as target using (article_id, sentence_id)
  where target.role = 'target' and doer.role = if(doer.acted, 'agent', 'source') and doer.actor_id <> target.actor_id),
scored as (  -- articles are the clusters; where there is one, its sentences
  select *, avg(x) over one as mean, min(article_id) over one < max(article_id) over one as several
  from unit join sentence using (article_id, sentence_id) where 'ambiguous' not in (id, other) and other <> 'mention'
  window one as (partition by tbl, id, other)),
cluster as (
  select tbl, id, other, mean, count(*) as n, sum(x - mean) as off from scored
  group by tbl, id, other, mean, if(several, article_id, sentence_id::varchar))
select tbl as "table", id, other, sum(n)::bigint as n, mean as stance_mean, mean - half as stance_low, mean + half as stance_high
from (select tbl, id, other, mean, sum(n) as n, if(count(*) > 1, t975(count(*) - 1) *
    sqrt(count(*) / (count(*) - 1) * sum(off * off)) / sum(n), null) as half from cluster group by tbl, id, other, mean)
group by all order by all;
