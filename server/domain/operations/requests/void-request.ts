import type { Actor, Tx } from '@/server/db'
import { describeDrift } from '../decide-drift'
import { type AskedAgain, askAgain } from './ask-again'
import { type Closing, endRequest, type OpenRequest, recordClosing } from './close-request'
import type { RequestJudgement } from './judge-request'

/**
 * Ends a request whose plan no longer describes the world, with the difference field by field, and puts its intent again
 * in the same transaction. The old one ends first: only one request a scope may wait.
 */
export async function voidRequest(
  tx: Tx,
  request: OpenRequest,
  { plan, drift, isGenuine }: RequestJudgement,
  by: { actor: Actor; homeRegion: string },
): Promise<AskedAgain> {
  const why = `The world no longer matches the plan: ${describeDrift(drift)}.`
  const closing: Closing = { status: 'voided', action: 'request.voided', reason: why, drift, ...by }
  await endRequest(tx, request, closing)
  const again = isGenuine
    ? await askAgain(tx, request, plan, by)
    : { request: null, says: 'It was not asked again: its stored plan was changed by somebody.' }
  const reason = `${why} ${again.says}`
  await tx.operationRequest.update({ where: { id: request.id }, data: { closedReason: reason } })
  await recordClosing(tx, request, { ...closing, reason, detail: { askedAgain: again.request?.code ?? null } })
  return again
}
