ALTER USER scott IDENTIFIED BY "Tiger" REPLACE lion
=== normal form
alter user scott identified by ? replace ?
=== tables

