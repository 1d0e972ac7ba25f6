REPLACE INTO t VALUES ROW(1, 2), ROW(3, 4)
=== normal form
replace into t values row(?, ?)
=== tables
*t
