rollback to `sp_7`
=== normal form
rollback to ?
=== tables

