//! Places where values hide, one statement each, whole and cut at every byte. A value holds `7531` or
//! `zqx`, which stand nowhere else.

use sql_digest::{digest, format, masked};
use units::Engine::{self, MariaDb, MySql, Oracle, Postgres, SqlServer};

const STATEMENTS: [(Engine, &str); 74] = [
    (Postgres, "select 7531abc, 7531e, 0x7531, 7_531_7531, 7531.7531e-7531, .7531, 7531., 1.7531.7531"),
    (Postgres, "select a7::int+7531, $1, $7531, :b, -7531 - +7531 from t where(a=7531)and b=-7531"),
    (Postgres, "select '\\', 'zqx', E'\\\\', 'zqx', E'\\'zqx', E'zqx''zqx\\'zqx', e'\\\\\\'zqx'"),
    (Postgres, "select E'a'\n  'b\\'zqx', E'a' -- zqx\n 'zqx', 'a'\n'zqx'"),
    (Postgres, "select U&'zqx' UESCAPE '!', u&'!zqx''' uescape '!', U&\"name\", N'zqx', b'zqx', X'7531'"),
    (Postgres, "select $$zqx$$, $a$zqx $$ zqx $b$ zqx$a$, $é$zqx$é$, $a1$zqx$a1$ from t"),
    (Postgres, "do $body$ begin execute 'zqx'; raise notice 'zqx %', 7531; end $body$ language plpgsql"),
    (Postgres, "create function f() returns int as $f$ select 7531 -- zqx\n $f$ language sql; select 7531"),
    (Postgres, "create role r login password 'zqx' valid until 'zqx'; alter role r password 'zqx'"),
    (Postgres, "alter user r with encrypted password 'SCRAM-SHA-256$7531:zqx'"),
    (Postgres, "create subscription s connection 'host=zqx password=zqx' publication p"),
    (Postgres, "create user mapping for u server s options (user 'zqx', password 'zqx')"),
    (Postgres, "copy t (a, b) from stdin;\n7531\tzqx\n'zqx\n\\N\tzqx\n\\.\nselect 7531"),
    (Postgres, "COPY t FROM STDIN WITH (FORMAT csv);\r\nzqx,7531\r\n\"zqx\"\r\n"),
    (Postgres, "copy t from '/zqx/7531.csv' with (format csv, null 'zqx')"),
    (Postgres, "select a->'zqx'->>'zqx', a #>> '{zqx,7531}', a @? '$.zqx[7531]', a ? 'zqx', a ?| array['zqx']"),
    (Postgres, "select jsonb_path_query(a, '$.zqx ? (@ > 7531)'), a['zqx'], a[7531:7531], a[:7531], a[7531 :7531]"),
    (Postgres, "select interval '7531' day, date'zqx', timestamp with time zone 'zqx', '7531'::int, cast('zqx' as t)"),
    (Postgres, "select * from t where a in (7531, 'zqx', -7531, null) or a = any('{zqx,7531}') or a like '%zqx%'"),
    (Postgres, "insert into t values (7531, 'zqx'), (7531, E'\\x7531'), (default, array[7531, 7531])"),
    (Postgres, "select a\u{a0}=\u{a0}7531 from t limit\u{a0}7531 offset\u{3000}7531 /* zqx /* zqx */ 7531 */ -- zqx"),
    (Postgres, "select 1e7531, 7531e7531, 0b1, 0o7531 from t where a=7531--zqx\nand b=7531"),
    (Postgres, "set app.name to 'zqx'; set statement_timeout = 7531; set local x = -7531; set time zone 7531"),
    (Postgres, "prepare p(int) as select $1 + 7531; execute p(7531, 'zqx'); deallocate p"),
    (Postgres, "create table t (a varchar(7531) default 'zqx', b int default 7531 check (b > 7531))"),
    (Postgres, "comment on table t is 'zqx'; notify c, 'zqx'; select 'a' 'zqx', 'a'/**/'zqx'"),
    (Postgres, "listen c; security label on table t is 'zqx'; create type e as enum ('zqx', 'zqx')"),
    (Postgres, "create table p partition of t for values from ('zqx') to (7531); lock t"),
    (Postgres, "select \"a\"\"b\", \"7\" from \"t\" where \"a\"='zqx'and\"b\"=7531or\"c\"=7531"),
    (Postgres, "select '{\"a\": \"zqx\\u7531\"}'::jsonb, xmlelement(name a, 'zqx'), 'zqx'::\"char\" collate \"C\""),
    (MySql, "select \"zqx\", 'zqx', \"it''s zqx\", 'a\\'zqx', \"a\\\"zqx\", 'a''zqx', \"a\"\"zqx\", `a``b` from t"),
    (MySql, "select _utf8mb4'zqx', _binary \"zqx\", N'zqx', n'zqx', x'7531', 0x7531, b'1', _latin1 X'7531', \\N"),
    (MySql, "select date '7531', timestamp\"zqx\", {d '7531'}, {ts \"zqx\"}, interval 7531 day, interval '7531' hour"),
    (MySql, "select 7531e7531abc, 7531.7531, .7531, 1e-7531, -7531, a-7531, a*-7531, t.a=7531, 7531.e"),
    (MySql, "select /*! 7531 */ /*!50001 'zqx', */ /*M!100100 7531 */ a from t # zqx\nwhere a = 7531 -- zqx\n"),
    (MySql, "/*!99999 it's zqx */ select 'zqx' /*M!999999\\- it's zqx */, 'zqx'"),
    (MySql, "create user 'zqx'@'zqx' identified by 'zqx'; set password for 'a'@'%' = 'zqx'"),
    (
        MySql,
        "alter user a identified with mysql_native_password by 'zqx' replace 'zqx'; set password = password('zqx')",
    ),
    (MySql, "grant all on *.* to a@localhost identified by 'zqx'; grant all on t to a identified by password '*zqx'"),
    (MySql, "change master to master_host='zqx', master_password='zqx', master_log_pos=7531"),
    (MySql, "load data infile '/zqx' into table t fields terminated by 'zqx' enclosed by '\"' lines starting by 'zqx'"),
    (MySql, "select a->'$.zqx', a->>\"$.zqx[7531]\", json_extract(a, '$.zqx') from t where a <=> 7531 limit 7531,7531"),
    (MySql, "set @a = 7531, @b := 'zqx', names 'zqx', session sql_mode = 'zqx'; select @a, @@global.x, @'b'"),
    (MySql, "insert into t set a = 7531, b = \"zqx\" on duplicate key update a = values(a) + 7531"),
    (MySql, "insert into t values row(7531, 'zqx'), row(7531, \"zqx\"); do sleep(7531); kill query 7531"),
    (MySql, "create table t (a enum('zqx', \"zqx\") default 'zqx' comment 'zqx') comment='zqx' auto_increment=7531"),
    (MySql, "select 'a' 'zqx' \"zqx\", a'zqx', a\"zqx\" from t where a=7531 and b=7531 or`c`=7531"),
    (MySql, "prepare s from 'select zqx'; execute s using @a; signal sqlstate '75310' set message_text = 'zqx'"),
    (MariaDb, "select * from t for system_time as of timestamp'zqx' where a in (7531) and b regexp 'zqx'"),
    (MariaDb, "execute immediate 'select zqx' using 7531; set statement max_statement_time=7531 for select 7531"),
    (Oracle, "select q'[it's zqx]', Q'{zqx'}', nq'<zqx'>', q'(zqx')', q'!zqx'!', q'éit's zqxé', 'it''s zqx' from dual"),
    (Oracle, "select 7531f, 7531.7531D, 7531e7531d, n'zqx', N'zqx', date '7531', timestamp 'zqx +07531' from dual"),
    (Oracle, "create user scott identified by zqx7531 default tablespace users quota 7531M on users"),
    (Oracle, "alter user scott identified by \"zqx\"\"zqx\" replace zqx; alter user a identified  /* x */ by  zqx#$_"),
    (Oracle, "alter user scott identified by values 'S:7531;zqx'; grant connect to a identified by zqx"),
    (Oracle, "create database link l connect to scott identified by zqx using '(HOST=zqx)(PORT=7531)'"),
    (Oracle, "set role r identified by zqx, s identified by 7531zqx; alter session set nls_date_format = 'zqx'"),
    (Oracle, "begin execute immediate 'alter user x identified by zqx'; dbms_output.put_line('zqx' || 7531); end;"),
    (Oracle, "select /*+ index(t zqx) opt_param('zqx', 7531) */ a from t where rownum <= 7531 and b = :1 and c = :zq"),
    (
        Oracle,
        "select * from t as of timestamp to_timestamp('zqx') where a = interval '7531' year(4) and b like 'zqx' escape '\\'",
    ),
    (
        Oracle,
        "merge into t using (select 7531 a, 'zqx' b from dual) s on (t.a = s.a) when matched then update set b = 'zqx'",
    ),
    (Oracle, "insert all into t values (7531, 'zqx') into u values ('zqx') select 7531 from dual"),
    (Oracle, "call p(a => 7531, b => 'zqx'); exec p('zqx'); select json_value(a, '$.zqx') from t sample (7531)"),
    (SqlServer, "select N'zqx', 'it''s zqx', [a]]b], \"n\", 0x7531, $7531.7531, £7531.7531, €7531, -$7531, ¥.7531"),
    (SqlServer, "select 7531e, 7531.e7531, 1e-7531, {d '7531'}, {ts 'zqx'}, {guid 'zqx'}, top (7531), @a, @@x from #t"),
    (
        SqlServer,
        "create login l with password = 'zqx' must_change, sid = 0x7531; alter login l with password = N'zqx' old_password = 'zqx'",
    ),
    (
        SqlServer,
        "exec sp_executesql N'select zqx where a = @p', N'@p int', @p = 7531; exec p 7531, 'zqx', @a = N'zqx' output",
    ),
    (
        SqlServer,
        "(@P1 int,@P2 nvarchar(7531))select a from t where b = @P1 and c = 7531 and d = N'zqx' option (maxdop 7531)",
    ),
    (SqlServer, "select * from openrowset('SQLNCLI', 'Server=zqx;Pwd=zqx', 'select zqx'); waitfor delay '00:00:7531'"),
    (
        SqlServer,
        "declare @a int = 7531, @b nvarchar(7531) = N'zqx'; set @a += 7531; print 'zqx'; raiserror('zqx', 16, 7531)",
    ),
    (
        SqlServer,
        "open symmetric key k decryption by password = 'zqx'; backup database d to disk = 'zqx' with password = 'zqx'",
    ),
    (
        SqlServer,
        "create credential c with identity = 'zqx', secret = 'zqx'; exec sp_addlinkedsrvlogin @rmtpassword='zqx'",
    ),
    (
        SqlServer,
        "insert t(a) output inserted.a values(7531),(N'zqx')\u{a0};select\u{a0}7531;/* zqx /* zqx */ zqx */--zqx",
    ),
    (SqlServer, "select * from t where a=7531and b in(7531,-7531)or c like'zqx%'escape'\\'and d=7531.and e=.7531"),
];

fn shown(text: &[u8], engine: Engine) -> String {
    let found = digest(text, engine);
    let readable = sql_digest::readable(text);
    let spans: String = format(&readable, engine).into_iter().map(|span| span.text).collect();
    let kept = serde_json::to_string(&found).unwrap().replace(&found.id.to_string(), "");
    kept + &masked(&readable, engine) + &spans
}

#[test]
fn no_value_survives_where_it_hides() {
    let mut leaks = Vec::new();
    for (engine, text) in STATEMENTS {
        let leak = (0..=text.len()).find_map(|end| {
            let shown = shown(&text.as_bytes()[..end], engine);
            let is_leaked = shown.contains("753") || shown.contains("zqx");
            is_leaked.then(|| format!("{engine}: {}: {shown}", String::from_utf8_lossy(&text.as_bytes()[..end])))
        });
        leaks.extend(leak);
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n\n"));
}

#[test]
fn normal_forms_of_them_are_stable() {
    for (engine, text) in STATEMENTS {
        let found = digest(text.as_bytes(), engine);
        let again = digest(found.normal_form.as_bytes(), engine);
        assert_eq!(again.normal_form, found.normal_form, "{engine}: {text}");
    }
}
