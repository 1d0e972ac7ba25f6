UPDATE a, b SET a.x = b.x WHERE a.id = b.id AND a.y IN (1,2)
=== normal form
update a, b set a.x = b.x where a.id = b.id and a.y in (?)
=== tables
*a *b
