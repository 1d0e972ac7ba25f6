SET LOCAL app.user = 'bob'
=== normal form
set local app.user = ?
=== tables

