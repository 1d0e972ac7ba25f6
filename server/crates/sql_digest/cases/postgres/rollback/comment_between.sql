ROLLBACK /* c */ TO a_1
=== normal form
rollback to ?
=== tables
