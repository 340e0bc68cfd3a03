import { type CallOptions, CLONE_PREFIX, type Endpoint, NotDone } from '@/server/engines/contract'
import { adoptCloneSql } from '../gate-sql'
import type { KeptSessions } from '../kept-sessions'
import { block } from '../server-side'
import { send } from './effects'

/**
 * Refused by name before anything is sent, and by the server for what it is: a drill that is aimed at a member, by whatever
 * mistake, changes nothing.
 */
export async function adoptClone(
  sessions: KeptSessions,
  clone: Endpoint,
  order: { liveScope: string; drillScope: string },
  call: CallOptions,
): Promise<void> {
  const doing = `Giving the gate of ${clone.memberId} the scope ${order.drillScope}`
  if (!clone.memberId.startsWith(CLONE_PREFIX)) throw new NotDone(`${doing}: it is not a throw-away copy.`)
  if (order.liveScope === order.drillScope) throw new NotDone(`${doing}: that is the live scope.`)
  await send(sessions, { endpoint: clone, role: 'admin' }, doing, [block(adoptCloneSql(order, CLONE_PREFIX))], call)
}
