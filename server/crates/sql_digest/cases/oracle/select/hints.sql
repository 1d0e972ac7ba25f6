SELECT /*+ FULL(e) */ * FROM emp e WHERE hired > DATE '2020-01-01' AND ROWNUM <= 10
=== normal form
select * from emp e where hired > date ? and rownum <= ?
=== tables
emp
