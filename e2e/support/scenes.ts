import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Role } from '@/model/permissions'
import type { Api } from './api'
import { type Asked, approveByApi, type Deciders, proveAgain, untilEnded } from './deciding'
import { untilDone } from './until'

/** More than one try at asking takes, so that the reason of a refusal is told. */
const AGREED_WITHIN_MS = 200_000
const MADE_WITHIN_MS = 230_000
const REASON = 'Set up by a browser test'

/** The parts of a dry run that a request is made from. */
type Planned = {
  checks: { outcome: string; says: string }[]
  planHash: string | null
  plan: { target: { member: string }; source: { region: string } } | null
}
/** `Preview` with a plan in it. */
type Allowed<Preview extends Planned> = Preview & {
  plan: NonNullable<Preview['plan']>
  planHash: string
}

/** A request that waits for approval, made through the API; made again where the world moved between its plan and itself. */
export async function requestSwitchover(
  operator: Api,
  cellId: string,
  options: { thenAsk?: true } = {},
): Promise<{ id: string; planHash: string; target: string }> {
  return untilDone(async () => {
    await withdrawOnce(operator, cellId)
    const preview = expectAllowed(await operator.switchovers.preview.mutate({ cellId, ...options }))
    const { requestId } = await operator.switchovers.request.mutate(orderOf(cellId, preview))
    return { id: requestId, planHash: preview.planHash, target: preview.plan.target.member }
  })
}

/** What every kind of operation is asked for with, from its plan. */
export function orderOf(cellId: string, { plan, planHash }: Allowed<Planned>) {
  return {
    cellId,
    targetMember: plan.target.member,
    planHash,
    typedRegion: plan.source.region,
    reason: REASON,
    idempotencyKey: randomUUID(),
  }
}

/** Nothing of an earlier run on the same estate may stand in the way. A request that just then gave way to another is read anew. */
export function withdrawWhatWaits(operator: Api, cellId: string): Promise<void> {
  return untilDone(() => withdrawOnce(operator, cellId))
}

async function withdrawOnce(operator: Api, cellId: string): Promise<void> {
  const waiting = await operator.requests.list.query({ status: 'waiting' })
  for (const { id, scope } of waiting)
    if (scope === `cell:${cellId}`)
      await operator.requests.withdraw.mutate({ id, reason: 'Set aside by a browser test' })
}

/** A dry run is refused while, for a moment, a probe is late or a standby lags: it is repeated until it is allowed. */
export function untilPlanned<Preview extends Planned>(preview: () => Promise<Preview>): Promise<Allowed<Preview>> {
  return untilDone(async () => expectAllowed(await preview()))
}

function expectAllowed<Preview extends Planned>(preview: Preview): Allowed<Preview> {
  const { checks, plan, planHash } = preview
  if (plan && planHash) return { ...preview, plan, planHash }
  const refused = checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)
  throw new Error(`No plan is allowed: ${refused.join(' ')}`)
}

/**
 * Asks, and lets others agree; answers the operation that the last yes started. Whoever may vote proves it first, so that what was
 * seen is not old when it is judged. Where a vote finds that the world has moved, all of it is asked again, as people would.
 */
export async function askAndApprove(
  deciders: Deciders,
  roles: readonly Role[],
  ask: () => Promise<Asked>,
): Promise<string> {
  for (const role of roles) await proveAgain(await deciders.apiOf(role), await deciders.personOf(role))
  return untilDone(async () => approveByApi(deciders, await ask(), roles), AGREED_WITHIN_MS)
}

/** An approved switchover from asking to its end; answers how it ended. */
export async function switchOver(deciders: Deciders, cellId: string): Promise<Ended> {
  const operator = await deciders.apiOf('operator')
  let requestId = ''
  const operationId = await askAndApprove(deciders, ['approver'], async () => {
    const asked = await requestSwitchover(operator, cellId)
    requestId = asked.id
    return asked
  })
  return { operationId, requestId, status: await untilEnded(operator, operationId) }
}

/** The approved rebuilding of a server that was left behind, once it is read out; answers the operation. */
export async function rebuildStale(deciders: Deciders, cellId: string, staleId: string): Promise<string> {
  const operator = await deciders.apiOf('operator')
  return askAndApprove(deciders, ['approver'], async () => {
    await withdrawWhatWaits(operator, cellId)
    const preview = await untilPlanned(() => operator.reinstatements.preview.mutate({ id: staleId }))
    const { requestId } = await operator.reinstatements.request.mutate(orderOf(cellId, preview))
    return { id: requestId, planHash: preview.planHash }
  })
}

export type Ended = { operationId: string; requestId: string; status: string }

/** A planned switchover that has run to its end: the newest one there is, or one that is made for the occasion. */
export async function someDoneSwitchover(deciders: Deciders, cellId: string): Promise<Ended> {
  const operator = await deciders.apiOf('operator')
  const ended = await operator.operations.list.query({ status: 'ended' })
  for (const { id: operationId, kind, status } of ended) {
    if (kind !== 'planned-switchover' || status !== 'done') continue
    const { requestId } = await operator.operations.get.query({ id: operationId })
    if (requestId) return { operationId, requestId, status }
  }
  // A standby that lags for a moment sends a switchover back: it is asked for again.
  return untilDone(async () => {
    const made = await switchOver(deciders, cellId)
    expect(made.status).toBe('done')
    return made
  }, MADE_WITHIN_MS)
}
