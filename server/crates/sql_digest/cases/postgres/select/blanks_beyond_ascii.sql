SELECT a FROM t WHERE b = 5 LIMIT 7
=== normal form
select a from t where b = ? limit ?
=== tables
t
