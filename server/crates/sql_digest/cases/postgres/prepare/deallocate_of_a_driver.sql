DEALLOCATE pdo_stmt_00000007
=== normal form
deallocate ?
=== tables

