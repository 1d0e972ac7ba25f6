SELECT `a`, `order`, `Two Words`.`b` FROM `Shop`.`Orders` WHERE `a` = "it's"
=== normal form
select a, `order`, `Two Words`.b from Shop.Orders where a = ?
=== tables
Shop.Orders
