INSERT INTO points (x, y, label) VALUES (1, 2, 'unfinish
=== normal form
insert into points(x, y, label) values (?, ?, ?)
=== tables
*points
=== cut
