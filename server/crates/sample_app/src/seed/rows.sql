-- What stands in braces (seed, row counts) is filled in by the program. u(i, salt) is a number in [0, 1)
-- that depends on the seed, the row and the column only.
create function pg_temp.u(i bigint, salt int) returns double precision language sql immutable as
$$ select (hashint8extended(i, {seed} * 1000 + salt) & 9007199254740991)::double precision / 9007199254740992.0 $$;

create function pg_temp.pick(words text[], i bigint, salt int) returns text language sql immutable as
$$ select words[1 + floor(pg_temp.u(i, salt) * cardinality(words))::int] $$;

create temp table words as select
    '{Silent,Crimson,Hidden,Last,Broken,Golden,Distant,Winter,Paper,Salt,Glass,Iron,Wandering,Quiet,Burning,Second,Hollow,Northern,Careful,Forgotten,Patient,Bright,Drowned,Ordinary}'::text[] as adjectives,
    '{River,Garden,Library,Clockmaker,Harbour,Orchard,Letter,Bridge,Compass,Daughter,Lighthouse,Engine,Map,Winter,Cartographer,Violin,Tower,Island,Apprentice,Machine,Window,Mountain,Stranger,Archive}'::text[] as nouns,
    '{Lisbon,Busan,the North,Ashes,Marrakesh,Two Rivers,the Moon,Oslo,Small Hours,Kyoto,Glasgow,the Sea,Valparaiso,Midnight,Tallinn,Jeju}'::text[] as places,
    '{fiction,history,science,travel,cooking,poetry,crime,children,computing,art,business,philosophy}'::text[] as categories,
    '{Ada,Bora,Chidi,Dana,Elif,Farah,Goran,Hana,Ivo,Jun,Kaya,Lena,Minho,Nadia,Omar,Priya,Rosa,Seo,Tariq,Yara}'::text[] as first_names,
    '{Abe,Berg,Castro,Diallo,Eriksen,Fischer,Garcia,Haddad,Ito,Jensen,Kim,Lopez,Moreau,Novak,Okafor,Park,Rossi,Silva,Tanaka,Weber}'::text[] as last_names,
    '{Seoul,Berlin,Lagos,Lima,Osaka,Porto,Turin,Leeds,Accra,Quito,Ghent,Perth,Busan,Lyon,Krakow,Boston}'::text[] as cities;

insert into tenants select i, 'Branch ' || i from generate_series(1, 24) i;

insert into authors
select i, pg_temp.pick(first_names, i, 1) || ' ' || pg_temp.pick(last_names, i, 2), pg_temp.pick(cities, i, 3)
from generate_series(1, {authors}) i, words;

insert into books
select i, 1 + floor(pg_temp.u(i, 10) * {authors})::int, pg_temp.pick(categories, i, 11),
    'The ' || pg_temp.pick(adjectives, i, 12) || ' ' || pg_temp.pick(nouns, i, 13)
        || case when pg_temp.u(i, 14) < 0.6 then ' of ' || pg_temp.pick(places, i, 15) else '' end
        || case when pg_temp.u(i, 14) > 0.9 then ', volume ' || (1 + i % 7) else '' end,
    'A ' || lower(pg_temp.pick(adjectives, i, 16)) || ' story about a ' || lower(pg_temp.pick(nouns, i, 17))
        || ' and a ' || lower(pg_temp.pick(adjectives, i, 18)) || ' ' || lower(pg_temp.pick(nouns, i, 19))
        || ' near ' || pg_temp.pick(places, i, 20) || '. Readers of ' || pg_temp.pick(categories, i, 21)
        || ' will find a ' || lower(pg_temp.pick(adjectives, i, 22)) || ' companion in its ' || (80 + floor(pg_temp.u(i, 23) * 700))
        || ' pages.',
    500 + 10 * floor(pg_temp.u(i, 24) * 450)::int, date '1990-01-01' + floor(pg_temp.u(i, 25) * 13000)::int
from generate_series(1, {books}) i, words;

insert into inventory (book_id, stock) select i, 20 + floor(pg_temp.u(i, 30) * 500)::int from generate_series(1, {books}) i;

insert into customers
select i, 1 + floor(pow(pg_temp.u(i, 40), 2) * 24)::int,
    pg_temp.pick(first_names, i, 41) || ' ' || pg_temp.pick(last_names, i, 42), 'reader' || i || '@example.com',
    pg_temp.pick(cities, i, 43)
from generate_series(1, {customers}) i, words;

insert into order_lines
select i, line_no, 1 + floor(pow(pg_temp.u(i * 8 + line_no, 60), 3) * {books})::int,
    1 + floor(pow(pg_temp.u(i * 8 + line_no, 61), 4) * 3)::int, 500 + 10 * floor(pg_temp.u(i * 8 + line_no, 62) * 450)::int
from generate_series(1, {orders}) i, generate_series(1, 4) line_no
where line_no <= 1 + floor(pow(pg_temp.u(i, 63), 2) * 4);

insert into orders (id, customer_id, tenant_id, status, total_cents, created_at)
select i, c.id, c.tenant_id,
    case when i > {orders} * 0.98 then 'open' when pg_temp.u(i, 51) < 0.04 then 'returned' else 'shipped' end, t.total_cents,
    now() - interval '400 days' * (1 - i::double precision / {orders}) - interval '1 hour' * pg_temp.u(i, 52)
from (select i, 1 + floor(pow(pg_temp.u(i, 50), 1.5) * {customers})::int as customer from generate_series(1, {orders}) i) o
join customers c on c.id = o.customer
join (select order_id, sum(quantity * price_cents)::int as total_cents from order_lines group by 1) t on t.order_id = i;

insert into reviews
select i, 1 + floor(pow(pg_temp.u(i, 70), 3) * {books})::int, 1 + floor(pg_temp.u(i, 71) * {customers})::int,
    1 + floor(sqrt(pg_temp.u(i, 72)) * 5)::int,
    'I found it ' || lower(pg_temp.pick(adjectives, i, 73)) || ', as ' || lower(pg_temp.pick(adjectives, i, 74)) || ' as a '
        || lower(pg_temp.pick(nouns, i, 75)) || '.',
    now() - interval '900 days' * pg_temp.u(i, 76)
from generate_series(1, {reviews}) i, words;

insert into visits (customer_id, book_id, user_agent, visited_at)
select 1 + floor(pow(pg_temp.u(i, 80), 1.5) * {customers})::int, 1 + floor(pow(pg_temp.u(i, 81), 3) * {books})::int,
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || (100 + i % 40) || '.0.0.0 Safari/537.36',
    now() - interval '30 days' * (1 - i::double precision / {visits})
from generate_series(1, {visits}) i;
