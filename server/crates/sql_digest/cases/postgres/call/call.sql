CALL refresh(1, 'x')
=== normal form
call refresh(?, ?)
=== tables

