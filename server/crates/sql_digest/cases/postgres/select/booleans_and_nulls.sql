SELECT NULL, true FROM t WHERE a IS NULL AND b IS NOT NULL AND c IS NOT TRUE AND d = FALSE AND NOT e = NULL
=== normal form
select ?, ? from t where a is null and b is not null and c is not true and d = ? and not e = ?
=== tables
t
