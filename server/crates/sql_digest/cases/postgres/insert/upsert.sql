INSERT INTO stock AS s (sku, n) VALUES ('a', 1) ON CONFLICT (sku) DO UPDATE SET n = s.n + excluded.n
=== normal form
insert into stock as s(sku, n) values (?, ?) on conflict(sku) do update set n = s.n + excluded.n
=== tables
*stock
