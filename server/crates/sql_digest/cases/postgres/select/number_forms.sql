SELECT 1, 1.5, .5, 1e10, 1.5E-3, 0xFF, 0o17, 0b11, 1_000_000, 3.
=== normal form
select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
=== tables

