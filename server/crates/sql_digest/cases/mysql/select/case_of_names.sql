select Id, COUNT(*), Max(Price) from Orders AS O where O.Id = 5 group by O.Id
=== normal form
select Id, count(*), max(Price) from Orders as O where O.Id = ? group by O.Id
=== tables
Orders
