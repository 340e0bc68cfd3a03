import { operationKinds } from '@/model/operation-kinds'
import type { Permission } from '@/model/permissions'
import { openStaleStates } from '@/model/stale-states'
import type { Db } from '@/server/db'
import { type DrillKind, readDrillRuns } from '../drills'
import { UNACKNOWLEDGED_FAILOVER } from '../operations'
import { holdersOf } from '../people'
import type { Approvers } from './judge-approvers'
import type { LastDrill } from './judge-cell'
import { PEOPLE_MAX } from './limits'

/** Read once a round: people are the same for every cell. */
export async function readApprovers(db: Db): Promise<Approvers> {
  const [people, requesters] = await Promise.all([
    listHolders(db, 'operation:approve'),
    listHolders(db, 'operation:request'),
  ])
  return {
    quorum: operationKinds['forced-failover'].quorum,
    people: people.map(({ id, name, users }) => ({
      id,
      name,
      hasSecondFactor: users.some((user) => user.twoFactorEnabled === true || user._count.passkeys > 0),
    })),
    requesters: requesters.map(({ id, name }) => ({ id, name })),
  }
}

function listHolders(db: Db, permission: Permission) {
  return db.person.findMany({
    where: holdersOf(permission),
    select: {
      id: true,
      name: true,
      users: { select: { twoFactorEnabled: true, _count: { select: { passkeys: true } } } },
    },
    orderBy: { name: 'asc' },
    take: PEOPLE_MAX,
  })
}

export type LeftBehind = { id: string; cellId: string; memberId: string }

/** Servers that a failover left behind and that are not yet rebuilt, the newest first; `id` is of the server's page. */
export function readLeftBehind(db: Db, cellIds: readonly string[]): Promise<LeftBehind[]> {
  return db.staleServer.findMany({
    where: { cellId: { in: [...cellIds] }, status: { in: [...openStaleStates] } },
    select: { id: true, cellId: true, memberId: true },
    orderBy: { leftAt: 'desc' },
  })
}

type ToAcknowledge = { id: string; code: string; scope: string }

/** Forced failovers that nobody has acknowledged, the newest first: each keeps its cell at rest. */
export function readToAcknowledge(db: Db, scopes: readonly string[]): Promise<ToAcknowledge[]> {
  return db.operation.findMany({
    where: { scope: { in: [...scopes] }, ...UNACKNOWLEDGED_FAILOVER },
    select: { id: true, code: true, scope: true },
    orderBy: { finishedAt: 'desc' },
  })
}

/** The newest run of each kind that ended, by cell. One that failed proves nothing and hides nothing: the last that went through counts. */
export async function readLastDrills(db: Db): Promise<Map<string, Map<DrillKind, LastDrill>>> {
  const byCell = new Map<string, Map<DrillKind, LastDrill>>()
  for (const run of await readDrillRuns(db, { lastDoneOnly: true })) {
    if (run.outcome !== 'done' || !run.finishedAt) continue
    const kinds = byCell.get(run.cellId) ?? new Map<DrillKind, LastDrill>()
    kinds.set(run.kind, { code: run.code, finishedAtMs: Date.parse(run.finishedAt), isMet: run.isMet })
    byCell.set(run.cellId, kinds)
  }
  return byCell
}
