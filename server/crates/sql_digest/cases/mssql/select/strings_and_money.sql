SELECT N'x', 'it''s', $12.50, 0xFF, @@ROWCOUNT FROM #temp WHERE a = @b
=== normal form
select ?, ?, ?, ?, @@rowcount from #temp where a = ?
=== tables
#temp
