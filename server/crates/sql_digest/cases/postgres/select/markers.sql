SELECT $1, ?, :name, @p1, @abs_of_column, a[1:2], a[lo:hi] FROM t
=== normal form
select ?, ?, ?, ?, @ abs_of_column, a[? : ?], a[lo : hi] from t
=== tables
t
