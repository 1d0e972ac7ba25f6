INSERT INTO t (a, b) VALUES (1, now()), (2, now()), (DEFAULT, NULL) RETURNING id
=== normal form
insert into t(a, b) values (?, now()), (default, ?) returning id
=== tables
*t
