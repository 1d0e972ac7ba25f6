SAVEPOINT "s139656796777344_x1"
=== normal form
savepoint ?
=== tables

