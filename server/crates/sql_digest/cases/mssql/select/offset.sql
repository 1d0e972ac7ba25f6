SELECT * FROM Orders ORDER BY Id OFFSET 20 ROWS FETCH NEXT 10 ROWS ONLY
=== normal form
select * from orders order by id offset ? rows fetch next ? rows only
=== tables
orders
