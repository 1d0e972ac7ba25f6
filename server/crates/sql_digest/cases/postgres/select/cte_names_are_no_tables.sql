WITH recent AS (SELECT * FROM orders), old(a) AS (SELECT 1 FROM archive.orders) SELECT * FROM recent JOIN old USING (a)
=== normal form
with recent as (select * from orders), old(a) as (select ? from archive.orders) select * from recent join old using (a)
=== tables
orders archive.orders
