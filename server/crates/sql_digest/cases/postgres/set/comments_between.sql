SET /* c */ search_path -- whose
 TO a, /* d */ b
=== normal form
set search_path to ?
=== tables
