import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import type { Endpoints, MemberTarget } from '@/server/domain/estate'
import type { MemberRecord, ProcessRecord } from '@/server/domain/telemetry'
import type { EngineAdapter, MemberReport } from '@/server/engines/contract'
import type { HeldVantages } from './held-vantages'
import type { ProbeBoard } from './probe-board'

/** What every collector is given. Collectors share memory through `board` and `reports` and nothing else. */
export type CollectorContext = {
  db: Db
  engines: { for(kind: string): EngineAdapter }
  clock: Clock
  endpoints: Endpoints
  /** The region this worker stands in: members are observed from here. */
  homeVantage: string
  /** The regions this worker may probe from; null is every region of the estate. */
  vantages: readonly string[] | null
  held: HeldVantages
  board: ProbeBoard
  /** The members as last read for probing, so that not every tick asks the catalog. */
  targets: { members: readonly MemberTarget[]; readAtMs: number } | null
  /** Looks at members: who is being asked, and the answers that are not recorded yet. */
  looks: { underWay: Set<string>; finished: MemberRecord[] }
  /** What each member said at the last look, for the lag between two of them. */
  reports: Map<string, { report: MemberReport; observedAt: Date }>
  process: Omit<ProcessRecord, 'heartbeatAt' | 'detail'>
  /** The reading last recorded of each standby, so that one look makes one sample. */
  lagSampledAt: Map<string, number>
  /** How each collector fared last; goes into the process's heartbeat. */
  health: Map<string, CollectorHealth>
  /** `isWaiting`: something was recorded that readers have not been told of. `hasTurned`: it is more than averages moving. */
  news: { isWaiting: boolean; hasTurned: boolean }
  signal: AbortSignal
}

/** One activation takes no input: it looks at the world, records what it saw, and says what it did. */
export type Activation = { says: string }

export type CollectorHealth = { says: string; endedAt: string; failedInARow: number }
