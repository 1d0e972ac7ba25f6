COMMIT
=== normal form
commit
=== tables

