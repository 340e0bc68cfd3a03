import { rules } from './rules'
import { type Action, QUORUM, type State, serverOf } from './state'
import { admits, canCommit } from './world'

type Invariant = (before: State, action: Action, after: State) => string | null

/**
 * What must hold of every move, by the real rules whatever a mutant believes. Judged from the history of acknowledgements and from
 * the servers themselves, never from what the console thinks.
 */
export const invariants: Record<string, Invariant> = {
  'one writer per epoch': (before, action, after) => {
    const { server, epoch } = acknowledged(before, action)
    if (epoch === null || after.ackedBy[epoch] === server) return null
    return `${server} acknowledged at epoch ${epoch}, as ${after.ackedBy[epoch]} did.`
  },
  'no overlap': (before, action) => {
    const { server, epoch } = acknowledged(before, action)
    const newest = Math.max(0, ...Object.keys(before.ackedBy).map(Number))
    return epoch !== null && epoch < newest
      ? `${server} acknowledged at epoch ${epoch} after somebody had at ${newest}.`
      : null
  },
  'no stale commit': (before, action) => {
    const { server, epoch } = acknowledged(before, action)
    if (epoch === null) return null
    const gate = serverOf(before, server).gate
    const closedBelow = Math.max(before.closedBelow[server] ?? 0, gate.status === 'FENCED' ? gate.epoch : 0)
    return epoch < closedBelow ? `${server} acknowledged at epoch ${epoch}, proven closed below ${closedBelow}.` : null
  },
  'no promotion without a receipt': (before, _, after) => {
    const promoted = Object.keys(after.servers).find(
      (name) => serverOf(before, name).role === 'standby' && serverOf(after, name).role === 'primary',
    )
    const { operation } = before
    if (after.operation?.isPastReturn && after.operation.receipt === null) return 'The decision was taken without one.'
    if (!promoted) return null
    const isCovered = operation?.target === promoted && operation.receipt !== null && operation.isPastReturn
    return isCovered ? null : `${promoted} was promoted on ${operation?.receipt ?? 'no'} receipt.`
  },
  'no consumption without quorum': (before, action, after) => {
    if ((after.operation?.number ?? 0) === (before.operation?.number ?? 0)) return null
    const { request, catalog } = before
    const voted = [...(request?.votes ?? []), action.person]
    const counted = new Set(voted.filter((person) => person !== 'requester' && person !== request?.resigned))
    if (counted.size < QUORUM) return `It was started on the word of ${[...counted].join(' and ') || 'nobody'}.`
    return request?.epoch === catalog.epoch ? null : 'It was started on a plan for another epoch.'
  },
  'one operation at a time': (before, _, after) => {
    const isNew = (after.operation?.number ?? 0) > (before.operation?.number ?? 0)
    const status = before.operation?.status ?? 'done'
    return isNew && status !== 'done' && status !== 'undone'
      ? `A second one started while the first was ${status}.`
      : null
  },
  'epochs only rise': (before, _, after) => {
    if (after.catalog.epoch < before.catalog.epoch) return 'The epoch of the catalog fell.'
    const fallen = Object.keys(after.servers).find(
      (name) => serverOf(after, name).gate.epoch < serverOf(before, name).gate.epoch,
    )
    return fallen ? `The epoch of the gate of ${fallen} fell.` : null
  },
  'who returns is closed': (_before, _action, after) => {
    const { left } = after.catalog
    if (!left) return null
    const server = serverOf(after, left.server)
    const isOpen = admits(server, left.server, after.nowTicks, rules) || canCommit(server, after.nowTicks, rules)
    return isOpen ? `${left.server} was left behind and takes writes.` : null
  },
}

export function judgeMove(before: State, action: Action, after: State): string | null {
  for (const [name, invariant] of Object.entries(invariants)) {
    const says = invariant(before, action, after)
    if (says !== null) return `${name}: ${says}`
  }
  return null
}

function acknowledged(before: State, { kind, server }: Action): { server: string; epoch: number | null } {
  return { server: server ?? '', epoch: kind === 'acknowledge' ? serverOf(before, server!).writing : null }
}
