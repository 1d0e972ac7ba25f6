UPDATE items i SET price = p.price FROM prices p WHERE p.id = i.id AND i.kind = 3
=== normal form
update items i set price = p.price from prices p where p.id = i.id and i.kind = ?
=== tables
*items prices
