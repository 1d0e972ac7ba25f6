SELECT @a, @@global.max_connections, @b := 5 FROM t
=== normal form
select ?, @@global.max_connections, ? := ? from t
=== tables
t
