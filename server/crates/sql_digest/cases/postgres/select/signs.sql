SELECT -1, + 2, - -3, a - 4, a -5, (a)-6, -a FROM t WHERE x BETWEEN -7 AND -8
=== normal form
select ?, ?, ?, a - ?, a - ?, (a) - ?, - a from t where x between ? and ?
=== tables
t
