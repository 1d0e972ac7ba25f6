VACUUM ANALYZE t
=== normal form
vacuum analyze t
=== tables

