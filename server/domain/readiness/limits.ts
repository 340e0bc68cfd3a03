/** How often every check is made anew. */
export const PROVE_EVERY_MS = 30_000
/** Cells that are looked at side by side: each costs the catalog a dozen short statements. */
export const CELLS_AT_ONCE_MAX = 4
export const SETTINGS_MS_MAX = 3_000
/** Nothing looked at for this long: nobody knows, whatever was known. */
export const UNKNOWN_AFTER_MS = 30 * 60_000

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

/** A check that is made twice a minute may miss three rounds before it is stale. */
export const LIVE_STALE_AFTER_MS = 2 * MINUTE_MS
export const LIVE_FAILED_AFTER_MS = 10 * MINUTE_MS
/** How old the newest archived log may be. */
export const BACKUP_AGE_MS_MAX = 60 * MINUTE_MS
export const BACKUP_STALE_AFTER_MS = 2 * MINUTE_MS
export const BACKUP_FAILED_AFTER_MS = 60 * MINUTE_MS
/** A drill on a clone costs nothing but a disk; one on the live cell costs two write pauses. */
export const CLONE_DRILL_STALE_AFTER_MS = 7 * DAY_MS
export const CLONE_DRILL_FAILED_AFTER_MS = 30 * DAY_MS
export const SWITCHOVER_DRILL_STALE_AFTER_MS = 90 * DAY_MS
export const SWITCHOVER_DRILL_FAILED_AFTER_MS = 180 * DAY_MS

export const PEOPLE_MAX = 200
/** Cells that a question about a lost region is answered for, one world each. */
export const WHAT_IF_CELLS_MAX = 200
/** Rounds in a row that find a cell not ready before people are told: one late probe tells nobody. */
export const ROUNDS_UNTIL_TOLD = 3
