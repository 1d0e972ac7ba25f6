RELEASE SAVEPOINT active_record_1
=== normal form
release savepoint ?
=== tables

