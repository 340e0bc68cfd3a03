import { DomainError } from '@/model/errors'
import type { WhatIf } from '@/model/schemas/failovers'
import { authorize, type Ctx } from '@/server/context'
import { catalogNow } from '@/server/db'
import { readWorld } from '../operations'
import { percentilesOf, readLatencies } from '../telemetry'
import { CELLS_AT_ONCE_MAX, WHAT_IF_CELLS_MAX } from './limits'
import { readLeftBehind } from './read-facts'
import { decideWhatIf, type Medians, type WhatIfCell } from './what-if'

const LATENCY_WINDOW_MS = 300_000

/** Only what the catalog knows already; nothing is asked of any server, and nothing is changed. */
export async function getWhatIf(ctx: Ctx, { region }: { region: string }): Promise<WhatIf> {
  authorize(ctx, 'estate:read')
  const { db } = ctx
  if (!(await db.region.findUnique({ where: { code: region } })))
    throw new DomainError('not-found', `There is no region ${region}.`)
  const now = await catalogNow(db)
  const [cells, medians, regions] = await Promise.all([
    db.cell.findMany({
      where: { members: { some: { regionCode: region } } },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: WHAT_IF_CELLS_MAX,
    }),
    readMedians(ctx, now),
    db.region.findMany({ where: { code: { not: region } }, select: { code: true }, orderBy: { code: 'asc' } }),
  ])
  const leftBehind = await readLeftBehind(
    db,
    cells.map(({ id }) => id),
  )
  const given = {
    region,
    userRegions: regions.map(({ code }) => code),
    medians,
    leftBehind: leftBehind.map(({ memberId }) => memberId),
  }
  const decided: WhatIfCell[] = []
  const waiting = cells.map(({ id }) => id)
  const lane = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      const world = await readWorld(db, id)
      if (world) decided.push(decideWhatIf(world, given))
    }
  }
  await Promise.all(Array.from({ length: CELLS_AT_ONCE_MAX }, lane))
  return { region, at: now.toISOString(), cells: decided.sort(worstFirst) }
}

async function readMedians({ db }: Ctx, now: Date): Promise<Medians> {
  const seen = await readLatencies(db, { from: new Date(now.getTime() - LATENCY_WINDOW_MS), to: now })
  const byKey = new Map(
    seen.map(({ vantageRegion, memberId, kind, histogram }) => [
      `${kind} ${vantageRegion} ${memberId}`,
      percentilesOf(histogram).p50Ms,
    ]),
  )
  return {
    read: (vantage, member) => byKey.get(`read ${vantage} ${member}`) ?? null,
    write: (vantage, member) => byKey.get(`write ${vantage} ${member}`) ?? null,
  }
}

const RANK = { writer: 0, standby: 1, nothing: 2 } as const satisfies Record<WhatIfCell['loses'], number>

/** Who would have no writer, then who would move, then who would only lose a copy. */
function worstFirst(a: WhatIfCell, b: WhatIfCell): number {
  return (
    Number(a.newWriter !== null) - Number(b.newWriter !== null) ||
    RANK[a.loses] - RANK[b.loses] ||
    a.cellId.localeCompare(b.cellId)
  )
}
