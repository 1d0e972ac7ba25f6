COPY t FROM '/tmp/x.csv' WITH (FORMAT csv)
=== normal form
copy t from ? with (format csv)
=== tables
*t
