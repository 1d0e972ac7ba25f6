BEGIN update_all(5); END;
=== normal form
begin update_all(?); end
=== tables

