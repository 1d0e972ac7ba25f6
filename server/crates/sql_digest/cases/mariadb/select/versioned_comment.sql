SELECT /*M!100100 a, */ b FROM t
=== normal form
select a, b from t
=== tables
t
