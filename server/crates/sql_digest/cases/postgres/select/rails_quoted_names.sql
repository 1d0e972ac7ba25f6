SELECT "users".* FROM "users" WHERE "users"."email" = 'a@b.c' LIMIT 1
=== normal form
select users.* from users where users.email = ? limit ?
=== tables
users
