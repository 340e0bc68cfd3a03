import { paths } from '@/model/paths'
import type { ReadinessCheckView, ReadinessOutcome } from '@/model/schemas/readiness'
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
  standbyRegion: string | null
  writer: string | null
  writerRegion: string | null
  standby: string | null
  /** The server to rebuild, where the cell has no other that could stand by; else null. */
  staleServer: { id: string; memberId: string } | null
  /** The newest forced failover that nobody has acknowledged. */
  toAcknowledge: { id: string; code: string } | null
}

/** What helps: a page of the console, or what to do outside of it where no page can (`path` null). */
type Fix = ReadinessCheckView['fix']

export type CheckDefinition = {
  title: string
  /** Without it a failover now would be refused, or would lose more than was promised. */
  isBlocking: boolean
  weight: number
  staleAfterMs: number
  failedAfterMs: number
  fix(place: CheckPlace, outcome: ReadinessOutcome): Fix
}

const live = { staleAfterMs: LIVE_STALE_AFTER_MS, failedAfterMs: LIVE_FAILED_AFTER_MS }
const outside = (label: string): Fix => ({ label, path: null })
/** What nobody could look at needs no setting changed: its region tells who reaches the writer and who does not. */
const onceSeen =
  (fix: (place: CheckPlace) => Fix): CheckDefinition['fix'] =>
  (place, outcome) =>
    outcome === 'unknown' && place.writerRegion
      ? { label: `Region ${place.writerRegion}`, path: paths.region({ region: place.writerRegion }) }
      : fix(place)
const replication = (): Fix => ({ label: 'Replication lag', path: paths.replication() })
/** Where a standby is put right: at the stale server, while that is all there is. */
const orStale =
  (fix: CheckDefinition['fix']): CheckDefinition['fix'] =>
  (place, outcome) =>
    place.staleServer
      ? { label: `Stale server ${place.staleServer.memberId}`, path: paths.staleServer({ id: place.staleServer.id }) }
      : fix(place, outcome)
const drills = ({ cellId }: CheckPlace): Fix => ({ label: 'Drills', path: paths.drills({ cell: cellId }) })

/** Every check in the order in which people read them: what stops a failover first. Read by the prover, the verdict and the tests. */
export const readinessChecks = {
  standby: { title: 'A standby follows the writer', isBlocking: true, weight: 15, ...live, fix: orStale(replication) },
  'lawful-target': {
    title: 'It may serve every tenant',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: ({ standbyRegion }) =>
      outside(
        `In homeport.yaml, declare a standby in a region that every policy allows${standbyRegion ? `, or allow ${standbyRegion}` : ''}.`,
      ),
  },
  'lag-objective': {
    title: 'It loses no more than was promised',
    isBlocking: true,
    weight: 15,
    ...live,
    fix: orStale(({ cellId }, outcome) =>
      outcome === 'unknown'
        ? { label: 'Dry run of a failover', path: paths.newFailover({ cell: cellId }) }
        : replication(),
    ),
  },
  'fence-means': {
    title: 'The writer can be fenced',
    isBlocking: true,
    weight: 10,
    ...live,
    fix: ({ writer }) =>
      outside(`Give ${writer ?? 'the writer'} a fencing agent, or its cell a write lease (runbook: fencing agent).`),
  },
  gate: {
    title: 'The gate covers every table',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: onceSeen(({ writer }) =>
      outside(`On ${writer ?? 'the writer'}, call homeport.protect() for each table that it names.`),
    ),
  },
  approvers: {
    title: 'Enough people could approve',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: () => ({ label: 'Each approver sets up a second factor in their profile', path: paths.profile() }),
  },
  'no-hold': {
    title: 'Nothing holds operations back',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: () => ({ label: 'Holds', path: paths.holds() }),
  },
  'cool-down': {
    title: 'The cell has rested',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: ({ toAcknowledge }) =>
      toAcknowledge
        ? { label: `Open ${toAcknowledge.code} and acknowledge it`, path: paths.operation({ id: toAcknowledge.id }) }
        : outside('It ends by itself.'),
  },
  'clock-skew': {
    title: 'The clocks agree',
    isBlocking: true,
    weight: 5,
    ...live,
    fix: orStale(onceSeen(() => outside('Set the clock right that is wrong: look at the time service of both hosts.'))),
  },
  capacity: {
    title: 'It can carry the load',
    isBlocking: false,
    weight: 5,
    ...live,
    fix: orStale(({ standby }) =>
      outside(`In homeport.yaml, declare what ${standby ?? 'the standby'} can carry, or give it more.`),
    ),
  },
  'same-settings': {
    title: 'It is set up like the writer',
    isBlocking: false,
    weight: 5,
    ...live,
    fix: orStale(
      onceSeen(({ standby }) =>
        outside(
          `Change the settings of ${standby ?? 'the standby'} to those of the writer, and restart it if it must be.`,
        ),
      ),
    ),
  },
  backup: {
    title: 'A backup is fresh',
    isBlocking: false,
    weight: 5,
    staleAfterMs: BACKUP_STALE_AFTER_MS,
    failedAfterMs: BACKUP_FAILED_AFTER_MS,
    fix: onceSeen(({ writer }) => outside(`Set archive_mode and archive_command on ${writer ?? 'the writer'}.`)),
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
