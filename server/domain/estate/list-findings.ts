import type { ServerFindings } from '@/model/schemas/estate'
import { openStaleStates } from '@/model/stale-states'
import { authorize, type Ctx } from '@/server/context'
import { readFindings } from '../telemetry'

const FINDINGS_MAX = 50

/** The servers about which something must be said, by name: what the vantages together see of each. */
export async function listFindings(ctx: Ctx): Promise<ServerFindings> {
  authorize(ctx, 'estate:read')
  const now = ctx.clock.now()
  const findings = await readFindings(ctx.db, now)
  const unwell = [...findings].filter(([, { name }]) => name !== 'ServerHealthy')
  const members = await ctx.db.cellMember.findMany({
    where: { id: { in: unwell.map(([id]) => id) } },
    select: { id: true, cellId: true, regionCode: true },
  })
  const writers = new Set(
    (await ctx.db.regionWriteEpoch.findMany({ select: { activeMember: true } })).map((row) => row.activeMember),
  )
  const stale = await ctx.db.staleServer.findMany({
    where: { memberId: { in: unwell.map(([id]) => id) }, status: { in: [...openStaleStates] } },
    select: { id: true, memberId: true },
    orderBy: { leftAt: 'asc' },
  })
  const staleOf = new Map(stale.map((server) => [server.memberId, server.id]))
  const placeOf = new Map(members.map((member) => [member.id, member]))
  const listed = unwell
    .flatMap(([member, finding]) => {
      const place = placeOf.get(member)
      if (!place) return [] // it has left the estate meanwhile
      const staleServerId = staleOf.get(member) ?? null
      const isActive = writers.has(member)
      return [{ cellId: place.cellId, member, region: place.regionCode, isActive, staleServerId, finding }]
    })
    .sort((a, b) => Number(b.isActive) - Number(a.isActive) || a.member.localeCompare(b.member))
  return { findings: listed.slice(0, FINDINGS_MAX), count: listed.length, asOf: now.toISOString() }
}
