import { v7 as uuidv7 } from 'uuid'
import type { AuditAction } from '@/model/audit-actions'
import type { Json } from '@/model/canonical-json'
import { DomainError } from '@/model/errors'
import { type AddChannel, CHANNELS_MAX, type ChangeChannel, type ChannelKind } from '@/model/schemas/notifications'
import { actorOf, authorizePerson, type Ctx, type Person } from '@/server/context'
import { appendAudit, Prisma, type Tx, transact } from '@/server/db'
import { describeTarget, refuseTarget } from './channel-rules'

/** A channel is told everything that happens from now on. */
export async function addChannel(ctx: Ctx, input: AddChannel): Promise<{ id: string }> {
  const principal = authorizePerson(ctx, 'notification:manage')
  refuseTarget(input.kind, input.target)
  return named(input.name, () =>
    transact(ctx.db, async (tx) => {
      if ((await tx.notificationChannel.count()) >= CHANNELS_MAX)
        throw new DomainError('precondition-failed', `There are ${CHANNELS_MAX} channels: change one instead.`)
      const id = uuidv7()
      await tx.notificationChannel.create({ data: { id, ...input, createdBy: principal.personId } })
      await audit(tx, ctx, principal, { id, action: 'channel.added', detail: factsOf(input) })
      return { id }
    }),
  )
}

/** What waits to be sent goes where the channel leads when it is sent. */
export async function changeChannel(ctx: Ctx, input: ChangeChannel): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'notification:manage')
  return named(input.name, () =>
    transact(ctx.db, async (tx) => {
      const { kind, target: before } = await lockChannel(tx, input.id)
      const { id, name, secretRef, topics, target = before } = input
      refuseTarget(kind, target)
      await tx.notificationChannel.update({ where: { id }, data: { name, target, secretRef, topics } })
      await audit(tx, ctx, principal, {
        id,
        action: 'channel.changed',
        detail: { ...factsOf({ kind, name, target, secretRef, topics }), isTargetNew: target !== before },
      })
      return {}
    }),
  )
}

/** Ends what waits: nobody wants to be told of it when the channel is enabled again. */
export async function disableChannel(ctx: Ctx, { id }: { id: string }): Promise<Record<string, never>> {
  return switchChannel(ctx, id, 'channel.disabled')
}

export async function enableChannel(ctx: Ctx, { id }: { id: string }): Promise<Record<string, never>> {
  return switchChannel(ctx, id, 'channel.enabled')
}

async function switchChannel(
  ctx: Ctx,
  id: string,
  action: 'channel.disabled' | 'channel.enabled',
): Promise<Record<string, never>> {
  const principal = authorizePerson(ctx, 'notification:manage')
  return transact(ctx.db, async (tx) => {
    const channel = await lockChannel(tx, id)
    const isDisabling = action === 'channel.disabled'
    if (isDisabling === (channel.disabledAt !== null))
      throw new DomainError('conflict', `This channel is ${isDisabling ? 'disabled' : 'enabled'} already.`)
    await tx.$executeRaw`
      UPDATE notification_channel SET disabled_at = CASE WHEN ${isDisabling} THEN clock_timestamp() END WHERE id = ${id}::uuid`
    if (isDisabling)
      await tx.$executeRaw`
        UPDATE notification_delivery SET status = 'failed', last_error = 'The channel was disabled before it was sent.'
        WHERE channel_id = ${id}::uuid AND status = 'queued'`
    await audit(tx, ctx, principal, { id, action, detail: { name: channel.name } })
    return {}
  })
}

export type LockedChannel = { id: string; kind: ChannelKind; name: string; target: string; disabledAt: Date | null }

/** Orders changes of one channel and the choice of what is sent through it. */
export async function lockChannel(tx: Tx, id: string): Promise<LockedChannel> {
  const [channel] = await tx.$queryRaw<LockedChannel[]>`
    SELECT id, kind, name, target, disabled_at AS "disabledAt" FROM notification_channel
    WHERE id = ${id}::uuid FOR NO KEY UPDATE`
  if (!channel) throw new DomainError('not-found', 'There is no such channel.')
  return channel
}

type Entry = { id: string; action: AuditAction; detail: { readonly [key: string]: Json } }

export async function audit(tx: Tx, ctx: Ctx, principal: Person, { id, action, detail }: Entry): Promise<void> {
  await appendAudit(tx, {
    actor: actorOf(principal),
    action,
    aggregateType: 'notification_channel',
    aggregateId: id,
    homeRegion: ctx.servedFrom,
    correlationId: id,
    occurredAt: ctx.clock.now(),
    detail,
  })
}

/** The trail says where a channel leads without what could be a credential or somebody's address. */
function factsOf({ kind, name, target, secretRef, topics }: AddChannel): { [key: string]: Json } {
  return { kind, name, leadsTo: describeTarget(kind, target), secretRef, topics }
}

/** The unique key on the name settles two who choose the same. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new DomainError('conflict', `A channel called “${name}” exists already.`)
    throw error
  }
}
