import type { Move } from './explore'
import { applied, cutOff, isReachable } from './orders'
import type { Rules } from './rules'
import {
  type Action,
  type Bounds,
  HORIZON_TICKS,
  LEASE_TICKS,
  type Server,
  type ServerName,
  type State,
  serverOf,
  withServer,
} from './state'

type Moves = Move<State, Action>[]

/** Everything that happens by itself: clients write, machines die and come back, late orders arrive or are lost, time passes. */
export function movesOfWorld(state: State, rules: Rules, bounds: Bounds): Moves {
  return [
    ...bounds.servers.flatMap((name) => [...writing(state, name, rules), ...power(state, name, rules)]),
    ...arriving(state, rules),
    ...(bounds.ticksMax > 0 ? [...passing(state, bounds), ...keeping(state, rules, bounds)] : []),
    ...returning(state, rules),
  ]
}

/** Whether a client that knows the gate's epoch would be let in: the worst client there is. */
export function admits(server: Server, name: string, nowTicks: number, rules: Rules): boolean {
  const { power, role, padlock, gate } = server
  if (power !== 'on' || padlock !== null || role !== 'primary') return false
  return gate.status === 'WRITABLE' && gate.owner === name && rules.leaseHolds(gate, nowTicks)
}

/** Whether its transaction in flight can still be acknowledged. */
export function canCommit({ writing, gate }: Server, nowTicks: number, rules: Rules): boolean {
  return writing !== null && (!rules.isCommitJudged() || rules.leaseHolds(gate, nowTicks))
}

function writing(state: State, name: ServerName, rules: Rules): Moves {
  const server = serverOf(state, name)
  if (server.writing === null) {
    if (!admits(server, name, state.nowTicks, rules)) return []
    const next = withServer(state, name, { writing: server.gate.epoch })
    return [{ action: { kind: 'write', server: name }, next }]
  }
  const over = withServer(state, name, { writing: null, power: server.power === 'dying' ? 'off' : server.power })
  const rollback = { action: { kind: 'roll back', server: name }, next: over }
  if (!canCommit(server, state.nowTicks, rules)) return [rollback]
  const acked = { ...over, ackedBy: { ...over.ackedBy, [server.writing]: over.ackedBy[server.writing] ?? name } }
  return [rollback, { action: { kind: 'acknowledge', server: name }, next: acked }]
}

function power(state: State, name: ServerName, rules: Rules): Moves {
  const server = serverOf(state, name)
  // Standbys stay up: that one of them dies changes nothing about who may write.
  if (server.role === 'standby') return []
  if (server.power === 'on') {
    const next = withServer(cutOff(state, name), name, { power: server.writing === null ? 'off' : 'dying' })
    return [{ action: { kind: 'kill', server: name }, next }]
  }
  if (server.power === 'dying' || !rules.mayStart(server)) return []
  return [{ action: { kind: 'start', server: name }, next: withServer(state, name, { power: 'on', padlock: null }) }]
}

function arriving(state: State, rules: Rules): Moves {
  return state.network.flatMap((order, index) => {
    const network = state.network.filter((_, at) => at !== index)
    const action = { kind: 'arrive', how: order.kind, server: order.to }
    const next = applied({ ...state, network }, order, rules)
    const lost = { action: { ...action, kind: 'vanish' }, next: { ...state, network } }
    return next === null ? [lost] : [lost, { action, next }]
  })
}

function passing(state: State, { ticksMax }: Bounds): Moves {
  if (state.nowTicks >= ticksMax) return []
  return [{ action: { kind: 'tick' }, next: { ...state, nowTicks: state.nowTicks + 1 } }]
}

/** The keeper asks the catalog for more, orders within what it was granted, and says its last word once it knows of the stop. */
function keeping(state: State, rules: Rules, { lateOrdersMax }: Bounds): Moves {
  const { keeper, catalog, lease, nowTicks } = state
  if (!keeper || !lease) return []
  const moves: Moves = [{ action: { kind: 'ask for a grant' }, next: granted(state, rules) }]
  const until = Math.min(nowTicks + LEASE_TICKS, keeper.grantedUntil)
  if (rules.mayOrder(keeper) && until > keeper.orderedUntil) {
    const order = { kind: 'renew' as const, to: catalog.writer, epoch: keeper.epoch, until }
    const ordered = { ...state, keeper: { ...keeper, orderedUntil: until } }
    const renewed = applied(ordered, order, rules)
    const action = { kind: 'renew', server: catalog.writer }
    if (renewed) moves.push({ action, next: confirmed(renewed) })
    if (state.network.length < lateOrdersMax)
      moves.push({
        action: { ...action, kind: 'send', how: 'renew' },
        next: { ...ordered, network: [...state.network, order] },
      })
  }
  if (keeper.knowsOfStop && lease.epoch === keeper.epoch && lease.finalUntil === null)
    moves.push({
      action: { kind: 'say the last word' },
      next: { ...state, lease: { ...lease, finalUntil: Math.min(lease.grantedUntil, keeper.orderedUntil) } },
    })
  return moves
}

function granted(state: State, rules: Rules): State {
  const { catalog, nowTicks } = state
  const keeper = state.keeper!
  const lease = state.lease!
  const grantedUntil = nowTicks + HORIZON_TICKS
  if (lease.epoch < catalog.epoch) {
    const started = { epoch: catalog.epoch, grantedUntil, isStopped: false, finalUntil: null, isApplied: false }
    return {
      ...state,
      lease: started,
      keeper: { epoch: catalog.epoch, grantedUntil, orderedUntil: 0, knowsOfStop: false },
    }
  }
  if (!rules.mayGrant(lease)) return { ...state, keeper: { ...keeper, knowsOfStop: lease.isStopped } }
  const more = Math.max(lease.grantedUntil, grantedUntil)
  return { ...state, lease: { ...lease, grantedUntil: more }, keeper: { ...keeper, grantedUntil: more } }
}

function confirmed(state: State): State {
  const { lease, keeper } = state
  return lease && lease.epoch === keeper?.epoch ? { ...state, lease: { ...lease, isApplied: true } } : state
}

/** A server that was left behind: let in by the console alone if it was locked out, closed, and copied anew. */
function returning(state: State, rules: Rules): Moves {
  const { left, writer } = state.catalog
  if (!left) return []
  const server = serverOf(state, left.server)
  const moves: Moves = []
  if (server.padlock !== null && server.power === 'off')
    moves.push({
      action: { kind: 'bring back', server: left.server },
      next: withServer(state, left.server, { power: 'on' }),
    })
  if (!left.isClosed && isReachable(server.power) && rules.isQuiet(server)) {
    const gate = { ...server.gate, epoch: Math.max(left.epoch, server.gate.epoch), status: 'FENCED' as const }
    const closed = withServer(state, left.server, { gate })
    const catalog = { ...state.catalog, left: { ...left, isClosed: true } }
    moves.push({ action: { kind: 'close', server: left.server }, next: { ...closed, catalog } })
  }
  if (rules.mayRebuild(left) && isReachable(server.power) && serverOf(state, writer).gate.owner === writer) {
    const { gate } = serverOf(state, writer)
    const copy: Server = { power: 'on', role: 'standby', gate, writing: null, padlock: null }
    const rebuilt = withServer(cutOff(state, left.server), left.server, copy)
    moves.push({
      action: { kind: 'rebuild', server: left.server },
      next: { ...rebuilt, catalog: { ...state.catalog, left: null } },
    })
  }
  return moves
}
