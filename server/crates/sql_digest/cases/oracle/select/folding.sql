SELECT Ename, "ENAME", "Ename" FROM Scott."EMP" E WHERE e.sal > 1000.5f
=== normal form
select ename, ename, "Ename" from scott.emp e where e.sal > ?
=== tables
scott.emp
