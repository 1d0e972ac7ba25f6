WITH gone AS (DELETE FROM queue WHERE id < 10 RETURNING *) INSERT INTO log SELECT * FROM gone
=== normal form
with gone as (delete from queue where id < ? returning *) insert into log select * from gone
=== tables
*queue *log
