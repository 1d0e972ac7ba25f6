ROLLBACK TO SAVEPOINT "s139656796777344_x1"
=== normal form
rollback to savepoint ?
=== tables

