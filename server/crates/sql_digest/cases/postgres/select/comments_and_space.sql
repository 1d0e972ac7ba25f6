-- head
SELECT/* a /* nested */ b */a
	,b--tail
FROM t;;
=== normal form
select a, b from t
=== tables
t
