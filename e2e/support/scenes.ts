import { randomUUID } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Api } from './api'
import type { DemoPerson } from './estate'
import { nextTotp } from './totp'

const OPERATION_TIMEOUT_MS = 90_000
const PLAN_TIMEOUT_MS = 60_000

/** A request that waits for approval, made through the API. The cell is named by whoever needs it. */
export async function requestSwitchover(operator: Api, cellId: string): Promise<{ id: string; planHash: string }> {
  const preview = await planFor(operator, cellId)
  const { requestId } = await operator.switchovers.request.mutate({
    cellId,
    targetMember: preview.plan.target.member,
    planHash: preview.planHash,
    typedRegion: preview.plan.source.region,
    reason: 'Set up by a browser test',
    idempotencyKey: randomUUID(),
  })
  return { id: requestId, planHash: preview.planHash }
}

/** Nothing of an earlier run on the same estate may stand in the way. Requests of others than the operator stay. */
export async function withdrawWhatWaits(operator: Api, cellId: string): Promise<void> {
  const waiting = await operator.requests.list.query({ status: 'waiting' })
  for (const { id, scope } of waiting)
    if (scope === `cell:${cellId}`)
      await operator.requests.withdraw.mutate({ id, reason: 'Set aside by a browser test' })
}

/** A dry run is refused while, for a moment, a probe is late or a standby lags: it is repeated until it is allowed. */
export async function planFor(operator: Api, cellId: string, { thenAsk }: { thenAsk?: true } = {}) {
  let refused = ''
  const found = await pollFor(PLAN_TIMEOUT_MS, async () => {
    const { plan, planHash, checks } = await operator.switchovers.preview.mutate({
      cellId,
      ...(thenAsk && { thenAsk }),
    })
    refused = checks
      .filter(({ outcome }) => outcome !== 'passed')
      .map(({ says }) => says)
      .join(' ')
    return plan && planHash ? { plan, planHash } : null
  })
  if (!found) throw new Error(`No switchover of ${cellId} is allowed: ${refused}`)
  return found
}

/** An operation that has run to its end: the newest one there is, or one that is made for the occasion. */
export async function someDoneOperation(operator: Api, approver: Api, person: DemoPerson, cellId: string) {
  const done = (await operator.operations.list.query({ status: 'ended' })).find((run) => run.status === 'done')
  if (done)
    return { operationId: done.id, requestId: (await operator.operations.get.query({ id: done.id })).requestId! }
  const { id, planHash } = await requestSwitchover(operator, cellId)
  await approver.session.stepUp.mutate({ code: await nextTotp(person.totpSecret) })
  const { operationId } = await approver.requests.approve.mutate({ id, planHash, reason: 'Set up by a browser test' })
  await expect
    .poll(async () => (await operator.operations.get.query({ id: operationId! })).status, {
      timeout: OPERATION_TIMEOUT_MS,
    })
    .toBe('done')
  return { operationId: operationId!, requestId: id }
}

async function pollFor<Value>(timeoutMs: number, look: () => Promise<Value | null>): Promise<Value | null> {
  let found: Value | null = null
  await expect
    .poll(async () => (found = await look()) !== null, { timeout: timeoutMs, intervals: [500, 1_000, 2_000] })
    .toBe(true)
    .catch(() => undefined)
  return found
}
