UPDATE o SET o.State = 2 FROM dbo.Orders o JOIN dbo.Users u ON u.Id = o.UserId
=== normal form
update o set o.state = ? from dbo.orders o join dbo.users u on u.id = o.userid
=== tables
*dbo.orders dbo.users
