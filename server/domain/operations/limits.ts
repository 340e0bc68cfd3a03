/** Every limit of planning, asking and deciding, in one place. Times are judged by the catalog's clock. */

/** Older facts than this are not facts: a check over them is unknown, and unknown blocks. */
export const FACTS_AGE_MS_MAX = 10_000
/** A scope rests after its writer has moved, so that a flapping cause cannot drag it back and forth. */
export const COOL_DOWN_MS = 30_000
/** Regions that keep taking writes while this cell does not. */
export const OTHER_WRITABLE_REGIONS_MIN = 1

export const PLAN_LIFE_MS = 5 * 60_000
export const APPROVE_WITHIN_MS = 15 * 60_000
/** After the last moment of approval: a run that no worker has begun by then asks again. */
export const RUN_WITHIN_MS = 15 * 60_000
/** How long "I am looking at it" is shown beside a request. */
export const CLAIM_MS = 5 * 60_000
export const CLAIMS_SHOWN_MAX = 20
/** People who may decide that a page names; nobody is judged by this list. */
export const APPROVERS_SHOWN_MAX = 100
/** A request that was voided asks again by itself, but one intent may not go on asking for ever. */
export const REQUESTS_PER_INTENT_MAX = 5
/** A difference counts when a second look finds it as well: a probe that was late once must void nothing. */
export const DRIFT_SECOND_LOOK_MS = 10_000
/** The time box of break-glass: what no worker has begun by then does not begin. */
export const BREAK_GLASS_MS = 30 * 60_000

/** What a switchover may take: parts of the plan, so that an approval covers them. */
export const DRAIN_MS_MAX = 2_000
export const REPLAY_MS_MAX = 10_000

export const TOP_TENANTS_MAX = 5
export const PAST_RUNS_MAX = 20
/** Fewer past runs than this say nothing about the next one. */
export const PAST_RUNS_MIN = 3
export const WRITE_RATE_WINDOW_MS = 60_000
export const LIST_MAX = 200
export const RUNNER_SILENT_MS_MAX = 10_000

/** The application's counts are read from so long before the writer was last heard: the rate before an outage lies in there. */
export const ACKNOWLEDGED_BEFORE_MS = 15 * 60_000
/** Three quarters of an hour of them: an outage that lasts longer is told without them. */
export const ACKNOWLEDGED_BUCKETS_MAX = 270
