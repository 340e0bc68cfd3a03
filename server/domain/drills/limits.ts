/** Runs that a history shows: a year of weekly drills of twenty cells. */
export const RUNS_MAX = 1_000
/** Schedules of one kind that one activation looks at. */
export const DUE_MAX = 20
/** A drill on the live cell that did not come back ended well as a run: a few are looked at until one did. */
export const LAST_DONE_LOOKED_AT_MAX = 5
