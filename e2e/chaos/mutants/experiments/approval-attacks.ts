import { randomUUID } from 'node:crypto'
import type { Ctx } from '@/server/context'
import { approveRequest, previewSwitchover, requestOperation } from '@/server/domain/operations'
import type { CalmCatalog, TestPerson } from '@/server/domain/operations/testing-catalog'

const REASON = 'Patch the host of sin-1.'
const CLICKS = 8

type Asked = { id: string; planHash: string; reason: string }

/** Whoever asks is an approver as well, since long before. */
export async function approveOwn(calm: CalmCatalog): Promise<string[]> {
  const person = await calm.addPerson('Both Hats', 'operator')
  await calm.db.roleGrant.create({ data: { personId: person.id, role: 'approver', grantedAt: new Date(0) } })
  const ctx = calm.ctxOf(person, { roles: ['operator', 'approver'] })
  const asked = await ask(calm, ctx)
  await approveRequest(ctx, asked).catch(() => null)
  return (await isStarted(calm, asked)) ? ['I4: whoever asked for it agreed to it, and nobody else.'] : []
}

/** One person, many clicks, and two must agree. */
export async function voteTwice(calm: CalmCatalog): Promise<string[]> {
  const asked = await ask(calm, calm.ctxOf(calm.people.operator), 2)
  const ctx = calm.ctxOf(calm.people.approver)
  await Promise.all(Array.from({ length: CLICKS }, () => approveRequest(ctx, asked).catch(() => null)))
  return (await isStarted(calm, asked)) ? ['I4: one person was counted as two.'] : []
}

/** Somebody agrees, loses the role, and then the second one agrees. */
export async function losesRole(calm: CalmCatalog): Promise<string[]> {
  const asked = await ask(calm, calm.ctxOf(calm.people.operator), 2)
  await approveRequest(calm.ctxOf(calm.people.approver), asked)
  await revoke(calm, calm.people.approver)
  await approveRequest(calm.ctxOf(calm.people.second), asked).catch(() => null)
  return (await isStarted(calm, asked)) ? ['I4: the yes of somebody who lost the role was counted.'] : []
}

async function ask(calm: CalmCatalog, ctx: Ctx, quorum = 1): Promise<Asked> {
  await calm.settle()
  const { plan, planHash } = await previewSwitchover(ctx, { cellId: 'sin' })
  const { requestId } = await requestOperation(ctx, {
    kind: 'planned-switchover',
    cellId: 'sin',
    targetMember: plan!.target.member,
    planHash: planHash!,
    typedRegion: plan!.source.region,
    reason: REASON,
    idempotencyKey: randomUUID(),
  })
  if (quorum > 1) await calm.db.operationRequest.update({ where: { id: requestId }, data: { quorum } })
  return { id: requestId, planHash: planHash!, reason: REASON }
}

async function isStarted({ db }: CalmCatalog, { id }: Asked): Promise<boolean> {
  return (await db.operation.count({ where: { requestId: id } })) > 0
}

async function revoke({ db }: CalmCatalog, { id }: TestPerson): Promise<void> {
  await db.roleGrant.updateMany({ where: { personId: id }, data: { revokedAt: new Date() } })
}
