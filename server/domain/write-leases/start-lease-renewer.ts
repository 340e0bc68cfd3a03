import { setTimeout as wait } from 'node:timers/promises'
import { joinSignals } from '@/model/join-signals'
import type { Clock } from '@/server/clock'
import type { Db } from '@/server/db'
import type { Endpoint, EngineAdapter } from '@/server/engines/contract'
import { log } from '@/server/log'
import { listLeasedCells } from './lease-catalog'
import { LeaseKeeper } from './lease-keeper'
import { LEASE_MS_WHEN_LEAVING, LEASED_CELLS_MAX, LIST_CELLS_EVERY_MS } from './limits'

export type LeaseRenewerDeps = {
  db: Db
  /** Its own: a renewal must not wait for a connection behind probes or operations. */
  engines: { for(kind: string): EngineAdapter }
  clock: Clock
  /** The member as reached from this worker. */
  endpointOf(memberId: string): Promise<Endpoint>
  workerName: string
  signal: AbortSignal
}

type Running = { keeper: LeaseKeeper; done: Promise<void>; stop(): void }

/** Renews the leases of all leased cells until the signal; any number of workers may. `done` resolves when all are given back. */
export function startLeaseRenewer(deps: LeaseRenewerDeps): { done: Promise<void> } {
  return { done: follow(deps) }
}

async function follow(deps: LeaseRenewerDeps): Promise<void> {
  const { signal } = deps
  const running = new Map<string, Running>()
  while (!signal.aborted) {
    // A catalog that is away changes nothing: those who keep a lease go on with what they were granted.
    await adjust(deps, running).catch((error: unknown) =>
      log.warn({ err: error }, 'The leased cells cannot be listed.'),
    )
    await wait(LIST_CELLS_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all([...running.values()].map(({ done }) => done))
}

async function adjust(deps: LeaseRenewerDeps, running: Map<string, Running>): Promise<void> {
  const cells = await listLeasedCells(deps.db, LEASED_CELLS_MAX)
  const wanted = new Set(cells.map(({ scope }) => scope))
  for (const [scope, { stop, done }] of running) {
    if (wanted.has(scope)) continue
    stop()
    // It stays until it has given its lease back, so that it is waited for, and nobody keeps the scope beside it.
    const forget = () => running.delete(scope)
    done.then(forget, forget)
  }
  for (const { scope, engine, leaseMs: declaredMs } of cells) {
    const leaseMs = declaredMs ?? LEASE_MS_WHEN_LEAVING
    const known = running.get(scope)
    if (known) known.keeper.leaseMs = leaseMs
    else running.set(scope, start(deps, { scope, engine, leaseMs }))
  }
}

function start(deps: LeaseRenewerDeps, cell: { scope: string; engine: string; leaseMs: number }): Running {
  const leaving = new AbortController()
  const { signal, release } = joinSignals(deps.signal, leaving.signal)
  const keeper = new LeaseKeeper({ ...deps, engine: deps.engines.for(cell.engine), signal }, cell.scope, cell.leaseMs)
  return { keeper, done: keeper.run().finally(release), stop: () => leaving.abort() }
}
