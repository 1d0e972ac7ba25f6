//! Sentences of the drill-down pages that only the server says.

use view::ChangeKind;

use super::Message;

/// How a digest changed, in a word or two.
#[must_use]
pub const fn change_kind(kind: ChangeKind) -> Message {
    match kind {
        ChangeKind::New => CHANGE_NEW,
        ChangeKind::Gone => CHANGE_GONE,
        ChangeKind::Regressed => CHANGE_REGRESSED,
        ChangeKind::Improved => CHANGE_IMPROVED,
        ChangeKind::More => CHANGE_MORE,
        ChangeKind::Less => CHANGE_LESS,
    }
}

/// What is done with a column, by its key.
#[must_use]
pub fn column_role(role: &str) -> Option<Message> {
    Some(match role {
        "filter" => ROLE_FILTER,
        "join" => ROLE_JOIN,
        "group" => ROLE_GROUP,
        "order" => ROLE_ORDER,
        _ => return None,
    })
}

messages! {
    // Facts.
    FACT_KIND: "Kind", "종류";
    FACT_TABLES: "Tables", "테이블";
    FACT_TAGS: "Tags", "태그";
    FACT_FIRST_SEEN: "First seen", "처음 본 때";
    FACT_LAST_SEEN: "Last seen", "마지막으로 본 때";
    FACT_MERGED: "PI digests merged", "합쳐진 PI 다이제스트";
    FACT_CALLS: "Calls in the window", "구간의 호출 수";
    FACT_LOAD: "Load", "부하";
    FACT_TEXT: "Text", "텍스트";
    TEXT_COMPLETE: "complete", "전체";
    TEXT_CUT: "cut at 500 bytes by Performance Insights; the engine keeps more with `track_activity_query_size` or `performance_schema_max_sql_text_length`", "Performance Insights가 500바이트에서 자름. 엔진은 `track_activity_query_size`나 `performance_schema_max_sql_text_length`로 더 보관합니다";
    TEXT_UNPARSED: "not parsed: tables come from a scan of the words", "구문 분석 불가: 테이블은 단어 검색으로 찾음";
    EXPLAIN_TO_COPY: "EXPLAIN to copy", "복사할 EXPLAIN";
    CLI_TO_COPY: "AWS CLI", "AWS CLI";
    EXPLAIN_NOTE: "Does not execute the statement. Parameters are planned without their values.", "구문을 실행하지 않습니다. 매개변수 값 없이 계획합니다.";

    // What changed.
    AGAINST: "Mean AAS against {compare}", "{compare} 대비 평균 AAS";
    PART_NEW: "New statement", "새 구문";
    PART_GONE: "Gone", "사라짐";
    PART_MORE_CALLS: "More calls", "호출 증가";
    PART_FEWER_CALLS: "Fewer calls", "호출 감소";
    PART_SLOWER: "Slower: {classes}", "느려짐: {classes}";
    PART_FASTER: "Faster: {classes}", "빨라짐: {classes}";
    PART_MORE_WAITS: "More {classes}", "{classes} 증가";
    PART_FEWER_WAITS: "Less {classes}", "{classes} 감소";
    PART_UNKNOWN: "Wait not known", "대기를 알 수 없음";
    THIS_WINDOW: "This window", "이 구간";
    STRIP_LOAD: "Load by wait", "대기별 부하";
    STRIP_SHARE: "{share} of the instance", "인스턴스의 {share}";
    STRIP_BEFORE: "{compare} {value}", "{compare} {value}";
    NO_STATISTICS: "This instance sends no statement statistics: calls, latency and rows are not known.", "이 인스턴스는 구문 통계를 보내지 않아 호출, 지연, 행을 알 수 없습니다.";

    // Tabs.
    COLUMN_WAIT: "Wait event", "대기 이벤트";
    COLUMN_MEAN: "Mean", "평균";
    COLUMN_LOAD: "Load", "부하";
    COLUMN_CHANGE: "Change", "변화";
    COLUMN_CAUSE: "What it means", "의미";
    COLUMN_VALUE: "Value", "값";
    COLUMN_INSTANCE: "Instance", "인스턴스";
    COLUMN_CALLS: "Calls", "호출";
    COLUMN_LATENCY: "Latency", "지연";
    COLUMN_ROWS: "Rows", "행";
    COLUMN_PI_ID: "PI id", "PI id";
    COLUMN_ENGINE_ID: "Engine id", "엔진 id";
    COLUMN_STATEMENT: "Statement", "구문";
    COLUMN_PLACE: "Place in the statement", "구문 안의 자리";
    COLUMN_HASH: "Value as keyed hash", "키 해시로 표시한 값";
    COLUMN_FINDING: "Finding", "발견";
    COLUMN_KIND: "Kind", "종류";
    COLUMN_BEFORE: "Before", "이전";
    COLUMN_AFTER: "After", "이후";
    COLUMN_SPLIT: "Where the change comes from", "변화의 원인";
    AWS_PAGE: "AWS on this wait", "이 대기에 대한 AWS 문서";
    NO_WAITS: "No load in this window.", "이 구간에 부하가 없습니다.";
    HOSTS: "Hosts", "호스트";
    USERS: "Users", "사용자";
    APPLICATIONS: "Applications", "애플리케이션";
    DATABASES: "Databases", "데이터베이스";
    OTHER_VALUES: "Everything else", "그 밖의 모든 것";
    CALLERS_NOTE: "Callers come from the client address and name of each session. A link opens the load of that caller.", "호출자는 각 세션의 클라이언트 주소와 이름에서 옵니다. 링크는 그 호출자의 부하를 엽니다.";
    CALLERS_ONE_OTHER: "Other chips do not count here: Performance Insights takes one filter besides the grouped dimension, and the statement is it.", "여기서는 다른 칩이 적용되지 않습니다. Performance Insights는 그룹 차원 외에 필터 하나만 받으며, 이 구문이 그것입니다.";
    NO_CALLERS: "Nothing reported for this dimension.", "이 차원에 보고된 값이 없습니다.";
    CHILDREN_TITLE: "Digests of Performance Insights with this normal form", "이 정규형을 가진 Performance Insights 다이제스트";
    STATEMENTS_TITLE: "Statements under them", "그 아래의 구문";
    NO_CHILDREN: "No statement of its own was sampled in this window.", "이 구간에 표본으로 잡힌 개별 구문이 없습니다.";
    ELSEWHERE_NOTE: "From what is archived; nothing is asked of AWS for this.", "보관된 데이터에서 찾으며 AWS에 묻지 않습니다.";
    NO_ELSEWHERE: "No other instance ran this statement in this window.", "이 구간에 이 구문을 실행한 다른 인스턴스가 없습니다.";
    LITERALS_NOTE: "Hashes are keyed per installation and cannot be turned back; equal values have equal hashes on all instances here.", "해시는 설치마다 다른 키를 쓰며 되돌릴 수 없습니다. 같은 값은 이 설치의 모든 인스턴스에서 같은 해시입니다.";
    LITERALS_KNOWN: "{statements} statements with texts of their own carry {known} of {total} AAS.", "텍스트가 있는 구문 {statements}개가 {total} AAS 중 {known}을 차지합니다.";
    LITERAL_SLOT: "Literal {slot}: {place}", "리터럴 {slot}: {place}";
    LITERAL_DISTINCT: "{count} different values", "서로 다른 값 {count}개";
    NO_LITERALS: "The statements carry no literals: the client sends parameters apart (prepared statements), so their values are not in the text and skew cannot be seen.", "구문에 리터럴이 없습니다. 클라이언트가 매개변수를 따로 보내므로(준비된 구문) 값이 텍스트에 없어 쏠림을 볼 수 없습니다.";

    // Plans.
    NO_PLANS_OFFERED: "This instance does not offer plans", "이 인스턴스는 실행 계획을 제공하지 않습니다";
    NO_PLANS_OFFERED_CAUSE: "AWS offers db.plans for Aurora PostgreSQL only. loadlens local offers it for a PostgreSQL whose log it may read: --plan-log NAME=FILE, with auto_explain writing JSON into it.", "AWS는 Aurora PostgreSQL에만 db.plans를 제공합니다. loadlens local은 로그를 읽을 수 있는 PostgreSQL에 제공합니다. auto_explain이 JSON으로 기록하게 하고 --plan-log NAME=FILE을 쓰십시오.";
    NO_PLANS_CAPTURED: "No plan of any statement was captured in this window", "이 구간에 어떤 구문의 실행 계획도 수집되지 않았습니다";
    NO_PLANS_CAPTURED_CAUSE: "The instance offers plans, but capturing them seems to be off: on Aurora PostgreSQL by aurora_compute_plan_id, on another PostgreSQL by auto_explain.log_min_duration. It costs something on a busy database: try it elsewhere first.", "인스턴스가 실행 계획을 제공하지만 수집이 꺼져 있는 듯합니다. Aurora PostgreSQL은 aurora_compute_plan_id, 다른 PostgreSQL은 auto_explain.log_min_duration이 정합니다. 바쁜 데이터베이스에서는 비용이 들므로 다른 곳에서 먼저 시험하십시오.";
    NO_PLAN_OF_THIS: "Other statements have plans, this one has none in this window", "다른 구문에는 실행 계획이 있지만 이 구문에는 이 구간에 없습니다";
    NO_PLAN_OF_THIS_CAUSE: "Each execution was too fast to be captured (auto_explain tells those above auto_explain.log_min_duration), or it has not ended yet. A wider window may hold a slower one.", "실행이 너무 빨라 수집되지 않았거나(auto_explain은 auto_explain.log_min_duration을 넘는 것만 기록) 아직 끝나지 않았습니다. 더 넓은 구간에는 느린 실행이 있을 수 있습니다.";
    PLAN_FLIP: "{time}: plan {from} gave way to {to}", "{time}: 실행 계획이 {from}에서 {to}(으)로 바뀜";
    PLAN_NO_FLIP: "One plan led throughout, or plans are mixed: no lasting change in this window.", "이 구간에서 한 실행 계획이 계속 우세했거나 여러 계획이 섞여 있어 지속적인 변경이 없습니다.";
    PLAN_UNKNOWN: "Plan not known", "알 수 없는 실행 계획";
    PLAN_UNKNOWN_NOTE: "Executions too fast to be captured, not ended yet, or under a plan beyond the first ones count as not known.", "너무 빨라 수집되지 않은 실행, 아직 끝나지 않은 실행, 상위에 들지 않은 계획은 알 수 없음으로 셉니다.";
    PLAN_ESTIMATES: "Rows and cost are estimates of the planner, of one execution; literals are masked.", "행과 비용은 한 실행에 대한 플래너의 추정값이며 리터럴은 가려집니다.";
    PLAN_TITLE: "Plan {id}", "실행 계획 {id}";
    PLAN_UNKNOWN_SHAPE: "It came in a shape this release does not know, so nothing of it is shown: it may hold literals.", "이 릴리스가 모르는 형식이라 표시하지 않습니다. 리터럴이 들어 있을 수 있습니다.";
    PLAN_UNAVAILABLE: "The source does not have its text: {reason}", "출처에 텍스트가 없습니다: {reason}";
    PLAN_DENIED: "Its text cannot be read: {action} is denied.", "텍스트를 읽을 수 없습니다: {action} 권한이 거부되었습니다.";
    PLAN_NOT_FETCHED: "Its text was not to be had now; the next view asks again.", "지금은 텍스트를 가져올 수 없습니다. 다음에 볼 때 다시 요청합니다.";
    COLUMN_PLAN: "Plan", "실행 계획";
    COLUMN_OPERATION: "Operation", "연산";
    COLUMN_COST: "Cost", "비용";
    COLUMN_FIRST: "First", "처음";
    COLUMN_LAST: "Last", "마지막";

    // Findings and hypotheses.
    FINDINGS_IN_TEXT: "In the text", "텍스트에서";
    NO_FINDINGS: "No costly habit in the text. That says nothing about its plan.", "텍스트에 비용이 큰 습관이 없습니다. 실행 계획에 대한 판단은 아닙니다.";
    FINDINGS_CUT: "The text is cut: what stands behind the cut was not read.", "텍스트가 잘려 그 뒤는 읽지 못했습니다.";
    INDEX_HYPOTHESES: "Index hypotheses", "인덱스 가설";
    INDEX_HYPOTHESIS: "Index on {table} ({columns})", "{table} ({columns}) 인덱스";
    INDEX_LOAD: "Load of the statements that ask for {column}: {load} AAS, digests: {digests}.", "{column}을(를) 찾는 구문의 부하: {load} AAS, 다이제스트 {digests}개.";
    INDEX_SCRIPT: "Test with hypopg", "hypopg로 시험";
    INDEX_ASKED: "Columns asked for: {columns}.", "찾는 열: {columns}.";
    INDEX_CAVEAT: "A hypothesis from the texts alone: the table, its size and its present indexes are not known. Test it on a copy; nothing is executed here.", "텍스트에서만 세운 가설입니다. 테이블과 크기, 현재 인덱스는 알 수 없습니다. 사본에서 시험하십시오. 여기서는 아무것도 실행하지 않습니다.";
    INDEX_MYSQL: "MySQL has no hypothetical indexes; an invisible index on a copy tells.", "MySQL에는 가상 인덱스가 없습니다. 사본에서 invisible 인덱스로 확인하십시오.";
    ROLE_FILTER: "filter", "필터";
    ROLE_JOIN: "join", "조인";
    ROLE_GROUP: "group", "그룹";
    ROLE_ORDER: "order", "정렬";

    // Search.
    STATEMENTS: "Statements", "구문";
    COLUMN_RUNS_ON: "Runs on, last 24 h", "최근 24시간 실행 위치";
    COLUMN_ENGINE: "Engine", "엔진";
    COLUMN_CLASS: "Class", "클래스";
    NOT_IN_A_DAY: "not in the last 24 h", "최근 24시간에 없음";
    FIND_NOTE: "Statements are found by their text without literals, by their digest and by the ids of Performance Insights.", "구문은 리터럴을 뺀 텍스트, 다이제스트, Performance Insights의 id로 찾습니다.";

    // Changes and deploys.
    NO_SIDE: "Nothing is known of one of the two windows.", "두 구간 중 하나의 데이터가 없습니다.";
    NO_CHANGES: "No statement changed.", "바뀐 구문이 없습니다.";
    DEPLOY_TITLE: "Deploy {label} at {time}", "배포 {label}, {time}";
    DEPLOY_MEANS: "Half an hour before: {before} AAS. Half an hour after: {after} AAS.", "30분 전: {before} AAS. 30분 후: {after} AAS.";
    CHANGE_NEW: "New", "새로움";
    CHANGE_GONE: "Gone", "사라짐";
    CHANGE_REGRESSED: "Regressed", "느려짐";
    CHANGE_IMPROVED: "Improved", "빨라짐";
    CHANGE_MORE: "More", "증가";
    CHANGE_LESS: "Less", "감소";
    CHANGE_SAME: "Same", "같음";
}
