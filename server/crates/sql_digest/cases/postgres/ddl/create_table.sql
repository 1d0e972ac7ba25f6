CREATE TABLE t (id int NOT NULL, name varchar(20) DEFAULT 'x', n numeric(10, 2) NULL)
=== normal form
create table t(id int not null, name varchar(?) default ?, n numeric(?, ?) null)
=== tables
*t
