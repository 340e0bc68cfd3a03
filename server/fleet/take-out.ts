import type { LockoutReceipt } from './contract'
import { FleetError } from './fleet-error'
import type { LockoutBook } from './lockout'
import type { Member } from './member'

/** What a fencing agent asks of the fleet. Each is safe to repeat for one operation, also after this process was killed. */

/** Off, and it stays off whoever starts it. The padlock is on before the first process dies. */
export async function takeOut(book: LockoutBook, member: Member, operationId: string): Promise<LockoutReceipt> {
  expectCell(member)
  if (book.wasReleased(member.name, operationId))
    throw new FleetError('conflict', `Operation ${operationId} has released ${member.name} already: it stays on.`)
  const before = book.of(member.name)
  const isOn = (await member.power()).power !== 'off'
  if (before?.state === 'off' && before.offAt !== null && !isOn) {
    // Another operation takes the padlock over as it is; the earlier one can no longer release it.
    const lockout = { ...before, operationId }
    if (before.operationId !== operationId) await book.set(member.name, lockout)
    return { member: member.name, ...lockout, says: 'It was powered off already.' }
  }
  const locked = {
    operationId,
    state: 'off' as const,
    wasOn: before?.wasOn ?? isOn,
    offAt: null,
    pid: null,
    killedCount: 0,
  }
  await book.set(member.name, locked)
  const { postmaster, killedCount, says } = await member.cutPower()
  const lockout = { ...locked, offAt: new Date().toISOString(), pid: postmaster, killedCount }
  await book.set(member.name, lockout)
  return { member: member.name, ...lockout, says }
}

/** Starts it for its superuser alone: no application and no standby gets in until it was rebuilt. */
export async function bringBackClosed(book: LockoutBook, member: Member, operationId: string): Promise<LockoutReceipt> {
  expectCell(member)
  const before = book.of(member.name)
  if (before === null && (await member.power()).power !== 'off') {
    throw new FleetError('conflict', `${member.name} was not powered off and runs: it cannot come back closed.`)
  }
  const closed = {
    operationId,
    state: 'closed' as const,
    wasOn: before?.wasOn ?? true,
    offAt: before?.offAt ?? new Date().toISOString(),
    pid: before?.pid ?? null,
    killedCount: before?.killedCount ?? 0,
  }
  if (before?.state !== 'closed' || before.operationId !== operationId) await book.set(member.name, closed)
  const { says } = await member.start()
  return { member: member.name, ...closed, says: `${says} It lets nobody but its superuser in.` }
}

/** Takes the padlock off and goes back to what was. Refused to any other operation than the one that holds it. */
export async function release(book: LockoutBook, member: Member, operationId: string): Promise<LockoutReceipt> {
  const held = book.of(member.name)
  if (held && held.operationId !== operationId)
    throw new FleetError('conflict', `${member.name} is held by operation ${held.operationId}, not by ${operationId}.`)
  if (held?.state === 'closed') await member.stop() // it read its closed rules at its start
  await book.lift(member.name, operationId)
  if (!held) {
    const says = 'Nothing held it.'
    return {
      member: member.name,
      operationId,
      state: 'free',
      wasOn: true,
      offAt: null,
      pid: null,
      killedCount: 0,
      says,
    }
  }
  const says = held.wasOn ? (await member.start()).says : 'It was off before, and stays so.'
  return { member: member.name, ...held, state: 'free', says }
}

function expectCell(member: Member): void {
  if (member.cell.kind === 'catalog')
    throw new FleetError('bad-request', `${member.name} is the console's own catalog: no operation takes it out.`)
}
