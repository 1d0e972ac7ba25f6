//! The keywords the scanner has to know, and what each says about what may follow it.
//!
//! A word is looked up by 64 bits made of its lower-cased bytes: exact up to eight bytes, mixed with
//! the last eight beyond. The tables are built at compile time.

use crate::bytes::{keep, load8, lower};

/// What a token leaves behind for the next one. Flags of [`Prev`](crate::normal) and of keywords.
pub(crate) mod flag {
    /// A value stands here: a minus after it subtracts, a literal cannot follow.
    pub(crate) const OPERAND: u16 = 1;
    /// No space before the next token.
    pub(crate) const GLUE: u16 = 1 << 1;
    /// `(` follows without a space.
    pub(crate) const CALL: u16 = 1 << 2;
    /// `(` opens a list whose equal elements are one.
    pub(crate) const LIST: u16 = 1 << 3;
    /// `(` opens the first row of VALUES.
    pub(crate) const VALUES: u16 = 1 << 4;
    /// `[` opens an array constructor.
    pub(crate) const ARRAY: u16 = 1 << 5;
    /// NULL is a word here, as in `IS NULL` and `NOT NULL`.
    pub(crate) const KEEP_NULL: u16 = 1 << 6;
    /// TRUE and FALSE are words here, as in `IS TRUE`.
    pub(crate) const KEEP_BOOL: u16 = 1 << 7;
    /// The next word is a name, whatever it is.
    pub(crate) const NAME: u16 = 1 << 8;
    /// The token was the sign of what follows.
    pub(crate) const SIGN: u16 = 1 << 9;
    /// The token was a quoted string: one beside it continues it.
    pub(crate) const STRING: u16 = 1 << 10;
    /// The word needs a second look in the scanner.
    pub(crate) const SPECIAL: u16 = 1 << 11;
    /// The word is a keyword: folded everywhere, quoted when it is a name.
    pub(crate) const KEYWORD: u16 = 1 << 12;
    /// The word was ROW after VALUES or between its rows.
    pub(crate) const ROW: u16 = 1 << 13;
    /// The token was a word or a quoted name.
    pub(crate) const WORD: u16 = 1 << 14;
}

use flag::{ARRAY, CALL, KEEP_BOOL, KEEP_NULL, KEYWORD, LIST, OPERAND, SPECIAL, VALUES};

/// Keywords after which a literal may stand.
const BEFORE_VALUE: &str = "from where and or case when then else group order by having limit offset fetch \
     union intersect except minus all distinct on using join inner left right full outer cross natural \
     insert into update delete merge recursive returning return do begin if exists for over \
     partition window groups preceding following any some interval escape default div xor lateral \
     like ilike rlike regexp similar between asc desc collate create table alter drop grant analyze \
     call execute declare";

/// Reserved words that stand where a value stands: a quoted one is something else.
const VALUE_WORDS: &str = "end user current_user session_user current_role current_catalog current_schema \
     current_date current_time current_timestamp localtime localtimestamp \
     asymmetric symmetric authorization binary both leading trailing check column constraint \
     concurrently deferrable initially foreign primary references unique placing only overlaps \
     isnull notnull tablesample variadic verbose freeze to unknown";

/// MySQL and MariaDB keep the case of names, so more keywords must be known there to be folded.
const MYSQL_KEYWORDS: &str = "add after against aggregate algorithm auto_increment bigint bit blob bool boolean \
     btree cascade change char character charset checksum close coalesce columns comment commit committed \
     compressed concat condition connection consistent contains continue convert count cube current cursor \
     database databases date datetime day day_hour day_microsecond day_minute day_second deallocate dec \
     decimal definer delayed describe deterministic diagnostics directory disable discard distinctrow \
     double dual dumpfile duplicate dynamic each elseif enable enclosed engine engines enum errors escaped \
     event events every exchange exit expansion explain extended fields first fixed float flush force \
     found frac_second function general generated get global grants greatest handler hash help \
     high_priority hour hour_microsecond hour_minute hour_second identified ifnull ignore import index \
     infile insert_method int integer invoker io isolation iterate key key_block_size keys kill language \
     last leave least leaves length lines linear list load local lock locked logs long longblob longtext \
     loop low_priority master match max medium mediumblob mediumint mediumtext memory microsecond min minute \
     minute_microsecond minute_second mod mode modifies modify month names national nchar never next \
     no nowait now nullif numeric nvarchar offline open optimize optimizer_costs option optionally out outfile \
     owner pack_keys parser partitions password period plugins point precision prepare preserve prev \
     privileges procedure processlist purge quarter query quick range read reads read_write real rebuild \
     redundant release relay reload remove rename reorganize repair repeat repeatable replication require \
     reset resignal restrict returns reverse revoke rollback rollup routine row_count row_format rows \
     savepoint schedule schema schemas second second_microsecond security sensitive separator serializable \
     session share show signal signed skip slave slow smallint snapshot soname sounds spatial specific \
     sql sql_big_result sql_buffer_result sql_cache sql_calc_found_rows sql_no_cache sql_small_result \
     sqlexception sqlstate sqlwarning ssl start starting statement status stop storage stored straight_join \
     string subject sum super substring tables tablespace temporary temptable terminated text time \
     timestamp timestampadd timestampdiff tinyblob tinyint tinytext transaction trigger triggers truncate \
     type uncommitted undo unicode uninstall unlock unsigned until upgrade usage use user_resources utc_date \
     utc_time utc_timestamp value varbinary varchar varcharacter variables varying view virtual warnings \
     week weight_string work write x509 xa year year_month zerofill cast replace while \
     abs avg ceil ceiling concat_ws crc32 curdate curtime date_add date_format date_sub datediff \
     extract floor found_rows from_unixtime group_concat hex inet_aton inet_ntoa instr json_arrayagg \
     json_contains json_extract json_object json_objectagg json_unquote last_insert_id lcase locate lower lpad \
     ltrim md5 mid pow power rand rank row_number round rpad rtrim sha1 sha2 sleep std stddev str_to_date \
     strcmp substr substring_index sysdate trim ucase unhex unix_timestamp upper uuid variance version dense_rank \
     lag lead first_value last_value nth_value ntile cume_dist percent_rank recursive temporary charset unsigned";

/// Keywords that say more than that a literal may follow.
const SPECIAL_WORDS: [(&str, u16); 14] = [
    ("select", SPECIAL),
    ("with", SPECIAL),
    ("null", SPECIAL | OPERAND),
    ("true", SPECIAL | OPERAND),
    ("false", SPECIAL | OPERAND),
    ("not", SPECIAL | KEEP_NULL),
    ("row", SPECIAL | OPERAND | CALL),
    ("is", KEEP_NULL | KEEP_BOOL),
    ("as", KEEP_NULL | KEEP_BOOL),
    ("set", KEEP_NULL),
    ("in", LIST),
    ("values", VALUES),
    ("array", ARRAY | CALL),
    ("table", KEEP_NULL),
];

const SLOTS: usize = 2048;

pub(crate) struct Table {
    keys: [u64; SLOTS],
    flags: [u16; SLOTS],
}

const fn slot_of(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 53) as usize
}

/// The bits a word is looked up by; `first` are its first eight bytes in lower case.
#[inline(always)]
pub(crate) fn key_of(text: &[u8], end: usize, len: usize, first: u64) -> u64 {
    if len <= 8 { keep(first, len) } else { mix(first, lower(load8(text, end - 8)), len) }
}

const fn mix(first: u64, last: u64, len: usize) -> u64 {
    first ^ last.rotate_left(29) ^ ((len as u64) << 56)
}

const fn const_load(bytes: &[u8], from: usize, to: usize) -> u64 {
    let mut word = 0_u64;
    let mut i = from;
    while i < to {
        word |= (bytes[i] as u64) << (8 * (i - from));
        i += 1;
    }
    word
}

const fn const_key(word: &[u8], from: usize, to: usize) -> u64 {
    let len = to - from;
    if len <= 8 {
        const_load(word, from, to)
    } else {
        mix(const_load(word, from, from + 8), const_load(word, to - 8, to), len)
    }
}

impl Table {
    const fn insert(mut self, key: u64, flags: u16) -> Self {
        let mut slot = slot_of(key);
        while self.keys[slot] != 0 && self.keys[slot] != key {
            slot = (slot + 1) % SLOTS;
        }
        // What was said first stays: special words are inserted before the plain lists.
        if self.keys[slot] == 0 {
            self.keys[slot] = key;
            self.flags[slot] = flags | KEYWORD;
        }
        self
    }

    const fn insert_list(mut self, list: &str, flags: u16) -> Self {
        let bytes = list.as_bytes();
        let mut start = 0;
        let mut i = 0;
        while i <= bytes.len() {
            if i == bytes.len() || bytes[i] == b' ' {
                if i > start {
                    self = self.insert(const_key(bytes, start, i), flags);
                }
                start = i + 1;
            }
            i += 1;
        }
        self
    }

    const fn common() -> Self {
        let mut table = Self { keys: [0; SLOTS], flags: [0; SLOTS] };
        let mut i = 0;
        while i < SPECIAL_WORDS.len() {
            let (word, flags) = SPECIAL_WORDS[i];
            table = table.insert_list(word, flags);
            i += 1;
        }
        table.insert_list(BEFORE_VALUE, 0).insert_list(VALUE_WORDS, OPERAND)
    }

    /// What is known of the word with this key; 0 for a word that is no keyword.
    #[inline(always)]
    pub(crate) fn flags(&self, key: u64) -> u16 {
        let mut slot = slot_of(key);
        loop {
            let found = self.keys[slot];
            if found == key {
                return self.flags[slot];
            }
            if found == 0 {
                return 0;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// Keywords of the engines that fold names.
pub(crate) static COMMON: Table = Table::common();
/// Keywords of the engines that keep the case of names.
pub(crate) static KEEP_CASE: Table = Table::common().insert_list(MYSQL_KEYWORDS, OPERAND | CALL);

/// What is known of a word in any engine; 0 for a word that is no keyword.
pub(crate) fn keyword_flags(word: &str) -> u16 {
    let bytes = word.as_bytes();
    COMMON.flags(key_of(bytes, bytes.len(), bytes.len(), lower(load8(bytes, 0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags_of(table: &Table, word: &str) -> u16 {
        let bytes = word.as_bytes();
        table.flags(key_of(bytes, bytes.len(), bytes.len(), lower(load8(bytes, 0))))
    }

    #[test]
    fn keywords_are_found_in_any_case_and_names_are_not() {
        for word in ["select", "SELECT", "Values", "current_timestamp", "RETURNING", "in"] {
            assert_ne!(flags_of(&COMMON, word), 0, "{word}");
        }
        for word in ["users", "selects", "selec", "count", "current_timestamps", "a", "returninx"] {
            assert_eq!(flags_of(&COMMON, word), 0, "{word}");
        }
        assert_ne!(flags_of(&KEEP_CASE, "COUNT"), 0);
        assert_eq!(flags_of(&COMMON, "set") & KEEP_NULL, KEEP_NULL);
    }
}
