MERGE INTO t USING (SELECT 1 id FROM dual) s ON (t.id = s.id) WHEN MATCHED THEN UPDATE SET t.n = t.n + 1
=== normal form
merge into t using (select ? id from dual) s on (t.id = s.id) when matched then update set t.n = t.n + ?
=== tables
*t dual
