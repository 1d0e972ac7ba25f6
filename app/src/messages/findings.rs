//! What findings in a statement mean: what it is, why it may cost, how to verify it. Said by the
//! server only.

use super::Message;

/// The three sentences of a finding.
#[derive(Clone, Copy, Debug)]
pub struct FindingWords {
    /// What was found.
    pub what: Message,
    /// Why it may cost.
    pub why: Message,
    /// How to verify that it does.
    pub verify: Message,
}

/// The words of a rule, by its key.
#[must_use]
pub fn finding(rule: &str) -> Option<FindingWords> {
    let (what, why, verify) = match rule {
        "leading_wildcard" => (WILDCARD, WILDCARD_WHY, WILDCARD_VERIFY),
        "function_on_column" => (FUNCTION, FUNCTION_WHY, FUNCTION_VERIFY),
        "missing_where" => (NO_WHERE, NO_WHERE_WHY, NO_WHERE_VERIFY),
        "not_in_subquery" => (NOT_IN, NOT_IN_WHY, NOT_IN_VERIFY),
        "offset_paging" => (OFFSET, OFFSET_WHY, OFFSET_VERIFY),
        "select_star_on_join" => (STAR, STAR_WHY, STAR_VERIFY),
        "cross_join" => (CROSS, CROSS_WHY, CROSS_VERIFY),
        "huge_in_list" => (HUGE_LIST, HUGE_LIST_WHY, HUGE_LIST_VERIFY),
        "order_by_random" => (RANDOM, RANDOM_WHY, RANDOM_VERIFY),
        _ => return None,
    };
    Some(FindingWords { what, why, verify })
}

messages! {
    WILDCARD: "Pattern with a leading wildcard", "와일드카드로 시작하는 패턴";
    WILDCARD_WHY: "An ordinary index cannot find a text by its end: every row of the table or index is read and compared.", "일반 인덱스는 끝부분으로 텍스트를 찾을 수 없어 테이블이나 인덱스의 모든 행을 읽고 비교합니다.";
    WILDCARD_VERIFY: "In the plan look for Seq Scan with a Filter and many Rows Removed. A trigram index (pg_trgm) or full-text search answers such questions.", "실행 계획에서 Filter가 있는 Seq Scan과 많은 Rows Removed를 확인하십시오. 트라이그램 인덱스(pg_trgm)나 전문 검색이 이런 질의에 맞습니다.";
    FUNCTION: "Function or cast around a compared column", "비교하는 열을 감싼 함수나 형 변환";
    FUNCTION_WHY: "An index on the column holds its values, not those of the function, so it is not used.", "열의 인덱스에는 함수 결과가 아니라 열의 값이 있으므로 쓰이지 않습니다.";
    FUNCTION_VERIFY: "In the plan look for the function inside Filter instead of Index Cond. Move it to the other side, or index the expression.", "실행 계획에서 함수가 Index Cond가 아니라 Filter에 있는지 확인하십시오. 함수를 반대쪽으로 옮기거나 식 인덱스를 만드십시오.";
    NO_WHERE: "UPDATE or DELETE without WHERE", "WHERE 없는 UPDATE 또는 DELETE";
    NO_WHERE_WHY: "Every row is changed and stays locked until the transaction ends; others wait, and the log grows by the whole table.", "모든 행이 바뀌고 트랜잭션이 끝날 때까지 잠깁니다. 다른 세션이 기다리고 로그는 테이블 전체만큼 늘어납니다.";
    NO_WHERE_VERIFY: "Rows per call above should be near the size of the table. Work in batches by key, or use TRUNCATE where it is meant.", "위의 호출당 행이 테이블 크기에 가까울 것입니다. 키 단위로 나누어 처리하거나 의도가 맞다면 TRUNCATE를 쓰십시오.";
    NOT_IN: "NOT IN with a subquery", "하위 질의가 있는 NOT IN";
    NOT_IN_WHY: "One NULL in the subquery makes the whole condition unknown, so the planner cannot use an anti-join and may run the subquery again and again.", "하위 질의에 NULL이 하나라도 있으면 조건 전체가 알 수 없음이 되어 안티 조인을 쓸 수 없고 하위 질의를 반복 실행할 수 있습니다.";
    NOT_IN_VERIFY: "In the plan look for SubPlan below a Filter. NOT EXISTS says the same without that trap.", "실행 계획의 Filter 아래에 SubPlan이 있는지 확인하십시오. NOT EXISTS는 같은 뜻이면서 이 함정이 없습니다.";
    OFFSET: "Paging by OFFSET", "OFFSET 페이지 나누기";
    OFFSET_WHY: "All rows before the page are read and thrown away: the later the page, the slower.", "페이지 앞의 모든 행을 읽고 버립니다. 뒤쪽 페이지일수록 느립니다.";
    OFFSET_VERIFY: "Compare the rows below Limit in the plan with the rows returned. Continue from the last key instead: WHERE key > last ORDER BY key LIMIT n.", "실행 계획의 Limit 아래 행 수를 반환 행 수와 비교하십시오. 마지막 키부터 이어 읽으십시오: WHERE key > last ORDER BY key LIMIT n.";
    STAR: "SELECT * over a join", "조인에 대한 SELECT *";
    STAR_WHY: "Columns nobody needs are read and sent, wide ones from their own storage; an index cannot answer alone.", "필요 없는 열까지 읽고 보내며, 넓은 열은 별도 저장소에서 읽습니다. 인덱스만으로 답할 수 없습니다.";
    STAR_VERIFY: "Compare width= in the plan with what the application reads, and look for Client:ClientWrite among the waits.", "실행 계획의 width=를 애플리케이션이 읽는 열과 비교하고 대기 중 Client:ClientWrite를 확인하십시오.";
    CROSS: "Tables side by side without a condition", "조건 없이 나열된 테이블";
    CROSS_WHY: "Each row of one table is paired with each of the other: rows multiply.", "한 테이블의 각 행이 다른 테이블의 모든 행과 짝지어져 행 수가 곱해집니다.";
    CROSS_VERIFY: "In the plan look for Nested Loop without Join Filter and rows far above both tables. Name the join condition.", "실행 계획에서 Join Filter 없는 Nested Loop와 두 테이블보다 훨씬 많은 행을 확인하십시오. 조인 조건을 명시하십시오.";
    HUGE_LIST: "List of more than 100 values", "값이 100개가 넘는 목록";
    HUGE_LIST_WHY: "Each text is parsed and planned anew, and each length is another statement to the database.", "텍스트마다 새로 분석하고 계획하며, 길이가 다르면 데이터베이스에는 다른 구문입니다.";
    HUGE_LIST_VERIFY: "Compare planning time with execution time. Send the values as one array (= ANY), or join a table of them.", "계획 시간과 실행 시간을 비교하십시오. 값을 배열 하나(= ANY)로 보내거나 값 테이블과 조인하십시오.";
    RANDOM: "Sorting by a random number", "난수 정렬";
    RANDOM_WHY: "Every row is read and sorted to return a few.", "몇 행을 반환하려고 모든 행을 읽고 정렬합니다.";
    RANDOM_VERIFY: "In the plan look for Sort over the whole table. TABLESAMPLE, or a random key with an index, reads only what it returns.", "실행 계획에서 테이블 전체에 대한 Sort를 확인하십시오. TABLESAMPLE이나 인덱스가 있는 난수 키는 반환할 것만 읽습니다.";
}
