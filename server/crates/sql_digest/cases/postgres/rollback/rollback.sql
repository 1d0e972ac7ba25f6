ROLLBACK TO SAVEPOINT a
=== normal form
rollback to savepoint ?
=== tables

