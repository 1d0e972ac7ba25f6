SET search_path TO tenant_42, "$user", public
=== normal form
set search_path to ?
=== tables

