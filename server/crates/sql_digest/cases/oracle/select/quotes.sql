SELECT q'[it's]', Q'{a}b}', nq'!x!', N'y' FROM dual WHERE id = :1 AND name = :name
=== normal form
select ?, ?, ?, ? from dual where id = ? and name = ?
=== tables
dual
