/** Every limit of telling and sending, in one place. Times are judged by the catalog's clock. */

/** Looking for due deliveries; a person who waits for a decision does not feel half a second. */
export const SEND_EVERY_MS = 500
export const SENDS_CONCURRENT_MAX = 16
export const SEND_TIMEOUT_MS = 10_000
/** Longer than a send and its record: afterwards another worker may repeat it, with the same delivery id. */
export const SEND_LEASE_MS = 30_000
export const SENDS_AT_ONCE_MAX = 5_000
/** Shown with a grouped message; the rest is counted. */
export const ITEMS_SHOWN_MAX = 100

/** 2 s, 6 s, 18 s … at most 15 min: about half an hour in all, as long as anything here can wait for a decision. */
export const ATTEMPTS_MAX = 8
export const RETRY_MS = { min: 2_000, factor: 3, max: 15 * 60_000 }

/** News of one cause are gathered until none has come for this long, but not for ever. */
export const GATHER_QUIET_MS = 1_500
export const GATHER_MS_MAX = 10_000
/** After a message about a cause, the next one about the same cause waits this long on the same channel. */
export const CAUSE_EVERY_MS = 30_000

export const LOOK_EVERY_MS = 2_000
/** What ended longer ago than this is no news any more, for instance after all workers were away. */
export const NEWS_AGE_MS_MAX = 24 * 60 * 60_000
export const NEWS_PER_LOOK_MAX = 500
/** Shares of the window in which a request waits, the latest first: one reminder for the last that has passed. */
export const REMIND_AT_PERCENT = [80, 50] as const

export const KEEP_DAYS = 90
export const RETAIN_BATCH_MAX = 5_000
export const LOG_MAX = 100
