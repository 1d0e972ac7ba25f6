SELECT a->'b'->>'c', a #>> '{d,e}', a ? 'f', a ?| array['g'], a @> '{}', a @? '$.x' FROM t WHERE j ? $1
=== normal form
select a -> ? ->> ?, a #>> ?, a ? ?, a ?| array[?], a @> ?, a @? ? from t where j ? ?
=== tables
t
