SELECT a, "a name that is not fin
=== normal form
select a, …
=== tables

=== cut
