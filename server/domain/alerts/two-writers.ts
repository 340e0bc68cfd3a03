import type { WriterPosition } from '@/model/schemas/alerts'
import type { Actor } from '@/server/db'
import type { MemberFacts } from '@/server/engines/contract'
import type { WriterSight } from './decide-writers'

export const twoWritersActor: Actor = { kind: 'worker', name: 'two-writers' }

export function twoWritersKey(cellId: string): string {
  return `two-writers:${cellId}`
}

/** Where a server stood when it was found to be one writer too many. Pure. */
export function positionOf(writer: WriterSight, facts: MemberFacts): WriterPosition {
  const heartbeatAtMs = facts.heartbeatAgeMs === null ? null : writer.observedAt.getTime() - facts.heartbeatAgeMs
  return {
    member: writer.member,
    region: writer.region,
    systemIdentifier: facts.systemIdentifier,
    timeline: facts.timeline,
    lsn: facts.lsn,
    epoch: facts.gate?.epoch.toString() ?? null,
    gate: facts.gate?.status ?? 'none',
    lastHeartbeatAt: heartbeatAtMs === null ? null : new Date(heartbeatAtMs).toISOString(),
    observedAt: writer.observedAt.toISOString(),
    frozen: 'Not tried yet.',
  }
}

export function sayTwoWriters(cellId: string, writers: readonly WriterSight[]): string {
  const each = writers.map(({ member, gate }) => `${member} ${gate ? `at epoch ${gate.epoch}` : 'without a gate'}`)
  return `Two writers in ${cellId}: ${each.join(' and ')} took writes at the same time.`
}

/**
 * What a person does once it is known which server is right. The console opens nothing by itself here: whichever it chose, the
 * other's writes would be orphaned by a machine. Pure.
 */
export function sayWayOut(
  alertId: string,
  { scope, activeMember }: { scope: string; activeMember: string },
  writers: readonly WriterSight[],
  frozen: readonly WriterSight[],
): string[] {
  const strays = writers.filter(({ member }) => member !== activeMember)
  const active = frozen.find(({ member }) => member === activeMember)
  return [
    `If the catalog is right and ${activeMember} is the writer, run these as the superuser of each database:`,
    ...strays.map(({ member, gate }) =>
      gate
        ? `${member}: SELECT homeport.fence_gate('${scope}', ${gate.epoch + 1n}, '${alertId}');`
        : `${member}: stop it on its machine; it has no gate.`,
    ),
    ...(active?.gate
      ? [`${active.member}: SELECT homeport.thaw_gate('${scope}', ${active.gate.epoch}, '${alertId}');`]
      : []),
    `Then rebuild ${strays.map(({ member }) => member).join(' and ') || 'the other'}: what it wrote on its own is not on ${activeMember}.`,
    'Else keep all of them frozen and compare what each of them holds first.',
  ]
}
