SELECT sum(a) OVER (ORDER BY b COLLATE "C" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t
=== normal form
select sum(a) over (order by b collate "C" rows between ? preceding and current row exclude ties) from t
=== tables
t
