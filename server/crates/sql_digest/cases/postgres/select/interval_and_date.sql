SELECT * FROM t WHERE d > now() - INTERVAL '1 day' AND e > DATE '2020-01-01' - 5
=== normal form
select * from t where d > now() - interval ? and e > date ? - ?
=== tables
t
