SELECT a FROM t WHERE a IN (1::int, 2::int, '3') AND b = ANY(ARRAY[1, 2, 3]::bigint[])
=== normal form
select a from t where a in (?::int, ?) and b = any (array[?]::bigint[])
=== tables
t
