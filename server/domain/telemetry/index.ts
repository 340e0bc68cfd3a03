/**
 * What was seen, by whom and when: recording it in bounded batches, reading it back, and judging it. Judgements are pure
 * functions of observations and a time. Invariants: unknown is never ok and never a number; an old observation makes a
 * status unknown; vantages that disagree are kept apart; percentiles come from merged histograms and are never averaged.
 * This folder does not know how anything is observed, nor what an operation is.
 */
export { type CellJudgement, type CellSight, decideCellStatus } from './decide-cell-status'
export { decideLagStatus } from './decide-lag-status'
export { decideAsymmetric, decideLinkState, type LinkJudgement, type LinkSight } from './decide-link-state'
export { decideMemberStatus, type MemberSight } from './decide-member-status'
export { decideRegionStatus, type RegionJudgement, type VantageSight } from './decide-region-status'
export { decideVerdict, type Verdict } from './decide-verdict'
export { decideWorstStatus } from './decide-worst-status'
export {
  isAbandoned,
  isFresh,
  LAG_INTERVAL_MS,
  MEMBER_INTERVAL_MS,
  PROBE_TIMEOUT_MS,
  PROCESS_INTERVAL_MS,
  probeIntervalMs,
} from './intervals'
export { keepBeating } from './keep-beating'
export { prepareExtremes, prepareSteps } from './prepare-series'
export { readFindings } from './read-findings'
export { type LagSteps, POINTS_MAX, readLagSteps } from './read-lag-series'
export {
  type LatencySeen,
  MATRIX_WINDOW_MS_MAX,
  percentilesOf,
  readLatencies,
  readLatencySteps,
} from './read-latencies'
export { type LagSeen, type MemberSeen, type ProbeSeen, readLatestLags, readMembers, readProbes } from './read-latest'
export { readNoAcks } from './read-no-acks'
export { readTraffic, type TrafficMinute } from './read-traffic'
export { type LagRecord, type MemberRecord, recordLags, recordMembers } from './record-members'
export { type ProbeCount, type ProbeRecord, recordProbeCounts, recordProbes } from './record-probes'
export { type ProcessRecord, recordProcess } from './record-process'
export { reportTraffic } from './report-traffic'
export { type Retained, retainSamples } from './retain'
export { latestOf } from './since-all-fail'
