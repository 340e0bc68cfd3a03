import type { MemberTarget } from '@/server/domain/estate'
import { PROBE_TIMEOUT_MS, type ProbeRecord } from '@/server/domain/telemetry'
import type { ProbeResult } from '@/server/engines/contract'
import type { Activation, CollectorContext } from './context'
import type { ProbeTarget } from './probe-board'

/** How often due targets are looked for: fine enough to spread probes over their interval. */
export const PROBE_TICK_MS = 100
/** Under way at once in this process. At its limit probing slows down, and the age of what is shown says so. */
const PROBES_UNDER_WAY_MAX = 64
/** So long a write probe may name an epoch that has just passed, and be refused for it. */
const TARGETS_KEPT_MS = 1_000

type Unasked = { outcome: 'unasked'; detail: string }
type DueProbe = ProbeTarget & { member: MemberTarget }

/**
 * Starts the probes whose time has come, from every vantage that this worker holds to every member: connect rarely, read
 * always, write only to the member that may. It does not wait for them: a member that never answers holds up nobody.
 */
export async function collectProbes(context: CollectorContext): Promise<Activation> {
  const { board, clock, held } = context
  const members = await membersToProbe(context)
  const targets = held.list().flatMap((vantageRegion) => members.flatMap((member) => probesOf(vantageRegion, member)))
  const room = PROBES_UNDER_WAY_MAX - board.underWayCount
  const due = board.takeDue(targets, clock.monotonicMs(), room) as DueProbe[]
  for (const probe of due) board.start(probe, probeOnce(context, probe))
  return { says: `Watches ${targets.length} targets; ${board.underWayCount} probes under way.` }
}

async function membersToProbe(context: CollectorContext): Promise<readonly MemberTarget[]> {
  const nowMs = context.clock.monotonicMs()
  if (!context.targets || nowMs - context.targets.readAtMs >= TARGETS_KEPT_MS)
    context.targets = { members: await context.endpoints.targets(), readAtMs: nowMs }
  return context.targets.members
}

function probesOf(vantageRegion: string, member: MemberTarget): DueProbe[] {
  const kinds = member.isActive ? (['connect', 'read', 'write'] as const) : (['connect', 'read'] as const)
  return kinds.map((kind) => ({ vantageRegion, memberId: member.memberId, kind, member }))
}

/** Never rejects: what cannot be probed is recorded as such, with the reason. */
async function probeOnce(context: CollectorContext, { vantageRegion, kind, member }: DueProbe): Promise<void> {
  const result = await askEngine(context, { vantageRegion, kind, member })
  if (context.signal.aborted) return // cut short by our own stop: says nothing about the member
  const seen: ProbeRecord = {
    vantageRegion,
    memberId: member.memberId,
    kind,
    outcome: result.outcome,
    latencyMs: 'latencyMs' in result ? result.latencyMs : null,
    detail: 'detail' in result ? result.detail : null,
    reach: 'reach' in result ? result.reach : null,
    observedAt: context.clock.now(),
  }
  context.board.record(seen)
}

async function askEngine(
  { endpoints, engines, signal }: CollectorContext,
  { vantageRegion, kind, member }: Omit<DueProbe, 'memberId'>,
): Promise<ProbeResult | Unasked> {
  try {
    const endpoint = await endpoints.endpoint(member.memberId, vantageRegion)
    const command = { scope: member.scope, epoch: member.epoch }
    return await engines.for(member.engine).probe(endpoint, kind, command, { timeoutMs: PROBE_TIMEOUT_MS, signal })
  } catch (error) {
    // An engine's probe never throws: what failed came before it, in the console itself, and says nothing about the server.
    return {
      outcome: 'unasked',
      detail: error instanceof Error ? ((error as { says?: string }).says ?? error.message) : 'unknown',
    }
  }
}
