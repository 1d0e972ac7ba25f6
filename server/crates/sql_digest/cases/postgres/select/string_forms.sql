SELECT 'it''s', E'it\'s', U&'\0441' UESCAPE '!', N'x', B'01', X'ff', $$it's$$, $q$ $$ $q$, 'a'
'b'
=== normal form
select ?, ?, ? uescape ?, ?, ?, ?, ?, ?, ?
=== tables

