SELECT TOP 10 [Id], [Order Details].[Unit Price], [a]]b] FROM [dbo].[Orders] WITH (NOLOCK) WHERE [Id] = @p1
=== normal form
select top ? id, "order details"."unit price", "a]b" from dbo.orders with (nolock) where id = ?
=== tables
dbo.orders
