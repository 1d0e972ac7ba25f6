SELECT a FROM t WHERE (a, b) IN ((1, 2), (3, 4), (5, NULL))
=== normal form
select a from t where (a, b) in ((?, ?))
=== tables
t
