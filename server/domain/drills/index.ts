/**
 * Drills: which are due, which were run, and what they measured against what each cell promises. How a drill is carried out is the
 * business of operations. Invariants: a drill on the live cell never starts from here; drills and real failovers are never
 * one average; a run that did not come back was no drill that went through.
 */
export { getDrill, listDrillHistory, listDrills } from './list-drills'
export { type DrillKind, drillKindNames, readDrillRuns } from './read-drill-runs'
export { runSchedules } from './run-schedules'
export { endSchedule, scheduleDrill } from './schedule-drill'
export { readWhyNoLiveDrill } from './why-no-live-drill'
