/** Copying a database of some gigabytes over a disk that others use too. */
export const CLONE_MS_MAX = 10 * 60_000
export const CLONE_CALL_MS = 10_000
/** How long after the way there the way back may still begin; later it is a person's business. */
export const BACK_WITHIN_MS = 30 * 60_000
/** How often the worker looks for a way back that is due. */
export const LOOK_FOR_BACK_EVERY_MS = 2_000
/** A drill that failed is tried again by its schedule after this long, not at once. */
export const DRILL_RETRY_MS = 60 * 60_000
/** Runs whose clone may have been left behind, looked for in one go. */
export const SWEEP_MAX = 20
/** What is older was swept by whatever made it: no clone outlives an hour. */
export const SWEEP_WITHIN_MS = 24 * 3_600_000
