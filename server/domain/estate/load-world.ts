import type { Db } from '@/server/db'
import {
  type LagSeen,
  type LatencySeen,
  type MemberSeen,
  type ProbeSeen,
  readLatencies,
  readLatestLags,
  readMembers,
  readNoAcks,
  readProbes,
  readTraffic,
  type TrafficMinute,
} from '../telemetry'
import { type CellRow, loadStructure, type Structure } from './load-structure'

/** The estate as declared and as last observed, read at one moment: the only input of every view in this folder. */
export type World = Structure & {
  nowMs: number
  probes: ProbeSeen[]
  members: ReadonlyMap<string, MemberSeen>
  lags: ReadonlyMap<string, LagSeen>
  latencies: LatencySeen[]
  traffic: TrafficMinute | null
  /** By cell: for how many ms the application has had no write acknowledged while it tried. */
  noAckMs: ReadonlyMap<string, number>
  /** Which cell and region a member belongs to. */
  places: ReadonlyMap<string, { cell: CellRow; region: string; isActive: boolean }>
}

/** How far back percentiles look unless asked otherwise. */
export const LATENCY_WINDOW_MS = 300_000

/** Ten statements side by side, whatever the size of the estate. */
export async function loadWorld(db: Db, now: Date, latencyWindowMs = LATENCY_WINDOW_MS): Promise<World> {
  const from = new Date(now.getTime() - latencyWindowMs)
  const [structure, probes, members, lags, latencies, traffic, noAckMs] = await Promise.all([
    loadStructure(db, now),
    readProbes(db),
    readMembers(db),
    readLatestLags(db),
    readLatencies(db, { from, to: now }),
    readTraffic(db, now),
    readNoAcks(db, now),
  ])
  return {
    ...structure,
    nowMs: now.getTime(),
    probes,
    members: new Map(members.map((member) => [member.memberId, member])),
    lags: new Map(lags.map((lag) => [lag.targetMember, lag])),
    latencies,
    traffic,
    noAckMs,
    places: new Map(
      structure.cells.flatMap((cell) =>
        cell.members.map(({ id, region }) => [id, { cell, region, isActive: id === cell.activeMember }]),
      ),
    ),
  }
}
