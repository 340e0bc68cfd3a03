import type { MemberReport } from '@/server/engines/contract'

/** What a member last said of itself, as recorded or just heard. */
export type WriterSight = {
  member: string
  role: 'primary' | 'standby' | null
  /** Its own name, and the name in its gate; null where it has none or none was told. */
  serverName: string | null
  region: string
  gate: { status: string; epoch: bigint; server: string | null; region: string; leaseUntil: Date | null } | null
  observedAt: Date
  /** A failover left it behind: which of two is right was decided then. */
  isLeftBehind: boolean
}

/**
 * Pure: did it take writes when it was seen? A primary does unless its gate says otherwise: closed, another server's, or held on a
 * lease that is over. One without a gate takes them too, and nothing of ours could stop it.
 */
export function acceptsWrites({ role, gate, serverName, region, observedAt }: WriterSight): boolean {
  if (role !== 'primary') return false
  if (!gate) return true
  if (gate.status !== 'WRITABLE') return false
  const isOwn = gate.server !== null && serverName !== null ? gate.server === serverName : gate.region === region
  return isOwn && (gate.leaseUntil === null || gate.leaseUntil > observedAt)
}

/** A member's own words of just now as a sight; null when it did not answer. */
export function sightOf(
  member: { id: string; region: string; isLeftBehind: boolean },
  report: MemberReport,
  observedAt: Date,
): WriterSight | null {
  if (!report.reachable) return null
  return {
    member: member.id,
    region: member.region,
    role: report.role,
    serverName: report.serverName,
    gate: report.gate,
    observedAt,
    isLeftBehind: member.isLeftBehind,
  }
}

/**
 * Pure: which of them took writes at one and the same time, if at least two did. Everybody was asked twice, and nobody the second
 * time before all had answered the first. Whoever was open at the same epoch both times was open in between, since a gate is never
 * opened twice at one epoch; so all of those were open when the first round ended. One look at each would not tell: a switchover may
 * lie between two answers.
 */
export function decideWriters(first: readonly WriterSight[], second: readonly WriterSight[]): readonly WriterSight[] {
  const writers = second.filter((sight) => {
    const before = first.find(({ member }) => member === sight.member)
    return (
      before !== undefined && acceptsWrites(before) && acceptsWrites(sight) && before.gate?.epoch === sight.gate?.epoch
    )
  })
  return writers.length > 1 ? writers : []
}

/**
 * Pure: whose gates are frozen. All of them, because nobody knows which one is right; but where people have moved the writer and the
 * other is what they left behind, only that one: to stop the right one as well would make an outage of a stray.
 */
export function decideFrozen(
  writers: readonly WriterSight[],
  catalog: { activeMember: string; activeEpoch: bigint },
): readonly WriterSight[] {
  const isRightful = ({ member, gate }: WriterSight) =>
    member === catalog.activeMember && gate?.epoch === catalog.activeEpoch
  const strays = writers.filter((writer) => !isRightful(writer))
  return strays.length < writers.length && strays.every(({ isLeftBehind }) => isLeftBehind) ? strays : writers
}
