TRUNCATE TABLE a, b
=== normal form
truncate table a, b
=== tables
*a *b
