SELECT /*!40001 SQL_NO_CACHE */ a FROM t WHERE b = 'x'
=== normal form
select sql_no_cache a from t where b = ?
=== tables
t
