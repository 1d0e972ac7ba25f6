SELECT /*+ NO_INDEX(t) */ a FROM t LIMIT 10, 20
=== normal form
select a from t limit ?, ?
=== tables
t
