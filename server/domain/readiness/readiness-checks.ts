import { paths } from '@/model/paths'
import {
  BACKUP_FAILED_AFTER_MS,
  BACKUP_STALE_AFTER_MS,
  CLONE_DRILL_FAILED_AFTER_MS,
  CLONE_DRILL_STALE_AFTER_MS,
  LIVE_FAILED_AFTER_MS,
  LIVE_STALE_AFTER_MS,
  SWITCHOVER_DRILL_FAILED_AFTER_MS,
  SWITCHOVER_DRILL_STALE_AFTER_MS,
} from './limits'

export type CheckPlace = {
  cellId: string
  writerRegion: string | null
  standbyRegion: string | null
  /** The server to rebuild, where the cell has no other that could stand by; else null. */
  staleServer: { id: string; memberId: string } | null
}

export type CheckDefinition = {
  title: string
  /** Without it a failover now would be refused, or would lose more than was promised. */
  isBlocking: boolean
  weight: number
  staleAfterMs: number
  failedAfterMs: number
  fix(place: CheckPlace): { label: string; path: string }
}

const live = { staleAfterMs: LIVE_STALE_AFTER_MS, failedAfterMs: LIVE_FAILED_AFTER_MS }
const atRegion = (region: string | null) =>
  region === null
    ? { label: 'Overview', path: paths.overview() }
    : { label: `Region ${region}`, path: paths.region({ region }) }
const replication = () => ({ label: 'Replication lag', path: paths.replication() })
/** Where a standby is put right: at the stale server, while that is all there is. */
const orStale =
  (fix: CheckDefinition['fix']): CheckDefinition['fix'] =>
  (place) =>
    place.staleServer
      ? { label: `Stale server ${place.staleServer.memberId}`, path: paths.staleServer({ id: place.staleServer.id }) }
      : fix(place)
const drills = () => ({ label: 'Drills', path: paths.drills() })

/** Every check in the order in which people read them: what stops a failover first. Read by the prover, the verdict and the tests. */
export const readinessChecks = {
  standby: { title: 'A standby follows the writer', isBlocking: true, weight: 15, ...live, fix: orStale(replication) },
  'lawful-target': {
    title: 'It may serve every tenant',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: ({ standbyRegion }) => atRegion(standbyRegion),
  },
  'lag-objective': {
    title: 'It loses no more than was promised',
    isBlocking: true,
    weight: 15,
    ...live,
    fix: orStale(replication),
  },
  'fence-means': {
    title: 'The writer can be fenced',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: ({ writerRegion }) => atRegion(writerRegion),
  },
  gate: {
    title: 'The gate covers every table',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: ({ writerRegion }) => atRegion(writerRegion),
  },
  approvers: {
    title: 'Enough people could approve',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: () => ({ label: 'Approvals', path: paths.approvals() }),
  },
  'clock-skew': {
    title: 'The clocks agree',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: orStale(({ standbyRegion }) => atRegion(standbyRegion)),
  },
  capacity: {
    title: 'It can carry the load',
    isBlocking: false,
    weight: 5,
    ...live,
    fix: orStale(({ standbyRegion }) => atRegion(standbyRegion)),
  },
  'same-settings': {
    title: 'It is set up like the writer',
    isBlocking: false,
    weight: 5,
    ...live,
    fix: orStale(({ standbyRegion }) => atRegion(standbyRegion)),
  },
  backup: {
    title: 'A backup is fresh',
    isBlocking: false,
    weight: 5,
    staleAfterMs: BACKUP_STALE_AFTER_MS,
    failedAfterMs: BACKUP_FAILED_AFTER_MS,
    fix: ({ writerRegion }) => atRegion(writerRegion),
  },
  'drill-clone': {
    title: 'Drilled on a clone',
    isBlocking: false,
    weight: 5,
    staleAfterMs: CLONE_DRILL_STALE_AFTER_MS,
    failedAfterMs: CLONE_DRILL_FAILED_AFTER_MS,
    fix: drills,
  },
  'drill-switchover': {
    title: 'Drilled by a switchover and back',
    isBlocking: false,
    weight: 5,
    staleAfterMs: SWITCHOVER_DRILL_STALE_AFTER_MS,
    failedAfterMs: SWITCHOVER_DRILL_FAILED_AFTER_MS,
    fix: drills,
  },
} as const satisfies Record<string, CheckDefinition>

export type ReadinessCheck = keyof typeof readinessChecks
export const readinessCheckNames = Object.keys(readinessChecks) as ReadinessCheck[] // the table's own keys
