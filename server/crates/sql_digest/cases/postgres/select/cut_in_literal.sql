SELECT id, name, address FROM customers WHERE region = 'north' AND name = 'O''Hara and a lot of other text tha
=== normal form
select id, name, address from customers where region = ? and name = …
=== tables
customers
=== cut
