/** Names of operations as they stand in the journal: never changed, because what ran under them is read again. */
export const SWITCHOVER_KIND = 'planned-switchover'
export const FAILOVER_KIND = 'forced-failover'
export const SWITCHOVER_DRILL_KIND = 'drill-switchover'
/** What moves the writer of a live cell with the old primary's help. */
export const LOSSLESS_KINDS = [SWITCHOVER_KIND, SWITCHOVER_DRILL_KIND]
/** The step of a switchover whose undo moves the epoch. */
export const FENCE_STEP = 'fence-old-primary'
