SELECT E'a'
  'b\'c' FROM t
=== normal form
select ? from t
=== tables
t
