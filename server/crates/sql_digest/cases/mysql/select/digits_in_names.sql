SELECT 2fa, t.1a, 1e5, 1e5x FROM db.2024_orders t
=== normal form
select 2fa, t.1a, ?, ? x from db.2024_orders t
=== tables
db.2024_orders
