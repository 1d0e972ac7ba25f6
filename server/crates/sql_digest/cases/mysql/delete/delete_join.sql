DELETE o FROM orders o JOIN users u ON u.id = o.user_id WHERE u.gone = 1
=== normal form
delete o from orders o join users u on u.id = o.user_id where u.gone = ?
=== tables
*orders users
