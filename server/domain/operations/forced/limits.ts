/** Every limit of a forced failover, in one place. */

/** While the old primary may go on writing, the loss grows: the plan's bound holds if it is fenced within this time. */
export const LOSS_HORIZON_MS = 10 * 60_000
/** A clock is read over the network, so what it is off by is known to this much on a loaded way. Widens every measured loss. */
export const CLOCK_READING_MS = 500
/** What a plan adds to that, so that reading the same clocks again cannot void it. */
export const LOSS_MARGIN_MS = 1_000
/** Part of the target's declared capacity that must stay free under the load it takes over. */
export const HEADROOM_PERCENT_MIN = 15
/** The workers ask the fencing agents this often; an older answer is no answer. */
export const AGENT_CHECK_EVERY_MS = 15_000
export const AGENT_ANSWER_AGE_MS_MAX = 60_000
/**
 * To close the gate of a server that can be reached at all is worth this long, and no longer: people wait. It covers all of it,
 * the new connections, the closing and the canary: a dozen round trips, of a third of a second each to the farthest region,
 * and some room for a loaded server. Less would switch off a healthy machine whose only fault is that it is far away.
 */
export const CLOSE_MS_MAX = 5_000
export const POWER_OFF_MS_MAX = 20_000
/** A lease is granted at most this far ahead, so that no wait for its end is longer. */
export const LEASE_WAIT_MS_MAX = 45_000
export const DRAIN_TARGET_MS_MAX = 60_000
export const TENANTS_PAGE_MAX = 100
/** How often a run that goes back tries to reach the old primary before it leaves its gate as it is: a few minutes in all. */
export const REOPEN_ATTEMPTS_MAX = 8
export const REOPEN_MS_MAX = 5_000
/** A standby whose upstream is gone is not waited for in the hope of the rest of its log. */
export const REPLAY_WITHOUT_STREAM_MS = 1_000
