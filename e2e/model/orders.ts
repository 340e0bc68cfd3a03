import type { Rules } from './rules'
import { type Order, type State, serverOf, withServer } from './state'

/** What a server, or the agent of its machine, does with an order; null where nothing comes of it. The same for one that is late. */
export function applied(state: State, order: Order, rules: Rules): State | null {
  const server = serverOf(state, order.to)
  switch (order.kind) {
    case 'power-off':
      return server.padlock !== null && server.padlock !== order.plan.number
        ? null
        : cutOff(withServer(state, order.to, { power: 'off', writing: null, padlock: order.plan.number }), order.to)
    case 'release':
      if (!rules.mayRelease(server, order.plan)) return null
      return withServer(state, order.to, { power: 'on', padlock: null })
    case 'renew': {
      const { gate } = server
      if (!isReachable(server.power) || !rules.mayRenew(gate, order.epoch, order.to)) return null
      // The first of an epoch makes the gate a leased one, which waits for those who passed unleased.
      if (gate.leaseUntil === null && server.writing !== null) return null
      const leaseUntil = Math.max(gate.leaseUntil ?? 0, order.until)
      return withServer(state, order.to, { gate: { ...gate, leaseUntil } })
    }
    case 'fence': {
      if (!isReachable(server.power) || server.role !== 'primary') return null
      if (!rules.isQuiet(server) || !rules.mayFence(server.gate, order)) return null
      return withServer(state, order.to, { gate: { ...server.gate, ...stamped(order), status: 'FENCED' } })
    }
    case 'open': {
      if (!isReachable(server.power) || server.role !== 'primary') return null
      if (!rules.isQuiet(server) || !rules.mayOpen(server.gate, order)) return null
      const same = server.gate.status === 'WRITABLE' && server.gate.epoch === order.epoch
      const leaseUntil = same ? server.gate.leaseUntil : null
      return withServer(state, order.to, {
        gate: { ...stamped(order), status: 'WRITABLE', owner: order.to, leaseUntil },
      })
    }
    case 'promote':
      if (!isReachable(server.power)) return null
      return server.role === 'primary' ? state : withServer(state, order.to, { role: 'primary' })
  }
}

/** An order travels on a session and ends with the process it was sent to. The agent of a machine outlives it. */
export function cutOff(state: State, name: string): State {
  const network = state.network.filter(
    (order) => order.to !== name || order.kind === 'power-off' || order.kind === 'release',
  )
  return { ...state, network }
}

export function isReachable(power: string): boolean {
  return power === 'on'
}

function stamped({ plan, epoch, leaseEpoch }: Extract<Order, { leaseEpoch: number }>) {
  return { epoch, operation: plan.number, leaseEpoch }
}
