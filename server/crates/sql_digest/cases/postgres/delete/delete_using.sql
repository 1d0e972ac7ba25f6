DELETE FROM items USING carts WHERE carts.id = items.cart_id
=== normal form
delete from items using carts where carts.id = items.cart_id
=== tables
*items carts
