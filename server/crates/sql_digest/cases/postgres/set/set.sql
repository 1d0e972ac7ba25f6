SET statement_timeout = '5s'
=== normal form
set statement_timeout = ?
=== tables

