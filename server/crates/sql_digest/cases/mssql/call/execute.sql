EXEC dbo.Refresh @id = 5, @name = N'x'
=== normal form
exec dbo.refresh ? = ?, ? = ?
=== tables

