SELECT a FROM t WHERE a IN (SELECT b, b, b FROM u)
=== normal form
select a from t where a in (select b, b, b from u)
=== tables
t u
