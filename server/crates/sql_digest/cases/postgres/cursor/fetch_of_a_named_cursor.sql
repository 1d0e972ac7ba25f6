FETCH 100 FROM orders
=== normal form
fetch ? from orders
=== tables

