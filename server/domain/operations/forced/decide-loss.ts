import { findingTitles } from '@/model/findings'
import { counted, formatBytes, formatMs } from '@/model/format'
import type { LossBound } from '@/model/schemas/plans'
import { CLOCK_SKEW_MS_MAX } from '@/server/engines/contract'
import { reliableReport } from '../safety-rules'
import { sayTime } from '../say-time'
import type { CellWorld, MemberWorld } from '../world/cell-world'
import { CLOCK_READING_MS, LOSS_HORIZON_MS, LOSS_MARGIN_MS } from './limits'
import { bytesBetween } from './positions'

/** refusal: its host has refused every connection since · lease: its gate takes no write after that. */
export type LastAckBasis = 'refusal' | 'lease'

/** What the old primary may have acknowledged last, and on what that stands; `by` is null while it may go on. */
type LastAck = { atMs: number; by: LastAckBasis | null; basis: string }

/**
 * Pure: the most that promoting this target could lose, with its grounds. Everything acknowledged before the newest heartbeat
 * that the target holds lies before that heartbeat in the log, so the target has it; what came later may be missing, up to the
 * last moment at which the old primary could have acknowledged. Where that moment is not known to have passed, the bound
 * counts to a time by which the old primary has to be fenced: `untilMs`, where an earlier plan named one. `isPlanned`: it is to be
 * approved, so it leaves room for reading the same clocks again.
 */
export function decideLoss(
  world: CellWorld,
  source: MemberWorld | null,
  target: MemberWorld | null,
  { untilMs, isPlanned }: { untilMs: number | null; isPlanned: boolean },
): LossBound {
  if (!source || !target) return unknownLoss('There is no old primary or no target to judge.')
  const report = reliableReport(target, world.nowMs)
  if ('why' in report) return unknownLoss(report.why)
  if (report.heartbeatAtMs === null)
    return unknownLoss(`No heartbeat of ${source.id} was found on ${target.id}, so nobody knows how old its data is.`)
  const last = lastAcknowledgement(world, source, untilMs)
  const marginMs = CLOCK_READING_MS + (isPlanned ? LOSS_MARGIN_MS : 0)
  const missingMs = Math.max(0, last.atMs - report.heartbeatAtMs) + marginMs
  const bytes = countBytes(source, report.receivedLsn ?? report.lsn, last)
  const transactions = countAcknowledged(world, report.heartbeatAtMs, last)
  return {
    kind: 'bounded',
    seconds: Math.ceil(missingMs / 100) / 10,
    bytes: bytes.count === null ? null : String(bytes.count),
    transactions: transactions.count === null ? null : String(transactions.count),
    basis: [
      `${target.id} holds the heartbeat that ${source.id} wrote at ${sayTime(report.heartbeatAtMs)} (seen at ${sayTime(report.observedAtMs)}).`,
      last.basis,
      `${formatMs(marginMs)} are added for reading clocks over the network.`,
      bytes.basis,
      transactions.basis,
    ].join(' '),
    until: last.by === null ? new Date(last.atMs).toISOString() : null,
    objectiveSeconds: world.cell.rpoObjectiveMs / 1_000,
  }
}

/** The latest of what is possible, never the likeliest. */
export function lastAcknowledgement(world: CellWorld, source: MemberWorld, untilMs: number | null): LastAck {
  const ends = [endByRefusal(source), endByLease(world, source)].filter((end) => end !== null)
  const earliest = ends.sort((a, b) => a.atMs - b.atMs)[0]
  if (earliest) return earliest
  const atMs = untilMs ?? world.nowMs + LOSS_HORIZON_MS
  return {
    atMs,
    by: null,
    basis: `${source.id} may still acknowledge writes (found: ${findingTitles[source.finding.name].toLowerCase()}), so the loss grows until it is fenced: the bound holds if that is by ${sayTime(atMs)}.`,
  }
}

/** A host that refuses runs no server: nothing was acknowledged after the first refusal that followed the last answer. */
function endByRefusal(source: MemberWorld): LastAck | null {
  if (source.finding.name !== 'ServerDown' || source.firstRefusalAtMs === null) return null
  const answered = source.lastAnswerAtMs === null ? '' : `last answered at ${sayTime(source.lastAnswerAtMs)}, and `
  return {
    atMs: source.firstRefusalAtMs,
    by: 'refusal',
    basis: `${source.id} ${answered}its host refuses connections since ${sayTime(source.firstRefusalAtMs)}.`,
  }
}

/** Its own clock decides when the lease ends, and may be behind ours by the most that we put up with. */
function endByLease(world: CellWorld, source: MemberWorld): LastAck | null {
  if (world.cell.writeLeaseMs === null || !world.lease) return null
  const endMs = world.lease.endsAtMs
  return {
    atMs: endMs + CLOCK_SKEW_MS_MAX,
    by: 'lease',
    basis: `The write lease of ${source.id} ends at ${sayTime(endMs)}; ${formatMs(CLOCK_SKEW_MS_MAX)} are added for its clock.`,
  }
}

/** Whole buckets that touch the time between: more than were acknowledged in it, never fewer. */
function countAcknowledged(
  { acknowledged }: CellWorld,
  fromMs: number,
  { atMs, by }: LastAck,
): { count: number | null; basis: string } {
  if (by === null) {
    return { count: null, basis: 'How many writes are acknowledged until then cannot be counted in advance.' }
  }
  const sinceMs = Math.min(fromMs, atMs)
  const touching = acknowledged.filter((bucket) => bucket.toMs > sinceMs && bucket.fromMs < atMs)
  if (!isCovered(touching, sinceMs, atMs))
    return { count: null, basis: 'The application has not reported its acknowledgements of that time.' }
  const count = touching.reduce((sum, bucket) => sum + bucket.count, 0)
  const failedCount = touching.reduce((sum, bucket) => sum + bucket.failedCount, 0)
  const failed = failedCount > count ? `, and ${counted(failedCount, 'failed or refused command')}` : ''
  return {
    count,
    basis: `The application counted ${counted(count, 'acknowledged write')} in the ten-second periods that touch that time${failed}.`,
  }
}

/** A period that nobody reported is not one without a write: those that touch the time must follow one another from end to end. */
function isCovered(periods: CellWorld['acknowledged'], fromMs: number, atMs: number): boolean {
  const [first, last] = [periods[0], periods.at(-1)]
  if (!first || !last || first.fromMs > fromMs || last.toMs < atMs) return false
  return periods.every((period, index) => index === 0 || period.fromMs === periods[index - 1]!.toMs)
}

/**
 * A position bounds what is missing only if it was read when nothing could be acknowledged any more. An older one says what
 * had been written by then, and nothing of what came after: as a bound it would promise what nobody knows.
 */
function countBytes(
  source: MemberWorld,
  receivedLsn: string | null,
  { atMs, by }: LastAck,
): { count: bigint | null; basis: string } {
  const readAtMs = source.report?.lastReachableAtMs ?? null
  const ahead = bytesBetween(receivedLsn, source.report?.lsn ?? null)
  if (ahead === null || readAtMs === null)
    return { count: null, basis: `How far ${source.id} had written is not known, so the bytes are not.` }
  const count = ahead > 0n ? ahead : 0n
  const had = `${source.id} had written ${count > 0n ? `${formatBytes(count)} more than has come over` : 'no more than has come over'} when it was last asked, at ${sayTime(readAtMs)}`
  if (by !== null && readAtMs >= atMs) return { count, basis: `${had}, and acknowledged nothing after that.` }
  return { count: null, basis: `${had}; how much it wrote after that is not known, so the bytes have no bound.` }
}

function unknownLoss(basis: string): LossBound {
  return { kind: 'unknown', seconds: null, bytes: null, transactions: null, basis, until: null }
}
