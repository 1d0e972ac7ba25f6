SHOW TABLES LIKE 'a%'
=== normal form
show tables like ?
=== tables

