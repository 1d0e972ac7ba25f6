SET statement_timeout TO DEFAULT
=== normal form
set statement_timeout to default
=== tables

