SELECT * FROM generate_series(1, 10) g, lateral unnest(ARRAY[1,2]) u, real_table
=== normal form
select * from generate_series(?, ?) g, lateral unnest(array[?]) u, real_table
=== tables
real_table
