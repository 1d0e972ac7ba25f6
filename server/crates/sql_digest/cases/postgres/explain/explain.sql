EXPLAIN ANALYZE SELECT * FROM t WHERE id = 5
=== normal form
explain analyze select * from t where id = ?
=== tables
t
