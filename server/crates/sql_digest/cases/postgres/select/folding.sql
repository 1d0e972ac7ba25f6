SELECT A, "a", "B", "order", t."Select", Été FROM Public."T" AS T
=== normal form
select a, a, "B", "order", t."Select", Été from public."T" as t
=== tables
public.T
