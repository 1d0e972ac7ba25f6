(@P1 int,@P2 nvarchar(4000))SELECT o.id FROM dbo.orders o WHERE o.id = @P1 AND o.name = @P2
=== normal form
(? int, ? nvarchar(?)) select o.id from dbo.orders o where o.id = ? and o.name = ?
=== tables
dbo.orders
