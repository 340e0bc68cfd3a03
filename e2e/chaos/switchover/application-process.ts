import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { refusalOf } from '@/model/refusals'
import type { Route } from '@/model/schemas/estate'
import { createConsoleClient, createRouter, followRouteChanges, RouteRefused } from '@/server/router-client'
import {
  type Acknowledged,
  type ApplicationOrder,
  type ApplicationReport,
  readApplicationSettings,
} from './spawn-application'

/**
 * An application, in a process of its own so that no other work delays it: one insert of an increasing id after the other
 * through the router. It learns routes from the console, or, where a bench has a script for it, from the script that moves
 * the cell; everything else is the same. A write whose outcome is unknown is never sent again.
 */
const CALL_MS = 5_000
const CONNECTIONS_MAX = 2

const settings = readApplicationSettings()
const { console: connection, tenantId, credentials, database, writeEveryMs } = settings

const end = new AbortController()
const pools = new Map<string, pg.Pool>()
const consoleClient = createConsoleClient(connection)
const OWN_TABLE = 'record'
let scripted: Route | null = null
let table = OWN_TABLE
let report: ApplicationReport = emptyReport()
const router = createRouter({ resolve: async (id, signal) => scripted ?? consoleClient.resolve(id, signal) })

process.on('message', (order: ApplicationOrder) => void obey(order))
process.once('disconnect', () => process.exit(0))
void followRouteChanges(connection, (scopes) => !scripted && router.invalidate(scopes), end.signal)
await write()

async function obey(order: ApplicationOrder): Promise<void> {
  switch (order.kind) {
    case 'follow-console':
      scripted = null
      table = OWN_TABLE
      return router.invalidate([])
    case 'follow-script':
      scripted = order.route
      table = order.table
      return router.invalidate([])
    case 'connect':
      await poolOf(order.host, order.port).query('SELECT 1')
      process.send?.({ kind: 'connected' })
      return
    case 'begin':
      report = emptyReport()
      return
    case 'report':
      process.send?.({ kind: 'report', report })
  }
}

async function write(): Promise<void> {
  let dueAtMs = performance.now()
  let isAnnounced = false
  for (let id = settings.firstId; ; id += 1) {
    dueAtMs = Math.max(dueAtMs + writeEveryMs, performance.now() - writeEveryMs)
    await sleep(Math.max(0, dueAtMs - performance.now()))
    try {
      report.acknowledged.push(await router.execute(tenantId, (route) => insert(id, route), end.signal))
      if (!isAnnounced) isAnnounced = process.send?.({ kind: 'writing' }) ?? true
    } catch (error) {
      report.errors.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
  }
}

async function insert(id: number, route: Route): Promise<Acknowledged> {
  const { host, port, member } = route.endpoint
  const client = await poolOf(host, port).connect()
  let isUsable = false
  try {
    await client.query(
      `SET LOCAL homeport.scope_epoch = '${route.scopeEpoch}'; SET LOCAL homeport.region_epoch = '${route.regionEpoch}';
       INSERT INTO public.${table} (id, tenant_id, epoch) VALUES (${id}, '${tenantId}', ${route.scopeEpoch})`,
    )
    isUsable = true
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? refusalOf(error.code) : null
    if (!code) throw error
    isUsable = true // a refusal is an answer; the pool's own `query` would have closed the connection for it
    report.refused += 1
    throw new RouteRefused(code, { cause: error })
  } finally {
    client.release(!isUsable)
  }
  return { id, epoch: route.scopeEpoch, member, atMs: performance.timeOrigin + performance.now() }
}

function poolOf(host: string, port: number): pg.Pool {
  const key = `${host}:${port}`
  const found = pools.get(key)
  if (found) return found
  const pool = new pg.Pool({
    host,
    port,
    database,
    ...credentials,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CALL_MS,
    query_timeout: CALL_MS,
    idleTimeoutMillis: 0,
  })
  // A connection may break at any time, as when its server is killed: whoever uses it is told by the call, and the pool replaces it.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  pools.set(key, pool)
  return pool
}

function emptyReport(): ApplicationReport {
  return { acknowledged: [], errors: [], refused: 0 }
}
