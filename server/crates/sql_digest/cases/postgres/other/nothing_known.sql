this is no statement at all
=== normal form
this is no statement at all
=== tables

