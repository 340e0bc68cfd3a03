/** Names of operations as they stand in the journal: never changed, because what ran under them is read again. */
export const SWITCHOVER_KIND = 'planned-switchover'
export const FAILOVER_KIND = 'forced-failover'
export const SWITCHOVER_DRILL_KIND = 'drill-switchover'
/** A forced failover that went through and that nobody has taken note of: its cell rests until somebody does. */
export const UNACKNOWLEDGED_FAILOVER = {
  kind: FAILOVER_KIND,
  status: 'done',
  acknowledgedAt: null,
  finishedAt: { not: null },
} as const
/** What moves the writer of a live cell with the old primary's help. */
export const LOSSLESS_KINDS = [SWITCHOVER_KIND, SWITCHOVER_DRILL_KIND]
/** The step of a switchover whose undo moves the epoch. */
export const FENCE_STEP = 'fence-old-primary'
