SELECT a FROM t WHERE b = £1.50 AND c = 1e AND d = -$3
=== normal form
select a from t where b = ? and c = ? and d = ?
=== tables
t
