SELECT a FROM t WHERE b = 1 /* a secret rem
=== normal form
select a from t where b = …
=== tables
t
=== cut
