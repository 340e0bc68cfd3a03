import type { FenceStrength, OperationState, StepState } from '@/model/states'

/**
 * What the model of a forced failover remembers: one scope, its servers, the catalog, two workers, the people, and the orders
 * that are still in the network. Nothing of it is real code except the tables of model/states.ts, which judge every move.
 */
export type ServerName = 'A' | 'B' | 'C'
export type WorkerName = 0 | 1
export const people = ['requester', 'first', 'second'] as const
export type Person = (typeof people)[number]

/** The steps that change something or decide, in order. Those that only look and always go on are left out. */
export const stepNames = [
  'recheck-plan',
  'stop-lease',
  'fence-old-primary',
  'drain-target',
  'move-epoch',
  'promote-target',
  'open-gate',
  'prove-writable',
] as const
export type StepName = (typeof stepNames)[number]
export const undoable: readonly StepName[] = ['stop-lease', 'fence-old-primary', 'drain-target']
export const withReadBack: readonly StepName[] = ['promote-target', 'open-gate']
export const DECISION: StepName = 'move-epoch'

export type Plan = { number: number; source: ServerName; target: ServerName; epoch: number }

export type Gate = {
  epoch: number
  status: 'WRITABLE' | 'FENCED'
  owner: ServerName
  /** Of the last order that changed it. */
  operation: number
  leaseEpoch: number
  leaseUntil: number | null
}

export type Server = {
  /** dying: the server process is gone, and one backend may still finish its commit. */
  power: 'on' | 'dying' | 'off'
  role: 'primary' | 'standby'
  gate: Gate
  /** The epoch at which the gate admitted the transaction in flight. */
  writing: number | null
  /** The operation that keeps it off, or lets nobody in but the console. */
  padlock: number | null
}

export type Operation = Plan & {
  status: OperationState
  steps: readonly StepState[]
  holder: WorkerName | null
  leaseEpoch: number
  receipt: FenceStrength | null
  /** An earlier attempt of the present step may still have taken effect. */
  isInDoubt: boolean
  isPastReturn: boolean
  isAbortAsked: boolean
}

/** What a worker believes to be doing. It may have lost its lease long ago. */
export type Work = {
  plan: Plan
  leaseEpoch: number
  step: StepName
  way: 'do' | 'look' | 'undo'
  /** called: nothing yet. claimed: the catalog has decided for the way back. done: the effect is there and not recorded. */
  phase: 'called' | 'claimed' | 'done'
  receipt: FenceStrength | null
  /** An order went out to which no answer will come. */
  hasSent: boolean
}

export type Order =
  | { kind: 'fence' | 'open' | 'promote'; to: ServerName; plan: Plan; epoch: number; leaseEpoch: number }
  | { kind: 'power-off' | 'release'; to: ServerName; plan: Plan }
  | { kind: 'renew'; to: ServerName; epoch: number; until: number }

/** Instants are ticks of the catalog's clock. A server's own clock is anywhere within SKEW_TICKS of it. */
export type Lease = {
  epoch: number
  grantedUntil: number
  isStopped: boolean
  finalUntil: number | null
  /** The gate has confirmed that it keeps to one. */
  isApplied: boolean
}
export type Keeper = { epoch: number; grantedUntil: number; orderedUntil: number; knowsOfStop: boolean }

export type State = {
  nowTicks: number
  catalog: { epoch: number; writer: ServerName; left: { server: ServerName; epoch: number; isClosed: boolean } | null }
  lease: Lease | null
  keeper: Keeper | null
  request: { target: ServerName; epoch: number; votes: readonly Person[]; resigned: Person | null } | null
  operation: Operation | null
  servers: Readonly<Record<string, Server>>
  workers: readonly [Work | null, Work | null]
  network: readonly Order[]
  /** History, for the invariants alone: who acknowledged writes at each epoch, and below which epoch a server is proven closed. */
  ackedBy: Readonly<Record<number, ServerName>>
  closedBelow: Readonly<Record<string, number>>
}

/** How far the model goes. Everything within is visited. */
export type Bounds = {
  servers: readonly ServerName[]
  operationsMax: number
  /** How often workers may take one operation over, the first time included. */
  leasesMax: number
  /** Orders that are late at the same time. */
  lateOrdersMax: number
  /** 0: the cell has no write lease, and time does not matter. */
  ticksMax: number
  hasAgent: boolean
  mayAbort: boolean
  mayResign: boolean
}

export type Action = {
  kind: string
  worker?: WorkerName
  step?: StepName
  how?: string
  server?: ServerName
  person?: Person
}

export const SKEW_TICKS = 1
export const LEASE_TICKS = 1
export const HORIZON_TICKS = 2
export const QUORUM = 2

export function serverOf(state: State, name: string): Server {
  return state.servers[name]!
}

export function withServer(state: State, name: ServerName, change: Partial<Server>): State {
  return { ...state, servers: { ...state.servers, [name]: { ...serverOf(state, name), ...change } } }
}

export function withWork(state: State, worker: WorkerName, work: Work | null): State {
  return { ...state, workers: worker === 0 ? [work, state.workers[1]] : [state.workers[0], work] }
}

export function initialState({ servers, ticksMax }: Bounds): State {
  const isLeased = ticksMax > 0
  const gate: Gate = {
    ...{ epoch: 1, status: 'WRITABLE', owner: 'A', operation: 0, leaseEpoch: 0 },
    leaseUntil: isLeased ? LEASE_TICKS : null,
  }
  const serverAs = (name: ServerName): Server => ({
    ...{ power: 'on', role: name === 'A' ? 'primary' : 'standby', gate, writing: null, padlock: null },
  })
  return {
    nowTicks: 0,
    catalog: { epoch: 1, writer: 'A', left: null },
    lease: isLeased
      ? { epoch: 1, grantedUntil: HORIZON_TICKS, isStopped: false, finalUntil: null, isApplied: true }
      : null,
    keeper: isLeased ? { epoch: 1, grantedUntil: HORIZON_TICKS, orderedUntil: LEASE_TICKS, knowsOfStop: false } : null,
    request: null,
    operation: null,
    servers: Object.fromEntries(servers.map((name) => [name, serverAs(name)])),
    workers: [null, null],
    network: [],
    ackedBy: { 1: 'A' },
    closedBelow: {},
  }
}
