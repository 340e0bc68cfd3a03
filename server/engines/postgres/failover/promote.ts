import {
  type CallOptions,
  type Endpoint,
  type FailoverOps,
  type FenceReceipt,
  NotDone,
  OutcomeUnknown,
} from '@/server/engines/contract'
import { cameFromFenceSql, holdsFenceSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import {
  block,
  CHECK_FAILED_SQLSTATE,
  isPosition,
  leftTimelineSql,
  literal,
  onLineageSql,
  POSITION_SQL,
  pollUntil,
  refuseWhen,
  SYSTEM_IDENTIFIER_SQL,
  TIMELINE_SQL,
} from '../server-side'
import { onlyRow, send, serverWaitMs, sqlstateOf } from './effects'
import { openingText } from './open-gate'

/**
 * Check, promotion and wait in one text, so that nothing can change in between and the pause pays for one round trip.
 * `pg_promote(true)` is not used: it looks only every 100 ms.
 */
export async function promote(
  sessions: KeptSessions,
  standby: Endpoint,
  receipt: FenceReceipt,
  call: CallOptions,
): Promise<{ timeline: number; lsn: string }> {
  const doing = `Promoting ${standby.memberId}`
  return order(sessions, standby, receipt, { doing, opening: [] }, call)
}

/**
 * The texts of one order run each by itself, so the opening does not rest on the promotion before it: it asks the server
 * what that would have left, and refuses where the promotion refused.
 */
export async function promoteAndOpen(
  sessions: KeptSessions,
  standby: Endpoint,
  receipt: FenceReceipt,
  stamp: Parameters<FailoverOps['promoteAndOpen']>[2],
  call: CallOptions,
): Promise<{ timeline: number; lsn: string }> {
  const doing = `Promoting ${standby.memberId} and opening the gate of ${stamp.scope} there`
  if (!mustHoldFence(receipt)) throw new NotDone(`${doing}: the fence receipt is not a proven one of this log.`)
  const opening = openingText(stamp, sessions.givenUp(standby.memberId), call, block(promotedChecks(receipt)))
  return order(sessions, standby, receipt, { doing, opening: [opening] }, call)
}

async function order(
  sessions: KeptSessions,
  standby: Endpoint,
  receipt: FenceReceipt,
  { doing, opening }: { doing: string; opening: readonly string[] },
  call: CallOptions,
): Promise<{ timeline: number; lsn: string }> {
  const problem = whyNotUsable(receipt, standby)
  if (problem) throw new NotDone(`${doing}: ${problem}`)
  const texts = [block(promotion(receipt, serverWaitMs(call))), ...opening, ASK_RESULT]
  const to = { endpoint: standby, role: 'admin' } as const
  const answers = await send(sessions, to, doing, texts, call).catch((error: unknown) => {
    throw isCertain(error) ? error : new OutcomeUnknown(String(error), { cause: error })
  })
  const row = onlyRow(answers.at(-1), doing)
  if (row.is_standby !== 'f' || !row.lsn) {
    throw new OutcomeUnknown(`${doing}: it was told to, and is still a standby.`)
  }
  return { timeline: Number(row.timeline), lsn: row.lsn }
}

/**
 * The order is given in mid-text, so not every error of the server means that it was not: only our own checks, and errors
 * of class 42 (no such table, no right), which come before it.
 */
function isCertain(error: unknown): boolean {
  const sqlstate = sqlstateOf(error)
  return sqlstate === null || sqlstate === CHECK_FAILED_SQLSTATE || sqlstate.startsWith('42')
}

/** Positions of two lines of timelines with the same number compare, and mean nothing: the fence's own row does. */
const FENCE_NOT_HERE = `'It does not hold the gate as the fence of this operation left it.'`

/** An earlier order to promote may end recovery between the checks and here: then there is nothing left to order. */
const PROMOTE = 'BEGIN PERFORM pg_promote(false); EXCEPTION WHEN object_not_in_prerequisite_state THEN NULL; END;'

const ASK_RESULT = `SELECT pg_is_in_recovery() AS is_standby, ${TIMELINE_SQL} AS timeline, ${POSITION_SQL}::text AS lsn`

/** A receipt that names no family covers nobody. A proven one also says where the fence lies in the log. */
function whyNotUsable(receipt: FenceReceipt, standby: Endpoint): string | null {
  if (receipt.memberId === standby.memberId) return 'it is the very server that was fenced.'
  if (receipt.systemIdentifier === null) return 'the fence receipt does not say of which database family it is.'
  if (receipt.lsn !== null && !isPosition(receipt.lsn)) return 'the fence receipt holds no WAL position.'
  if (receipt.timeline !== null && !Number.isSafeInteger(receipt.timeline))
    return 'the fence receipt holds no timeline.'
  const hasPoint = receipt.lsn !== null && receipt.timeline !== null
  return receipt.strength === 'PROVEN' && !hasPoint ? 'a proven fence receipt must say where in the log it lies.' : null
}

function familyCheck(receipt: FenceReceipt): string {
  const isForeign = `${SYSTEM_IDENTIFIER_SQL} IS DISTINCT FROM ${literal(receipt.systemIdentifier ?? '')}`
  return refuseWhen(isForeign, `'It is of another database family than the fence: ' || ${SYSTEM_IDENTIFIER_SQL} || '.'`)
}

function promotedChecks(receipt: FenceReceipt): string {
  return `${refuseWhen('pg_is_in_recovery()', `'It is not promoted.'`)} ${familyCheck(receipt)} ${primaryChecks(receipt)}`
}

function promotion(receipt: FenceReceipt, waitMs: number): string {
  return `
  ${familyCheck(receipt)}
  IF pg_is_in_recovery() THEN
    ${standbyChecks(receipt)}
    ${PROMOTE}
    ${pollUntil('NOT pg_is_in_recovery()', waitMs)}
  ELSE
    ${primaryChecks(receipt)}
  END IF;`
}

function mustHoldFence({ strength, isFenceInLog }: FenceReceipt): boolean {
  return strength === 'PROVEN' && isFenceInLog !== false
}

function standbyChecks(receipt: FenceReceipt): string {
  const { timeline, lsn } = receipt
  if (timeline === null || lsn === null) return ''
  const left = `NOT ${onLineageSql({ timeline, lsn })}`
  const behind = `coalesce(${POSITION_SQL} < ${literal(lsn)}::pg_lsn, true)`
  return `
    ${refuseWhen(left, `'It stands on timeline ' || ${TIMELINE_SQL} || ', which does not continue the fenced one.'`)}
    ${refuseWhen(behind, `'It has replayed ' || coalesce(${POSITION_SQL}::text, 'nothing') || ', and the fence lies at ${lsn}.'`)}
    ${mustHoldFence(receipt) ? refuseWhen(`NOT ${holdsFenceSql(receipt)}`, FENCE_NOT_HERE) : ''}`
}

/** A primary is one that we promoted before only if its timeline branched off the fenced one, behind the fence. */
function primaryChecks(receipt: FenceReceipt): string {
  const { timeline, lsn } = receipt
  if (timeline === null || lsn === null) return ''
  const elsewhere = `NOT ${leftTimelineSql({ timeline, lsn })}`
  return `
    ${refuseWhen(elsewhere, `'It is a primary already, on timeline ' || ${TIMELINE_SQL} || ', which does not come from the fenced one.'`)}
    ${mustHoldFence(receipt) ? refuseWhen(`NOT ${cameFromFenceSql(receipt)}`, FENCE_NOT_HERE) : ''}`
}
