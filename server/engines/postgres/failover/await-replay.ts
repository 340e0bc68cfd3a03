import { performance } from 'node:perf_hooks'
import { type CallOptions, type Endpoint, type FailoverOps, NotDone } from '@/server/engines/contract'
import { cameFromFenceSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { hasReached } from '../lsn'
import {
  block,
  isPosition,
  literal,
  onLineageSql,
  POSITION_SQL,
  pollUntil,
  SYSTEM_IDENTIFIER_SQL,
  TIMELINE_SQL,
} from '../server-side'
import { onlyRow, send, serverWaitMs } from './effects'

type Point = Parameters<FailoverOps['awaitReplay']>[1]

/**
 * Waits on the standby itself, in one round trip. What can never come is not waited for: the position of another family,
 * or of a timeline that this standby has already left. Changes nothing, so it may be repeated.
 */
export async function awaitReplay(
  sessions: KeptSessions,
  standby: Endpoint,
  until: Point,
  call: CallOptions,
): Promise<{ replayedLsn: string; tookMs: number }> {
  const doing = `Waiting until ${standby.memberId} has replayed ${until.lsn}`
  if (!isPosition(until.lsn) || !Number.isSafeInteger(until.timeline)) {
    throw new NotDone(`${doing}: that is not a place in the WAL.`)
  }
  const startedAtMs = performance.now()
  const waitMs = serverWaitMs(call)
  const texts = [waitOnServer(until, waitMs), askWhere(until)]
  const [, rows] = await send(sessions, { endpoint: standby, role: 'admin' }, doing, texts, call)
  const row = onlyRow(rows, doing)
  if (row.system_identifier !== until.systemIdentifier) {
    throw new NotDone(`${doing}: it is of another database family (${row.system_identifier}).`)
  }
  if (row.is_on_lineage !== 't' && Number(row.timeline) >= until.timeline) {
    throw new NotDone(
      `${doing}: it stands on timeline ${row.timeline}, which is not a continuation of timeline ${until.timeline} at that position.`,
    )
  }
  if (row.is_on_lineage !== 't' || !row.lsn || !hasReached(row.lsn, until.lsn)) {
    const where = `${row.lsn ?? 'no position'} of timeline ${row.timeline}`
    throw new NotDone(`${doing}: it stands at ${where} after ${Math.round(waitMs)} ms.`)
  }
  if (row.holds_fence !== 't') {
    throw new NotDone(`${doing}: the log it has replayed up to there is another one, without the fence.`)
  }
  return { replayedLsn: row.lsn, tookMs: performance.now() - startedAtMs }
}

function waitOnServer(until: Point, waitMs: number): string {
  const isOfFamily = `${SYSTEM_IDENTIFIER_SQL} = ${literal(until.systemIdentifier)}`
  const canCome = `${TIMELINE_SQL} < ${until.timeline} OR ${onLineageSql(until)}`
  const hasCome = `${POSITION_SQL} >= ${literal(until.lsn)}::pg_lsn`
  return block(`IF ${isOfFamily} AND (${canCome}) THEN ${pollUntil(hasCome, waitMs)} END IF;`)
}

function askWhere(until: Point): string {
  return `SELECT ${SYSTEM_IDENTIFIER_SQL} AS system_identifier, ${TIMELINE_SQL} AS timeline, ${POSITION_SQL}::text AS lsn,
    ${onLineageSql(until)} AS is_on_lineage, ${until.fence ? cameFromFenceSql(until.fence) : 'true'} AS holds_fence`
}
