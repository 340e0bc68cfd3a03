import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Route } from '@/model/schemas/estate'
import { log } from '@/server/log'
import { RouteRefused, type Router, RouteUnavailable } from '@/server/router-client'
import { type CaseMemory, createCaseMemory, type KnownCase } from './case-memory'
import { assignTask, type CaseRef, changeStatus, createCase, type OpenStatus, trimTenant, viewCase } from './commands'
import type { DemandTenant, Wish } from './demand'
import type { Ledger } from './ledger'
import type { Pools } from './pools'

export type TrafficOptions = {
  tenants: readonly DemandTenant[]
  /** One router a user region: each reaches the cells over its own paths. */
  routers: ReadonlyMap<string, Router>
  pools: Pools
  ledger: Ledger
  demand: () => Wish
  /** Wishes a second in all, reads included. */
  perSecond: number
  signal: AbortSignal
}

const TICK_MS = 20
const IN_FLIGHT_MAX = 300
const ASSIGNEE = 'investigator'
const TRIM_EVERY_MS = 5_000
const KEEP = { cases: 200, events: '30 minutes' }

/**
 * Open-loop: wishes arrive at their own pace whatever the cells do, so that a pause shows as a pause. When too many are
 * under way, new ones count as failed instead of piling up. Resolves when `signal` aborts and everything has come back.
 */
export async function runTraffic(options: TrafficOptions): Promise<void> {
  const { signal, perSecond, demand, ledger } = options
  // Every command under way may wait on the one signal; their number has a limit of its own.
  setMaxListeners(2 * IN_FLIGHT_MAX, signal)
  const memory = createCaseMemory()
  const underWay = new Set<Promise<void>>()
  const trimming = trimInTurn(options)
  let due = 0
  let lastTick = performance.now()
  while (!signal.aborted) {
    await wait(TICK_MS, undefined, { signal }).catch(() => undefined)
    const now = performance.now()
    due = Math.min(due + ((now - lastTick) * perSecond) / 1_000, perSecond)
    lastTick = now
    for (; due >= 1; due -= 1) {
      const wish = demand()
      if (underWay.size >= IN_FLIGHT_MAX) ledger.failed(wish.userRegion, wish.tenant.cell, new Date())
      else start(wish)
    }
  }
  await Promise.allSettled([...underWay, trimming])

  function start(wish: Wish): void {
    const work = fulfil(wish, options, memory).finally(() => underWay.delete(work))
    underWay.add(work)
  }
}

async function fulfil(
  wish: Wish,
  { routers, pools, ledger, signal }: TrafficOptions,
  memory: CaseMemory,
): Promise<void> {
  const { userRegion, tenant } = wish
  const router = routers.get(userRegion)
  if (!router) throw new Error(`There is no router for users in ${userRegion}.`)
  const action = chooseAction(wish, memory)
  const startedAt = performance.now()
  try {
    const done = await router.execute(
      tenant.tenantId,
      (route) => pools.run(route, (db) => perform(action, route, db), action.kind === 'view' ? 'read' : 'write'),
      signal,
    )
    const tookMs = performance.now() - startedAt
    if (done.wrote) ledger.acknowledged(userRegion, done.route, new Date(), tookMs)
    else ledger.read(userRegion, tenant.cell, new Date(), tookMs, done.stale)
    if (done.remember) memory.put(action.ref.tenantId, done.remember)
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof RouteRefused || error instanceof RouteUnavailable)
      ledger.refused(userRegion, tenant.cell, new Date(), error.code)
    else {
      ledger.failed(userRegion, tenant.cell, new Date())
      log.warn({ cell: tenant.cell, from: userRegion, command: action.kind, err: error }, 'a command failed')
    }
  }
}

type Action = { ref: CaseRef } & ({ kind: 'create' | 'view' | 'assign' } | { kind: 'change-status'; from: OpenStatus })
type Done = { route: Route; wrote: boolean; stale: boolean; remember?: KnownCase }

/** Settled before the first attempt, so that a command that is sent again is the same command. */
function chooseAction({ tenant: { tenantId }, kind }: Wish, memory: CaseMemory): Action {
  const known = kind === 'create' ? null : kind === 'change-status' ? memory.take(tenantId) : memory.peek(tenantId)
  if (kind === 'create' || !known) return { kind: 'create', ref: { tenantId, caseId: randomUUID() } }
  const ref = { tenantId, caseId: known.caseId }
  return kind === 'change-status' ? { kind, ref, from: known.status } : { kind, ref }
}

async function perform(action: Action, route: Route, db: pg.ClientBase): Promise<Done> {
  const { ref } = action
  switch (action.kind) {
    case 'create':
      await createCase(db, route, ref)
      return { route, wrote: true, stale: false, remember: { caseId: ref.caseId, status: 'SUBMITTED' } }
    case 'assign':
      await assignTask(db, route, ref, ASSIGNEE)
      return { route, wrote: true, stale: false }
    case 'view':
      return { route, wrote: false, stale: (await viewCase(db, ref)) === null }
    case 'change-status': {
      const status = await changeStatus(db, route, ref, action.from)
      const remember = status === 'CLOSED' ? undefined : { caseId: ref.caseId, status }
      return { route, wrote: true, stale: false, remember }
    }
  }
}

async function trimInTurn({ tenants, routers, pools, signal }: TrafficOptions): Promise<void> {
  for (let turn = 0; !signal.aborted; turn = (turn + 1) % tenants.length) {
    await wait(TRIM_EVERY_MS, undefined, { signal }).catch(() => undefined)
    const tenant = tenants[turn]!
    const router = routers.get(tenant.homeRegion) ?? routers.values().next().value
    if (signal.aborted || !router) return
    // Housekeeping that fails is tried again when the tenant's turn comes round.
    await router
      .execute(
        tenant.tenantId,
        (route) => pools.run(route, (db) => trimTenant(db, route, tenant.tenantId, KEEP), 'write'),
        signal,
      )
      .catch(() => undefined)
  }
}
