/**
 * Alerts: what a person must know now. Invariants: one open alert a cause; its facts are those of the moment in which it was raised;
 * it is over when its cause is gone, never because somebody has read it; two writers also need somebody who has.
 * It opens no gate, and it does not know how anybody is told.
 */
export { acknowledgeAlert } from './acknowledge-alert'
export { listAlerts } from './list-alerts'
export { type AlertOrder, raiseAlert } from './raise-alert'
export { resolveAlert } from './resolve-alert'
export { type WatchDeps, watchTwoWriters } from './watch-two-writers'
export { watchWriters } from './watch-writers'
