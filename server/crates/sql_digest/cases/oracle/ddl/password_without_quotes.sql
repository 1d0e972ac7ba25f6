CREATE USER scott IDENTIFIED BY tiger DEFAULT TABLESPACE users
=== normal form
create user scott identified by ? default tablespace users
=== tables

