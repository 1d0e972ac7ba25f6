BEGIN ISOLATION LEVEL SERIALIZABLE
=== normal form
begin isolation level serializable
=== tables

