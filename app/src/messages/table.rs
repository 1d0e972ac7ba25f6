//! The table. One thing, so one file, however long: a sentence a line, English then Korean.

use super::Message;

macro_rules! messages {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(#[doc = $en] pub const $name: Message = Message { en: $en, ko: $ko };)*

        #[cfg(test)]
        pub(super) const ALL: &[(&str, Message)] = &[$((stringify!($name), $name)),*];
    };
}

messages! {
    // Places and tools.
    FLEET: "Fleet", "전체 인스턴스";
    DB_LOAD: "DB load", "DB 부하";
    ALARM: "Alarm", "경보";
    ALARMS: "Alarms", "경보";
    SOURCES: "Sources", "데이터 출처";
    SETTINGS: "Settings", "설정";
    MENU: "Menu", "메뉴";
    MAIN_NAVIGATION: "Main", "주 메뉴";
    CONTEXT_BAR: "What and when", "대상과 시간";
    SKIP_TO_CONTENT: "Skip to content", "본문으로 건너뛰기";
    FIND: "Find", "찾기";
    FIND_PLACEHOLDER: "Find instance, SQL", "인스턴스, SQL 찾기";
    CALLS_TODAY: "{count} calls today", "오늘 호출 {count}회";
    SPEND_TITLE: "AWS API calls since 00:00 UTC", "00:00 UTC 이후 AWS API 호출 수";
    THEME_AND_DENSITY: "Theme and density", "테마와 밀도";
    THEME: "Theme", "테마";
    THEME_SYSTEM: "As the system", "시스템 설정";
    THEME_LIGHT: "Light", "밝게";
    THEME_DARK: "Dark", "어둡게";
    DENSITY: "Density", "밀도";
    DENSITY_COMFORTABLE: "Comfortable", "여유 있게";
    DENSITY_COMPACT: "Compact", "촘촘하게";
    LANGUAGE: "Language", "언어";
    KEYS: "Keyboard", "키보드";
    COPY: "Copy", "복사";
    COPIED: "Copied", "복사됨";
    COPY_LINK: "Copy link", "링크 복사";
    TRY_AGAIN: "Try again", "다시 시도";
    MORE: "More", "더 보기";
    OFF: "Off", "끔";
    SAVE: "Save", "저장";
    APPLY: "Apply", "적용";

    // Time range, compare, refresh.
    TIME_RANGE: "Time range", "시간 범위";
    EARLIER: "Earlier", "이전";
    LATER: "Later", "이후";
    FROM: "From", "시작";
    TO: "To", "끝";
    RANGE_HINT: "now-13h, now/d, 2026-11-23T14:30Z or seconds since 1970. 13h alone means the last 13 hours.", "now-13h, now/d, 2026-11-23T14:30Z 또는 1970년 이후 초. 13h만 쓰면 최근 13시간입니다.";
    TIME_ZONE: "Time zone", "시간대";
    LAST_15_MIN: "Last 15 min", "최근 15분";
    LAST_HOUR: "Last hour", "최근 1시간";
    LAST_3_HOURS: "Last 3 h", "최근 3시간";
    LAST_12_HOURS: "Last 12 h", "최근 12시간";
    LAST_24_HOURS: "Last 24 h", "최근 24시간";
    LAST_2_DAYS: "Last 2 days", "최근 2일";
    LAST_7_DAYS: "Last 7 days", "최근 7일";
    TODAY_SO_FAR: "Today so far", "오늘 지금까지";
    TODAY_RANGE: "Today {range}", "오늘 {range}";
    YESTERDAY: "Yesterday", "어제";
    LAST_WEEK: "Last week", "지난주";
    BEFORE: "Before", "직전";
    COMPARE: "Compare", "비교";
    COMPARE_OFF: "None", "없음";
    COMPARE_PREVIOUS: "Window before", "직전 구간";
    COMPARE_YESTERDAY: "Same time yesterday", "어제 같은 시각";
    COMPARE_LAST_WEEK: "Same time last week", "지난주 같은 시각";
    COMPARE_EARLIER: "{length} earlier", "{length} 전";
    REFRESH: "Refresh", "새로 고침";
    GO_LIVE: "Go live", "실시간으로";
    ZOOM_OUT: "Last 24 h", "최근 24시간";
    ZOOM_TO_IT: "Zoom to it", "확대";
    UNDO_ZOOM: "Undo zoom", "확대 취소";

    // Chips and slices.
    SLICE_BY: "Slice by", "나누기";
    ADD_FILTER: "Add filter", "필터 추가";
    FILTER: "Filter", "필터";
    FILTER_HINT: "dimension:value; a minus sign in front excludes. Dimensions: {dimensions}.", "차원:값 형식이며, 앞에 -를 붙이면 제외합니다. 차원: {dimensions}.";
    BLOCKED_ONE_OTHER: "{filter} is not applied: Performance Insights filters by one other dimension at a time, and {taken} is taken.", "{filter}은(는) 적용되지 않습니다: Performance Insights는 다른 차원 하나로만 필터링하며 {taken}이(가) 이미 쓰였습니다.";
    BLOCKED_TOO_MANY: "{filter} is not applied: it stands for {count} questions, more than one call holds.", "{filter}은(는) 적용되지 않습니다: 질문 {count}개에 해당하여 한 번의 호출에 담을 수 없습니다.";
    REMOVE_FILTER: "Remove filter {filter}", "필터 {filter} 제거";
    CHIP_IS: "{dimension} is", "{dimension} =";
    CHIP_IS_NOT: "{dimension} is not", "{dimension} ≠";
    DIMENSION_WAIT: "Wait", "대기";
    DIMENSION_WAIT_TYPE: "Wait type", "대기 유형";
    DIMENSION_SQL: "SQL", "SQL";
    DIMENSION_STATEMENT: "Statement", "구문";
    DIMENSION_USER: "User", "사용자";
    DIMENSION_HOST: "Host", "호스트";
    DIMENSION_APPLICATION: "Application", "애플리케이션";
    DIMENSION_DATABASE: "Database", "데이터베이스";
    DIMENSION_SESSION_TYPE: "Session type", "세션 유형";
    DIMENSION_TABLE: "Table", "테이블";
    DIMENSION_KIND: "Kind", "종류";
    DIMENSION_TAG: "Tag", "태그";
    TAB_WAITS: "Waits", "대기";
    TAB_WAIT_TYPES: "Wait types", "대기 유형";
    TAB_USERS: "Users", "사용자";
    TAB_HOSTS: "Hosts", "호스트";
    TAB_APPLICATIONS: "Apps", "앱";
    TAB_DATABASES: "Databases", "데이터베이스";
    TAB_SESSION_TYPES: "Session types", "세션 유형";

    // Verdict and tiles.
    VERDICT: "Verdict", "판단";
    HOW_WE_KNOW: "How we know", "근거";
    CHECKED: "Checked", "확인한 것";
    NO_FINDING: "**Nothing stands out** in this window.", "이 구간에서 **특별한 점이 없습니다**.";
    RULE_LOAD_ABOVE_VCPU: "**{aas} AAS on {vcpu} vCPU** from {from} to {to}, {duration}.", "{from}부터 {to}까지 {duration} 동안 **{vcpu} vCPU에 {aas} AAS**.";
    RULE_LOAD_ABOVE_VCPU_NOW: "**{aas} AAS on {vcpu} vCPU** since {from}, for {duration} now.", "{from}부터 {duration}째 **{vcpu} vCPU에 {aas} AAS**.";
    RULE_LOAD_ABOVE_BEFORE: "**{aas} AAS against {before}** in the compare window, {factor}.", "비교 구간 **{before} 대비 {aas} AAS**, {factor}.";
    RULE_WAIT_DOMINATES: "**{share} is {class}**, most of it `{event}`.", "**{share}가 {class}**, 대부분 `{event}`.";
    RULE_CPU_DOMINATES: "**{share} is CPU**: sessions compute, they do not wait.", "**{share}가 CPU**: 세션은 대기하지 않고 계산합니다.";
    RULE_DIGEST_CAUSES: "{share} of that is `{statement}`.", "그중 {share}는 `{statement}`.";
    RULE_DIGEST_NEW: "{share} of that is `{statement}`, which the compare window does not have.", "그중 {share}는 비교 구간에 없던 `{statement}`.";
    RULE_BLOCKED_NOT_BUSIER: "**Blocked, not busier**: calls {calls}, latency {latency}.", "**바빠진 것이 아니라 막혔습니다**: 호출 {calls}, 지연 {latency}.";
    RULE_SLOWER_NOT_BUSIER: "Slower, not busier: calls {calls}, latency {latency}.", "바빠진 것이 아니라 느려졌습니다: 호출 {calls}, 지연 {latency}.";
    RULE_BUSIER_NOT_SLOWER: "Busier, not slower: calls {calls}, latency {latency}.", "느려진 것이 아니라 바빠졌습니다: 호출 {calls}, 지연 {latency}.";
    RULE_BUSIER_AND_SLOWER: "Busier and slower: calls {calls}, latency {latency}.", "바빠지고 느려졌습니다: 호출 {calls}, 지연 {latency}.";
    RULE_NO_DATA: "**Nothing is known** of this window.", "이 구간은 **알려진 것이 없습니다**.";
    TILE_NOW: "Now", "현재";
    TILE_P99: "p99", "p99";
    TILE_CPU: "CPU", "CPU";
    TILE_CONNECTIONS: "Connections", "연결";
    TILE_COVERAGE: "Coverage", "수집률";

    // The load chart.
    LOAD_META: "Average active sessions by {slice}, {period} buckets", "{slice}별 평균 활성 세션, {period} 구간";
    LEGEND: "Layers", "층";
    SMALLER: "{count} smaller", "작은 것 {count}개";
    REMAINDER: "Everything else", "그 밖의 모든 것";
    OTHERS: "{count} others", "다른 것 {count}개";
    CHART_CURSOR: "Time under the crosshair; use the arrow keys", "십자선 시각, 화살표 키로 이동";
    CHART_SUMMARY: "DB load by {slice}, {range} {zone}: mean {mean} AAS, most of it {largest}", "{range} {zone}의 {slice}별 DB 부하: 평균 {mean} AAS, 가장 큰 것은 {largest}";
    STATEMENT_SUMMARY: "DB load of this statement by wait, {range}", "{range}의 이 구문 대기별 DB 부하";
    COLUMNS_MERGED: "Each pixel column shows the highest of {count} buckets.", "한 픽셀 열은 {count}개 구간 중 가장 높은 값입니다.";
    OVERVIEW: "Overview {whole}, window {window}", "전체 {whole}, 구간 {window}";
    NO_MOMENT: "No time chosen", "선택한 시각 없음";
    NOT_COLLECTED: "Not collected", "수집되지 않음";
    COMPARED_VALUE: "compared {value}", "비교 {value}";
    COVER_FULL: "complete", "완전";
    COVER_PARTIAL: "partial", "일부";
    COVER_PENDING: "not complete yet", "아직 완전하지 않음";
    COVER_MISSING: "not collected", "수집되지 않음";
    COVERAGE_OF: "Coverage {share}", "수집률 {share}";
    SHOW_AS_TABLE: "Show as table", "표로 보기";
    SHOW_AS_CHART: "Show as chart", "차트로 보기";
    LOAD_TABLE: "Numbers of the chart", "차트의 수치";
    WORD_OVER: "over", "초과";
    WORD_ABOVE_SCALE: "above this scale", "눈금 위";
    WORD_DEPLOY: "deploy", "배포";
    WORD_EVENT: "event", "이벤트";
    WORD_ALARM: "alarm", "경보";
    WORD_ALARM_OK: "alarm back to OK", "경보 해제";
    GAP_NO_SAMPLES: "The source answered and had nothing.", "출처가 응답했지만 데이터가 없습니다.";
    GAP_NOT_COLLECTED: "Some buckets are not collected yet.", "아직 수집되지 않은 구간이 있습니다.";
    GAP_OUTSIDE_RETENTION: "Older than Performance Insights keeps.", "Performance Insights 보존 기간보다 오래되었습니다.";

    // Tables.
    TOP_SQL: "Top SQL", "상위 SQL";
    TOP_META: "{shown} of {all} digests, ranked by {order}", "다이제스트 {all}개 중 {shown}개, {order} 순";
    LOAD_BY_WAIT: "Load by wait", "대기별 부하";
    MEAN: "Mean", "평균";
    PEAK: "Peak", "최대";
    LOAD: "Load", "부하";
    CHANGE: "Change", "변화";
    STATEMENT: "Statement", "구문";
    CALLS: "Calls", "호출";
    LATENCY: "Latency", "지연";
    ROWS: "Rows", "행";
    TAGS: "Tags", "태그";
    SORT_MEAN: "mean AAS", "평균 AAS";
    SORT_PEAK: "peak AAS", "최대 AAS";
    SORT_P99: "p99 AAS", "p99 AAS";
    SORT_CHANGE: "change", "변화";
    SORT_CALLS: "calls", "호출 수";
    SORT_LATENCY: "latency", "지연";
    SORT_ROWS: "rows per call", "호출당 행";
    TOTAL_FOR: "Total for {range}", "{range} 합계";
    OTHER_DIGESTS: "{count} other digests", "다른 다이제스트 {count}개";
    UNATTRIBUTED: "No statement reported: background processes", "구문이 보고되지 않음: 백그라운드 프로세스";
    ONLY_THIS: "Show only this statement", "이 구문만 보기";
    NEW_LOWER: "new", "새로움";
    BADGE_NEW: "New", "새로움";
    BADGE_REGRESSED: "Regressed", "느려짐";
    BADGE_GONE: "Gone", "사라짐";
    BADGE_PLAN_CHANGED: "Plan changed", "실행 계획 변경";
    BADGE_CUT: "Cut at 500 B", "500 B에서 잘림";
    BAR_NOTE: "The mark on a bar is the same digest {compare}.", "막대의 표시는 {compare} 같은 다이제스트입니다.";
    CONTEXT: "Load by dimension", "차원별 부하";
    CONTEXT_HINT: "Click a row to filter, Alt-click to exclude.", "행을 클릭하면 필터, Alt-클릭하면 제외합니다.";
    COUNTERS: "Counter metrics", "카운터 지표";
    SAME_AXIS: "Same axis as DB load", "DB 부하와 같은 축";
    LIMIT: "limit {value}", "한도 {value}";
    SOURCE_UP_TO: "{source}, collected up to {time}", "{source}, {time}까지 수집";
    SHOW_THE_CALL: "Show the call", "호출 보기";
    SHOW_THE_CALL_HINT: "The same numbers as JSON", "같은 수치를 JSON으로";
    OPEN_JSON: "Open JSON", "JSON 열기";
    DOWNLOAD_CSV: "Download CSV", "CSV 내려받기";
    SIMULATED: "Simulated", "모의";
    SIMULATED_NOTICE: "Simulated instance: its past is made from a seed, not measured.", "모의 인스턴스: 과거 데이터는 측정값이 아니라 시드로 만든 것입니다.";

    // Fleet.
    INSTANCE: "Instance", "인스턴스";
    INSTANCES: "Instances", "인스턴스";
    INSTANCE_COUNT: "{count} instances", "인스턴스 {count}개";
    INSTANCES_META: "Ranked by load against vCPU, mean of the window", "vCPU 대비 부하 순, 구간 평균";
    LOAD_AGAINST_VCPU: "Load against vCPU", "vCPU 대비 부하";
    DOMINANT_WAIT: "Dominant wait", "주된 대기";
    TOP_DIGEST: "Top digest", "최상위 다이제스트";
    OF_VCPU: "{load} of {vcpus} vCPU", "{vcpus} vCPU 중 {load}";
    FLEET_NOTE: "The tick on the bar is the vCPU line. The bar is the mean, the thin line reaches to the peak.", "막대의 눈금은 vCPU 선입니다. 막대는 평균이고 가는 선은 최대까지입니다.";
    FLEET_ALL_WITHIN: "**No instance went over its vCPU line.**", "**vCPU 선을 넘은 인스턴스가 없습니다.**";
    FLEET_WITHIN_SOME_SILENT: "**No instance went over its vCPU line**; {silent} of {all} send no load data.", "**vCPU 선을 넘은 인스턴스가 없습니다**. {all}개 중 {silent}개는 부하 데이터가 없습니다.";
    FLEET_OVER: "**{count} of {all} instances went over the vCPU line**: {names}.", "**인스턴스 {all}개 중 {count}개가 vCPU 선을 넘었습니다**: {names}.";
    FLEET_OVER_SOME_SILENT: "**{count} of {all} instances went over the vCPU line**: {names}. {silent} send no load data.", "**인스턴스 {all}개 중 {count}개가 vCPU 선을 넘었습니다**: {names}. {silent}개는 부하 데이터가 없습니다.";
    NOT_READ: "Not read", "읽지 못함";
    DENIED_LINE: "Denied: {action}", "거부됨: {action}";
    OPEN_FLEET: "Open the fleet", "전체 인스턴스 열기";
    PI_OFF: "Performance Insights is off", "Performance Insights 꺼짐";
    PI_UNSUPPORTED: "no Performance Insights for this class", "이 클래스는 Performance Insights 미지원";

    // SQL page.
    TITLE_SQL: "SQL {digest}", "SQL {digest}";
    BACK_TO: "Back to {instance}", "{instance}(으)로 돌아가기";
    STATEMENT_LOAD: "Load of this statement by wait", "이 구문의 대기별 부하";
    CHILDREN: "PI digests merged", "합쳐진 PI 다이제스트";
    CHILDREN_META: "Same normal form", "같은 정규형";
    PI_DIGEST: "PI id", "PI id";
    ENGINE_ID: "Engine id", "엔진 id";

    // Alarms.
    ALARMS_META: "CloudWatch alarms of the watched regions", "감시하는 리전의 CloudWatch 경보";
    ALARMS_NOTE: "A link opens the window around the last change of state.", "링크는 마지막 상태 변경 전후의 구간을 엽니다.";
    ALARMS_IN_ALARM: "{count} in alarm", "경보 {count}개";
    ALL_ALARMS: "All alarms", "모든 경보";
    ALARM_RULE: "Changed state at **{time}**: {rule}. Window frozen from 30 min before to 15 min after.", "**{time}**에 상태 변경: {rule}. 30분 전부터 15분 후까지 고정된 구간입니다.";
    ALARM_LIMIT: "Alarm {sign} {value}", "경보 {sign} {value}";
    ALARM_MISSING: "This alarm cannot be opened", "이 경보를 열 수 없습니다";
    ALARM_UNKNOWN: "No watched region has an alarm with this ARN; it may be deleted, or belong to another account.", "감시하는 리전에 이 ARN의 경보가 없습니다. 삭제되었거나 다른 계정의 경보일 수 있습니다.";
    ALARM_MISSING_HINT: "The link needs `arn=` with the whole ARN of a CloudWatch alarm on an RDS instance, and may carry `at=` with a time.", "링크에는 RDS 인스턴스에 대한 CloudWatch 경보의 전체 ARN이 `arn=`으로 있어야 하며, `at=`으로 시각을 줄 수 있습니다.";
    OPEN_FROZEN: "Open the frozen page", "고정된 페이지 열기";
    IN_ALARM: "In alarm", "경보";
    IN_ALARM_NOW: "In alarm now", "현재 경보 상태";
    OK_NOW: "OK now", "현재 정상";
    STATE_UNKNOWN_NOW: "Not enough data now", "현재 데이터 부족";
    STATE_OK: "OK", "정상";
    STATE_NO_DATA: "Not enough data", "데이터 부족";
    STATE: "State", "상태";
    SINCE: "Since", "시작 시각";
    RULE: "Rule", "규칙";

    // Sources and settings.
    SOURCES_META: "What is collected, up to when, and what fails", "무엇을 언제까지 수집했고 무엇이 실패하는지";
    SOURCES_NOTE: "The role needs the read-only policy of the README; each line names the action that is missing.", "역할에는 README의 읽기 전용 정책이 필요합니다. 각 줄은 빠진 권한을 알려 줍니다.";
    COLLECTED_TO: "Collected up to", "수집 시점";
    WHAT_FAILS: "What fails", "실패한 것";
    COLLECTING: "Collecting", "수집 중";
    NOT_COLLECTING: "Not collecting", "수집 안 됨";
    SETTINGS_META: "Kept in cookies of this browser", "이 브라우저의 쿠키에 저장";
    ZONE_HINT: "UTC, or an IANA name such as Europe/Berlin. A link can carry its own zone.", "UTC 또는 Asia/Seoul 같은 IANA 이름. 링크에 시간대가 들어 있을 수도 있습니다.";

    // States of panels.
    TRUE_ZERO: "The source answered: a true zero, not a gap.", "출처가 응답했습니다. 빈 데이터가 아니라 실제 0입니다.";
    NO_SESSIONS: "No active sessions", "활성 세션 없음";
    NO_STATEMENTS: "No statement was active", "활성 구문 없음";
    NO_COUNTERS: "No counter metrics", "카운터 지표 없음";
    NO_ALARMS: "No alarms", "경보 없음";
    NO_INSTANCES: "No instances in the watched regions", "감시하는 리전에 인스턴스 없음";
    STATE_OFF_TITLE: "{what} is off", "{what} 꺼짐";
    STATE_OFF_CAUSE: "This instance sends no data for **{what}**. Modify the instance to turn it on; CloudWatch metrics still work.", "이 인스턴스는 **{what}** 데이터를 보내지 않습니다. 인스턴스를 수정해 켜십시오. CloudWatch 지표는 계속 동작합니다.";
    STATE_DENIED_TITLE: "Not allowed to read {what}", "{what} 읽기 권한 없음";
    STATE_DENIED_CAUSE: "The role lacks `{action}`.", "역할에 `{action}` 권한이 없습니다.";
    ON_RESOURCE: "On {resource}", "대상 {resource}";
    COPY_POLICY: "Copy policy statement", "정책 구문 복사";
    STATE_THROTTLED_TITLE: "AWS is slowing our calls", "AWS가 호출을 제한하고 있습니다";
    STATE_THROTTLED_CAUSE: "Performance Insights answered `ThrottlingException`. Stored data stays readable.", "Performance Insights가 `ThrottlingException`으로 응답했습니다. 저장된 데이터는 계속 볼 수 있습니다.";
    NEXT_TRY: "Next try at {time}", "다음 시도 {time}";
    STATE_CREDENTIALS_TITLE: "No valid AWS credentials", "유효한 AWS 자격 증명 없음";
    STATE_CREDENTIALS_CAUSE: "They are missing or expired. Log in again, or start with `AWS_PROFILE` set.", "자격 증명이 없거나 만료되었습니다. 다시 로그인하거나 `AWS_PROFILE`을 설정해 시작하십시오.";
    STATE_UNREACHABLE_TITLE: "AWS cannot be reached", "AWS에 연결할 수 없음";
    STATE_UNREACHABLE_CAUSE: "The endpoint did not answer in time. Check the network and `AWS_ENDPOINT_URL`.", "엔드포인트가 제때 응답하지 않았습니다. 네트워크와 `AWS_ENDPOINT_URL`을 확인하십시오.";
    STATE_PENDING_TITLE: "Not collected yet", "아직 수집되지 않음";
    STATE_PENDING_CAUSE: "Collection of this window is on its way.", "이 구간을 수집하고 있습니다.";
    BACKFILL_DONE: "{share} of the back-fill is done", "과거 데이터 수집 {share} 완료";
    STATE_FAILED_TITLE: "Could not read the archive", "아카이브를 읽을 수 없음";
    STATE_FAILED_CAUSE: "The server did not answer this panel. Other panels are not affected.", "서버가 이 패널에 응답하지 않았습니다. 다른 패널에는 영향이 없습니다.";
    REQUEST: "Request {id}", "요청 {id}";
    NOT_FOUND_TITLE: "There is no {what}", "{what}이(가) 없습니다";
    NOT_FOUND_CAUSE: "It may be renamed, deleted, or in a region that is not watched.", "이름이 바뀌었거나, 삭제되었거나, 감시하지 않는 리전에 있을 수 있습니다.";
    BAD_ADDRESS_TITLE: "This address cannot be understood", "이 주소를 해석할 수 없음";
    ADDRESS_REFUSED: "Parts of this address cannot be read; the page shows its default for them:", "주소의 일부를 읽을 수 없어 기본값으로 표시합니다:";
    NO_ANSWER_TITLE: "The server did not answer", "서버가 응답하지 않음";
    NO_ANSWER_CAUSE: "Check that it is running and try again.", "실행 중인지 확인하고 다시 시도하십시오.";
    TITLE_NOT_FOUND: "Not found", "찾을 수 없음";
    TITLE_DB_LOAD: "DB load, {instance}", "DB 부하, {instance}";
    NO_SUCH_PAGE: "There is no page here", "여기에는 페이지가 없습니다";
    NO_SUCH_PAGE_CAUSE: "The address may be mistyped, or the link too old.", "주소가 잘못되었거나 링크가 오래되었을 수 있습니다.";

    // Keys.
    KEY_ROWS: "Next or previous row", "다음 행, 이전 행";
    KEY_OPEN: "Open the row", "행 열기";
    KEY_FIND: "Find", "찾기";
    KEY_SLICE: "Slice by", "나누기";
    KEY_FILTER: "Add a filter", "필터 추가";
    KEY_COMPARE: "Compare with", "비교 대상";
    KEY_RANGE: "Time range", "시간 범위";
    KEY_STEP: "One window earlier or later", "한 구간 이전, 이후";
    KEY_ZOOM: "Zoom in or out", "확대, 축소";
    KEY_WHOLE: "Last 24 h", "최근 24시간";
    KEY_UNDO: "Undo the last zoom", "마지막 확대 취소";
    KEY_LINK: "Copy link", "링크 복사";
    KEY_HELP: "This list", "이 목록";
    KEYS_CHART: "On a chart: arrows move the crosshair, Home and End go to the ends, dragging zooms, a double click zooms out. The wheel zooms while Ctrl or Shift is held.", "차트에서: 화살표로 십자선 이동, Home과 End로 양 끝, 끌면 확대, 두 번 클릭하면 축소. Ctrl이나 Shift를 누른 채 휠로 확대합니다.";
}
