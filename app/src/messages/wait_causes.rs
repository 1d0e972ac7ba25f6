//! What sessions that wait for an event are doing, in plain words, with what to look at next. Kept
//! offline; the page of AWS on the event is linked where there is one. Said by the server only.

use units::{Engine, WaitClass};

use super::Message;

/// A cause, and the page of AWS that says more.
#[derive(Clone, Copy, Debug)]
pub struct WaitCause {
    /// What happens, and what to look at.
    pub words: Message,
    /// Address of the page; `None` where AWS has none on this event.
    pub page: Option<&'static str>,
}

/// Where AWS explains waits of RDS for PostgreSQL.
const POSTGRES_PAGES: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/";
/// Where AWS explains waits of MySQL engines: only Aurora's are.
const MYSQL_PAGES: &str = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/";

/// The cause behind a wait event as Performance Insights names it. An event without words of its own
/// gets those of its class.
#[must_use]
pub fn wait_cause(event: &str, engine: Engine) -> (WaitCause, Option<String>) {
    let is_mysql = matches!(engine, Engine::MySql | Engine::MariaDb);
    let name = event.to_ascii_lowercase();
    let known =
        if is_mysql { mysql(name.strip_prefix("wait/").unwrap_or(&name)) } else { postgres(&name.replace('_', "")) };
    let cause = known.unwrap_or_else(|| WaitCause { words: of_class(WaitClass::of_event(event, engine)), page: None });
    let base = if is_mysql { MYSQL_PAGES } else { POSTGRES_PAGES };
    (cause, cause.page.map(|page| format!("{base}{page}.html")))
}

const fn some(words: Message, page: &'static str) -> Option<WaitCause> {
    Some(WaitCause { words, page: Some(page) })
}

const fn plain(words: Message) -> Option<WaitCause> {
    Some(WaitCause { words, page: None })
}

/// Events of PostgreSQL: <https://www.postgresql.org/docs/current/monitoring-stats.html#WAIT-EVENT-TABLE>;
/// lower case, without underscores, since versions spell them differently.
fn postgres(name: &str) -> Option<WaitCause> {
    match name {
        "cpu" => some(CPU, "wait-event.cpu"),
        "client:clientread" => some(CLIENT_READ, "wait-event.clientread"),
        "client:clientwrite" => some(CLIENT_WRITE, "wait-event.clientwrite"),
        "io:datafileread" | "io:datafileprefetch" => some(DATA_FILE_READ, "wait-event.iodatafileread"),
        "io:datafilewrite" | "io:datafileextend" | "io:datafileflush" | "io:datafilesync" => plain(DATA_FILE_WRITE),
        "io:buffileread" | "io:buffilewrite" => some(BUF_FILE, "wait-event.iobuffile"),
        "io:walwrite" | "io:walsync" | "io:walinitwrite" | "io:walinitsync" => some(WAL_WRITE, "wait-event.iowalwrite"),
        "io:xactsync" => plain(WAL_WRITE),
        "io:slruread" | "io:slruwrite" | "io:slrusync" => plain(SLRU),
        "lock:transactionid" => some(LOCK_TRANSACTION, "wait-event.locktransactionid"),
        "lock:tuple" => some(LOCK_TUPLE, "wait-event.locktuple"),
        "lock:relation" => some(LOCK_RELATION, "wait-event.lockrelation"),
        "lock:extend" => some(LOCK_EXTEND, "wait-event.lockextend"),
        "lock:advisory" => some(LOCK_ADVISORY, "wait-event.lockadvisory"),
        "lock:virtualxid" | "lock:spectoken" | "lock:speculativetoken" => plain(LOCK_VIRTUAL),
        "lock:object" | "lock:frozenid" | "lock:page" => plain(LOCK_OBJECT),
        "lwlock:walwrite" => some(WAL_WRITE, "wait-event.iowalwrite"),
        "lwlock:walinsert" => plain(WAL_INSERT),
        "lwlock:buffercontent" => some(BUFFER_CONTENT, "wait-event.lwlockbuffercontent"),
        "lwlock:buffermapping" => some(BUFFER_MAPPING, "wait-event.lwl-buffer-mapping"),
        "lwlock:bufferio" | "ipc:bufferio" => some(BUFFER_IO, "wait-event.lwlockbufferio"),
        "lwlock:lockmanager" => some(LOCK_MANAGER, "wait-event.lw-lock-manager"),
        "lwlock:pgstatstatements" => some(STAT_STATEMENTS, "apg-rpg-lwlockpgstat"),
        "lwlock:subtransslru" | "lwlock:subtransbuffer" | "lwlock:subtranscontrollock" => {
            some(SUBTRANS, "wait-event.lwlocksubtransslru")
        }
        "lwlock:multixactoffsetslru" | "lwlock:multixactmemberslru" | "lwlock:multixactgen" => plain(MULTIXACT),
        "lwlock:procarray" => plain(PROC_ARRAY),
        "ipc:procarraygroupupdate" => some(PROC_ARRAY, "apg-rpg-ipcprocarraygroup"),
        "ipc:bgworkershutdown"
        | "ipc:bgworkerstartup"
        | "ipc:executegather"
        | "ipc:parallelfinish"
        | "ipc:messagequeuesend"
        | "ipc:messagequeuereceive"
        | "ipc:hashbuildhashinner"
        | "ipc:paralleloperation" => some(PARALLEL, "rpg-ipc-parallel"),
        "ipc:syncrep" => plain(SYNC_REP),
        "timeout:pgsleep" => some(PG_SLEEP, "wait-event.timeoutpgsleep"),
        "timeout:vacuumdelay" => some(VACUUM_DELAY, "wait-event.timeoutvacuumdelay"),
        "timeout:spindelay" => plain(SPIN_DELAY),
        "bufferpin" | "bufferpin:bufferpin" => plain(BUFFER_PIN),
        "extension:extension" => plain(EXTENSION),
        _ => None,
    }
}

/// Instruments of `performance_schema`, without `wait/`.
fn mysql(path: &str) -> Option<WaitCause> {
    match path {
        "cpu" => some(CPU, "ams-waits.cpu"),
        "io/table/sql/handler" => some(HANDLER, "ams-waits.waitio"),
        "lock/table/sql/handler" => plain(MYSQL_TABLE_LOCK),
        "io/socket/sql/client_connection" => some(MYSQL_CLIENT, "ams-waits.client-connection"),
        "io/file/innodb/innodb_data_file" => plain(DATA_FILE_READ),
        "io/file/innodb/innodb_log_file" => plain(REDO_LOG),
        "io/redo_log_flush" => some(REDO_LOG, "ams-waits.io-redologflush"),
        "io/aurora_redo_log_flush" => some(REDO_LOG, "ams-waits.io-auredologflush"),
        "io/aurora_respond_to_client" => some(CLIENT_WRITE, "ams-waits.respond-to-client"),
        "io/file/sql/binlog" | "io/file/sql/binlog_index" => plain(BINLOG),
        "io/file/sql/slow_log" | "io/file/sql/query_log" | "io/file/csv/data" => plain(MYSQL_LOG),
        "synch/cond/innodb/row_lock_wait" => some(ROW_LOCK, "ams-waits.row-lock-wait"),
        "synch/cond/innodb/row_lock_wait_cond" => some(ROW_LOCK, "ams-waits.row-lock-wait-cond"),
        "synch/mutex/innodb/aurora_lock_thread_slot_futex" => some(ROW_LOCK, "ams-waits.waitsynch"),
        "lock/metadata/sql/mdl" => plain(METADATA_LOCK),
        "synch/cond/sql/mdl_context::cond_wait_status" => some(METADATA_LOCK, "ams-waits.cond-wait-status"),
        "synch/mutex/innodb/buf_pool_mutex" | "synch/sxlock/innodb/hash_table_locks" => plain(BUFFER_POOL),
        "synch/mutex/innodb/trx_sys_mutex"
        | "synch/mutex/innodb/trx_mutex"
        | "synch/mutex/innodb/lock_mutex"
        | "synch/rwlock/innodb/lock_latch" => plain(TRX_SYS),
        "synch/mutex/innodb/fil_system_mutex" => plain(FIL_SYSTEM),
        "synch/sxlock/innodb/btr_search_latch" | "synch/rwlock/innodb/btr_search_latch" => plain(ADAPTIVE_HASH),
        "synch/sxlock/innodb/index_tree_rw_lock" | "synch/rwlock/innodb/index_tree_rw_lock" => plain(INDEX_TREE),
        "synch/mutex/sql/lock_log"
        | "synch/cond/sql/cond_group_commit_orderer"
        | "synch/mutex/sql/mysql_bin_log::lock_log" => plain(BINLOG),
        "synch/mutex/sql/lock_table_cache" | "synch/mutex/sql/lock_open" => plain(TABLE_CACHE),
        "idle" => plain(CLIENT_READ),
        _ => None,
    }
}

const fn of_class(class: WaitClass) -> Message {
    match class {
        WaitClass::Cpu => CPU,
        WaitClass::Io => ANY_IO,
        WaitClass::Client => ANY_CLIENT,
        WaitClass::LwLock => ANY_LWLOCK,
        WaitClass::Ipc => ANY_IPC,
        WaitClass::Lock => ANY_LOCK,
        WaitClass::Activity => ANY_ACTIVITY,
        WaitClass::Timeout => ANY_TIMEOUT,
        WaitClass::BufferPin => BUFFER_PIN,
        WaitClass::Extension => EXTENSION,
    }
}

messages! {
    CPU: "Running, or ready to run with no wait reported. Above the vCPU line sessions queue for a processor: look for scans, sorts and joins that read far more rows than they return.", "실행 중이거나 보고된 대기 없이 실행 가능한 상태입니다. vCPU 선을 넘으면 프로세서를 기다립니다. 반환하는 행보다 훨씬 많이 읽는 스캔, 정렬, 조인을 찾으십시오.";
    CLIENT_READ: "The database waits for the client to send the next command inside a transaction. The application is busy, far away, or short of CPU; locks are held meanwhile.", "트랜잭션 안에서 클라이언트의 다음 명령을 기다립니다. 애플리케이션이 바쁘거나, 멀거나, CPU가 부족하며 그동안 잠금이 유지됩니다.";
    CLIENT_WRITE: "The database waits for the client to take the result: the result is large, the network is full, or the client reads slowly.", "클라이언트가 결과를 가져가기를 기다립니다. 결과가 크거나, 네트워크가 가득 찼거나, 클라이언트가 느리게 읽습니다.";
    DATA_FILE_READ: "Pages are read from storage because they are not in memory: a scan without a fitting index, a table that grew, or too little shared memory for the data in use.", "메모리에 없는 페이지를 저장소에서 읽습니다. 맞는 인덱스 없는 스캔, 커진 테이블, 사용하는 데이터에 비해 부족한 공유 메모리가 원인입니다.";
    DATA_FILE_WRITE: "A session writes or extends data files itself: bulk loads, new pages, or a checkpoint that cannot keep up.", "세션이 직접 데이터 파일을 쓰거나 늘립니다. 대량 적재, 새 페이지, 따라가지 못하는 체크포인트가 원인입니다.";
    BUF_FILE: "A sort, hash or intermediate result does not fit into work_mem and goes to temporary files.", "정렬, 해시, 중간 결과가 work_mem에 들어가지 않아 임시 파일에 씁니다.";
    WAL_WRITE: "Commits wait for the write-ahead log to reach storage: many small transactions, or storage near its limit. Commit less often, in larger batches.", "커밋이 WAL의 저장을 기다립니다. 작은 트랜잭션이 많거나 저장소가 한계에 가깝습니다. 더 크게 묶어 덜 자주 커밋하십시오.";
    WAL_INSERT: "Sessions compete for places in the buffer of the write-ahead log: many writers at once, or full-page writes after a checkpoint.", "WAL 버퍼의 자리를 두고 경쟁합니다. 동시에 쓰는 세션이 많거나 체크포인트 직후의 전체 페이지 쓰기입니다.";
    SLRU: "Small caches of transaction states are read from or written to disk: very old transactions, many subtransactions or many row lockers.", "트랜잭션 상태의 작은 캐시를 디스크에서 읽거나 씁니다. 매우 오래된 트랜잭션, 많은 하위 트랜잭션, 많은 행 잠금이 원인입니다.";
    LOCK_TRANSACTION: "The statement waits for another transaction to end because both change the same row. Find the blocker: often a transaction left open while the application does something else.", "같은 행을 바꾸는 다른 트랜잭션이 끝나기를 기다립니다. 차단하는 세션을 찾으십시오. 애플리케이션이 다른 일을 하는 동안 열어 둔 트랜잭션인 경우가 많습니다.";
    LOCK_TUPLE: "Several sessions queue for one row that another transaction holds: a hot row such as a counter or stock. Shorten the transaction, or spread the row.", "다른 트랜잭션이 가진 한 행에 여러 세션이 줄을 섭니다. 카운터나 재고 같은 인기 행입니다. 트랜잭션을 짧게 하거나 행을 나누십시오.";
    LOCK_RELATION: "The table is locked by DDL, LOCK TABLE, VACUUM FULL or a maintenance command, or the statement itself needs a strong lock and waits for all readers.", "DDL, LOCK TABLE, VACUUM FULL, 유지 관리 명령이 테이블을 잠갔거나, 구문 자체가 강한 잠금이 필요해 모든 읽기를 기다립니다.";
    LOCK_EXTEND: "Sessions queue to add pages to the same table or index: many concurrent inserts. Partitioning or batches help.", "같은 테이블이나 인덱스에 페이지를 추가하려고 줄을 섭니다. 동시 INSERT가 많습니다. 파티션이나 묶음 처리가 도움이 됩니다.";
    LOCK_ADVISORY: "The application itself takes this lock (pg_advisory_lock): its own critical section is held too long.", "애플리케이션이 직접 잡는 잠금(pg_advisory_lock)입니다. 자체 임계 구역을 너무 오래 잡고 있습니다.";
    LOCK_VIRTUAL: "The session waits for another transaction to finish, as CREATE INDEX CONCURRENTLY does, or for a speculative insert.", "CREATE INDEX CONCURRENTLY처럼 다른 트랜잭션이 끝나거나 추측 삽입이 끝나기를 기다립니다.";
    LOCK_OBJECT: "A lock on something other than a table or row: a type, a schema, a page. Concurrent DDL is the usual cause.", "테이블이나 행이 아닌 타입, 스키마, 페이지에 대한 잠금입니다. 동시 DDL이 흔한 원인입니다.";
    BUFFER_CONTENT: "Sessions read and change the same page in memory: a hot page, often the right end of an index on a rising key, or foreign-key checks on one parent row.", "같은 메모리 페이지를 읽고 바꿉니다. 증가하는 키 인덱스의 오른쪽 끝이나 한 부모 행의 외래 키 검사 같은 인기 페이지입니다.";
    BUFFER_MAPPING: "Pages are brought into and dropped from memory all the time: the data in use does not fit. Look for large scans.", "페이지가 계속 메모리에 들어오고 나갑니다. 사용하는 데이터가 들어가지 않습니다. 큰 스캔을 찾으십시오.";
    BUFFER_IO: "Several sessions wait for the same page while one of them reads it from storage.", "한 세션이 저장소에서 읽는 동안 여러 세션이 같은 페이지를 기다립니다.";
    LOCK_MANAGER: "Too many locks are taken and released: many partitions or indexes touched by a statement, with many sessions at once. Prune partitions, drop unused indexes.", "잠금을 너무 많이 잡고 놓습니다. 한 구문이 건드리는 파티션이나 인덱스가 많고 세션도 많습니다. 파티션을 줄여 읽고 쓰지 않는 인덱스를 없애십시오.";
    STAT_STATEMENTS: "The table of pg_stat_statements is full and evicts entries: too many different texts, or pg_stat_statements.max too small.", "pg_stat_statements 표가 가득 차 항목을 내보냅니다. 서로 다른 텍스트가 너무 많거나 pg_stat_statements.max가 작습니다.";
    SUBTRANS: "Subtransactions overflow their cache: many SAVEPOINTs or exception blocks under one long transaction.", "하위 트랜잭션이 캐시를 넘칩니다. 긴 트랜잭션 아래 SAVEPOINT나 예외 블록이 많습니다.";
    MULTIXACT: "Many transactions lock the same rows in share mode, for example by foreign keys to one parent.", "한 부모에 대한 외래 키처럼 여러 트랜잭션이 같은 행을 공유 모드로 잠급니다.";
    PROC_ARRAY: "Sessions queue to publish the end of their transactions or to take snapshots: very many short transactions or connections.", "트랜잭션 종료를 알리거나 스냅샷을 얻으려고 줄을 섭니다. 짧은 트랜잭션이나 연결이 매우 많습니다.";
    PARALLEL: "A parallel statement waits for its workers or for their results. Many of them at once take workers from each other.", "병렬 구문이 워커나 그 결과를 기다립니다. 동시에 많으면 서로 워커를 빼앗습니다.";
    SYNC_REP: "Commits wait for a synchronous replica to confirm: it is slow, far away, or gone.", "커밋이 동기 복제본의 확인을 기다립니다. 복제본이 느리거나, 멀거나, 없습니다.";
    PG_SLEEP: "The statement sleeps on purpose: pg_sleep was called.", "구문이 의도적으로 잠듭니다: pg_sleep을 호출했습니다.";
    VACUUM_DELAY: "Vacuum pauses by its cost limit, as configured. It takes no resources meanwhile.", "VACUUM이 설정된 비용 한도에 따라 멈춥니다. 그동안 자원을 쓰지 않습니다.";
    SPIN_DELAY: "A very short internal lock is contended: many sessions on few processors.", "매우 짧은 내부 잠금이 경합합니다. 적은 프로세서에 세션이 많습니다.";
    BUFFER_PIN: "The session needs a page for itself while another keeps it pinned, often an open cursor against vacuum.", "다른 세션이 고정한 페이지를 혼자 써야 합니다. 흔히 열린 커서와 VACUUM이 부딪힙니다.";
    EXTENSION: "An extension waits for something it does not name further.", "확장이 이름을 더 밝히지 않은 것을 기다립니다.";
    HANDLER: "The storage engine works on rows: reads, index lookups, changes. Look for full scans and for rows examined far above rows sent.", "스토리지 엔진이 행을 읽고, 인덱스를 찾고, 바꿉니다. 전체 스캔과 보낸 행보다 훨씬 많은 검사 행을 찾으십시오.";
    MYSQL_TABLE_LOCK: "The session waits for a table lock of the server: LOCK TABLES, or a table without row locks.", "서버의 테이블 잠금을 기다립니다. LOCK TABLES이거나 행 잠금이 없는 테이블입니다.";
    MYSQL_CLIENT: "The server accepts connections or exchanges data with clients: connection storms, or clients that read slowly. A pool helps.", "서버가 연결을 받거나 클라이언트와 데이터를 주고받습니다. 연결 폭주나 느린 클라이언트가 원인이며 연결 풀이 도움이 됩니다.";
    REDO_LOG: "Commits wait for the redo log to reach storage: many small transactions, or storage near its limit.", "커밋이 redo 로그의 저장을 기다립니다. 작은 트랜잭션이 많거나 저장소가 한계에 가깝습니다.";
    BINLOG: "Commits wait for the binary log: sync_binlog = 1 with many small transactions, or large transactions in front.", "커밋이 바이너리 로그를 기다립니다. 작은 트랜잭션이 많은 sync_binlog = 1이거나 앞에 큰 트랜잭션이 있습니다.";
    MYSQL_LOG: "The general or slow query log is written for every statement, perhaps to a table. Switch it off or raise its limit.", "일반 로그나 느린 쿼리 로그를 구문마다 씁니다. 끄거나 기준을 높이십시오.";
    ROW_LOCK: "The statement waits for a row another transaction changed or locked. Find the blocker: often a transaction left open.", "다른 트랜잭션이 바꾸거나 잠근 행을 기다립니다. 차단하는 세션을 찾으십시오. 열어 둔 트랜잭션인 경우가 많습니다.";
    METADATA_LOCK: "The statement waits for the definition of a table: DDL waits for open transactions, and everybody after it waits for the DDL.", "테이블 정의를 기다립니다. DDL은 열린 트랜잭션을 기다리고, 그 뒤의 모두가 DDL을 기다립니다.";
    BUFFER_POOL: "Sessions compete for the lists of the buffer pool: the data in use does not fit, or very many pages are read at once.", "버퍼 풀의 목록을 두고 경쟁합니다. 사용하는 데이터가 들어가지 않거나 한꺼번에 많은 페이지를 읽습니다.";
    TRX_SYS: "The lists of transactions and locks are contended: very many short transactions, or many sessions waiting for rows.", "트랜잭션과 잠금 목록이 경합합니다. 짧은 트랜잭션이 매우 많거나 행을 기다리는 세션이 많습니다.";
    FIL_SYSTEM: "Sessions compete for open tablespace files: many tables, or too small innodb_open_files.", "열린 테이블스페이스 파일을 두고 경쟁합니다. 테이블이 많거나 innodb_open_files가 작습니다.";
    ADAPTIVE_HASH: "The adaptive hash index is contended. With many writers it may cost more than it saves.", "적응형 해시 인덱스가 경합합니다. 쓰는 세션이 많으면 이득보다 비용이 클 수 있습니다.";
    INDEX_TREE: "Sessions change the shape of one index at the same time: many inserts at its right end.", "한 인덱스의 구조를 동시에 바꿉니다. 오른쪽 끝에 INSERT가 많습니다.";
    TABLE_CACHE: "Tables are opened and closed all the time: table_open_cache is too small for the tables in use.", "테이블을 계속 열고 닫습니다. 사용하는 테이블에 비해 table_open_cache가 작습니다.";
    ANY_IO: "The session reads or writes files. Compare with the storage counters below the load chart.", "파일을 읽거나 씁니다. 부하 차트 아래 저장소 지표와 비교하십시오.";
    ANY_CLIENT: "The session waits for its client or the network.", "클라이언트나 네트워크를 기다립니다.";
    ANY_LWLOCK: "Sessions compete for a short internal lock on shared memory: too many of them do the same at once.", "공유 메모리의 짧은 내부 잠금을 두고 경쟁합니다. 같은 일을 동시에 하는 세션이 너무 많습니다.";
    ANY_IPC: "The session waits for another process of the server.", "서버의 다른 프로세스를 기다립니다.";
    ANY_LOCK: "The session waits for a lock another session holds.", "다른 세션이 가진 잠금을 기다립니다.";
    ANY_ACTIVITY: "A background process waits in its main loop: no load of the application.", "백그라운드 프로세스가 주 루프에서 기다립니다. 애플리케이션의 부하가 아닙니다.";
    ANY_TIMEOUT: "The session waits for a time to pass.", "시간이 지나기를 기다립니다.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_all_versions_find_the_same_cause() {
        for (old, new) in
            [("LWLock:buffer_content", "LWLock:BufferContent"), ("LWLock:lock_manager", "LWLock:LockManager")]
        {
            let page = |event| wait_cause(event, Engine::Postgres).1;
            assert!(page(old).is_some());
            assert_eq!(page(old), page(new));
        }
        let (cause, page) = wait_cause("Lock:somethingnew", Engine::Postgres);
        assert_eq!((cause.words, page), (ANY_LOCK, None));
        let (cause, _) = wait_cause("wait/synch/cond/innodb/row_lock_wait", Engine::MySql);
        assert_eq!(cause.words, ROW_LOCK);
    }
}
