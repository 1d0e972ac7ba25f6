SELECT a.x FROM a, b@remote b WHERE a.id = b.id(+)
=== normal form
select a.x from a, b@remote b where a.id = b.id(+)
=== tables
a b@remote
