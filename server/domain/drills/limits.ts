/** Runs that a history shows: a year of weekly drills of twenty cells. */
export const RUNS_MAX = 1_000
/** Schedules that one activation looks at. */
export const DUE_MAX = 20
