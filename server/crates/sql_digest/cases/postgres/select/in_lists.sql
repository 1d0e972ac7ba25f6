SELECT a FROM t WHERE a IN (1) AND b IN (1, 2, 3) AND c NOT IN ('x', NULL) AND d IN ($1, $2)
=== normal form
select a from t where a in (?) and b in (?) and c not in (?) and d in (?)
=== tables
t
