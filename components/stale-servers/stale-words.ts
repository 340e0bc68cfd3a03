import { counted } from '@/model/format'
import type { Status } from '@/model/observations'
import type { StaleServerDetail, StaleServerSummary } from '@/model/schemas/stale-servers'
import { type StaleState, staleStates } from '@/model/stale-states'

const glyphs = {
  away: 'unknown',
  returned: 'warn',
  closed: 'active',
  extracted: 'active',
  rebuilt: 'ok',
  lost: 'crit',
} as const satisfies Record<StaleState, Status>

export function staleWord(state: StaleState): { status: Status; word: string } {
  return { status: glyphs[state], word: staleStates[state] }
}

/** What it means for whoever reads it, and what happens next. What the console switched off never comes back by itself. */
export function sayMeaning({
  status,
  fence,
  whyNotBringBack,
}: Pick<StaleServerDetail, 'status' | 'fence' | 'whyNotBringBack'>): string {
  if (status === 'away' && fence?.strength === 'POWERED_OFF')
    return whyNotBringBack ?? 'It is switched off, and stays off until somebody brings it back closed.'
  return meanings[status]
}

const meanings = {
  away: 'Nobody hears it. It is closed by itself as soon as it answers.',
  returned: 'It answers again and is being closed.',
  closed: 'Its gate is closed. What it wrote on its own is being read out.',
  extracted: 'It is closed and read out. It waits to be rebuilt as a standby.',
  rebuilt: 'It is a standby again.',
  lost: 'What it wrote on its own can no longer be read.',
} as const satisfies Record<StaleState, string>

/** What the server's record says, which tells the lost rows already, and what is left for people to do about them. */
export function sayStale({
  says,
  openConflictCount,
}: Pick<StaleServerSummary, 'says' | 'openConflictCount'>): string | null {
  const undecided =
    openConflictCount === 0 ? null : `${counted(openConflictCount, 'row waits', 'rows wait')} for a decision.`
  return [says, undecided].filter((part) => part !== null).join(' ') || null
}

/** Seconds as people say a loss; an unknown one is a word. */
export function saySeconds(seconds: number | null): string {
  return seconds === null ? 'not known' : `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`
}

/** A range, since heartbeats tell the least and the bound tells the most. */
export function sayLostTime({ lostWriteCount, loss }: Pick<StaleServerSummary, 'lostWriteCount' | 'loss'>): string {
  if (lostWriteCount === null) return 'not read yet'
  if (lostWriteCount === 0) return 'none'
  const atLeast = loss.actualSeconds === 0 ? null : loss.actualSeconds
  if (atLeast === null && loss.estimateSeconds === null) return 'not known'
  if (atLeast === null) return `at most ${saySeconds(loss.estimateSeconds)}`
  return `at least ${saySeconds(atLeast)}${loss.estimateSeconds === null ? '' : `, at most ${saySeconds(loss.estimateSeconds)}`}`
}
