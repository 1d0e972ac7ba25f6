COPY public.t (a, b) FROM stdin;
1	secret
\.
=== normal form
copy public.t(a, b) from stdin
=== tables
*public.t
