INSERT IGNORE INTO t (a, b) VALUES (1, 'x'), (2, 'y') ON DUPLICATE KEY UPDATE b = VALUES(b), c = -5
=== normal form
insert ignore into t(a, b) values (?, ?) on duplicate key update b = values (b), c = ?
=== tables
*t
