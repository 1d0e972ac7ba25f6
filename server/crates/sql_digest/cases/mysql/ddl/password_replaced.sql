ALTER USER app IDENTIFIED BY 'it\'s new' REPLACE secret
=== normal form
alter user app identified by ? replace ?
=== tables
