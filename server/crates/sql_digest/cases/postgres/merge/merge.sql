MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'x')
=== normal form
merge into t using s on t.id = s.id when matched then update set a = s.a when not matched then insert values (s.id, ?)
=== tables
*t s
