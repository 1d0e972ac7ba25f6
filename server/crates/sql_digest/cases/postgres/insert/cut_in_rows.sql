INSERT INTO points (x, y) VALUES (1, 2), (3, 4), (5, 
=== normal form
insert into points(x, y) values (?, ?)
=== tables
*points
=== cut
