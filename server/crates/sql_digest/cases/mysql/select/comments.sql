SELECT 1 # one
, 2 -- two
, 5--3 /* three */ FROM t
=== normal form
select ?, ?, ? - ? from t
=== tables
t
