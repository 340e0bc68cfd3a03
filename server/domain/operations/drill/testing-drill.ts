import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { transact } from '@/server/db'
import type { Endpoint, HostAgent } from '@/server/engines/contract'
import { asAdmin, endpointOf } from '@/server/engines/postgres/testing'
import { enqueueOperation } from '@/server/workflows'
import { storePlan } from '../store-plan'
import type { SwitchoverDeps } from '../switchover-deps'
import type { SwitchoverCell } from '../testing-cell'
import { readWorld } from '../world/read-world'
import { cloneDrillSteps, cloneDrillWorkflow } from './clone-drill-workflow'
import { planCloneDrill } from './plan-clone-drill'

/** A real cell whose standbys can be copied. `startedCount`: how often the agent was asked for a copy. */
export type DrillScene = {
  deps: SwitchoverDeps
  startedCount(): number
  endpointOfClone(operationId: string): Promise<Endpoint>
}

export function drillScene(cell: SwitchoverCell): DrillScene {
  let startedCount = 0
  const { fleet } = cell.cell.fleet
  const startClone: HostAgent['startClone'] = async (member, { operationId }) => {
    startedCount += 1
    const { name, port, durationMs, sizeBytes } = await fleet.startClone(member, operationId)
    const near = endpointOf(cell.cell.fleet.member(member))
    return { endpoint: { ...near, memberId: name, port }, tookMs: durationMs, bytes: sizeBytes }
  }
  const hostAgent: HostAgent = {
    ...cell.deps.hostAgent!,
    startClone,
    discardClone: ({ operationId }) => fleet.discardClone(operationId),
  }
  return {
    deps: { ...cell.deps, hostAgent },
    startedCount: () => startedCount,
    endpointOfClone: async (operationId) =>
      (await startClone('cell-2', { operationId }, { timeoutMs: 60_000, signal: new AbortController().signal }))
        .endpoint,
  }
}

/** Queues a drill on a clone, under another scope if a test wants that. */
export async function enqueueCloneDrill(cell: SwitchoverCell, change: { scope?: string } = {}): Promise<string> {
  await cell.observe()
  return transact(cell.db, async (tx) => {
    const world = await readWorld(tx, 'cell')
    const { plan, checks } = planCloneDrill(world!, {
      targetMember: null,
      madeBy: cell.people.operatorId,
      steps: cloneDrillSteps,
      rtoObjectiveMs: 60_000,
      rpoObjectiveMs: 5_000,
    })
    if (!plan)
      throw new Error(`No plan: ${checks.filter(({ outcome }) => outcome !== 'passed').map(({ says }) => says)}`)
    const by = { actor: cell.actor, homeRegion: 'eu-west-1' }
    // Two drills at once may see the same facts, and one plan is one hash.
    const body = { ...plan, ...change, redundancyDuring: `${plan.redundancyDuring} ${randomUUID()}` }
    const { id: planId } = await storePlan(tx, body, by)
    const order = { planId, scope: body.scope, requestId: null, startedBy: cell.people.operatorId, ...by }
    return (await enqueueOperation(tx, cloneDrillWorkflow, order)).operationId
  })
}

/** Names of the data directories on the standby's machine: a copy that was left behind would be one of them. */
export async function seatsOf(cell: SwitchoverCell): Promise<string[]> {
  return (await readdir(dirname(cell.cell.fleet.fleet.member('cell-2').seat.dir))).sort()
}

/** What vacuum and statistics move by themselves, and the heartbeat, which lives. */
const RESTLESS = ['homeport.heartbeat', 'pg_catalog.pg_statistic', 'pg_catalog.pg_class', 'pg_catalog.pg_database']

/** A SHA-256 over every row of every table, catalogs, roles and settings included, by name of the table. */
export async function fingerprintOf(cell: SwitchoverCell, member: string): Promise<Record<string, string>> {
  const dsn = cell.cell.fleet.member(member).adminDsn
  const tables = await asAdmin<{ name: string; isSequence: boolean }>(
    dsn,
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, c.relkind = 'S' AS "isSequence" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence = 'p' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1`,
  )
  const asked = tables
    .filter(({ name }) => !RESTLESS.includes(name))
    .map(({ name, isSequence }) => {
      const row = isSequence ? 'last_value::text || is_called' : 't::text'
      return [name, `SELECT ${row} AS row FROM ${name} t ORDER BY 1`] as const
    })
  const views = [
    [
      'relations',
      'SELECT oid::text || relname || relfilenode || relowner || coalesce(relacl::text, relkind::text) AS row FROM pg_class ORDER BY 1',
    ],
    ['settings', 'SELECT concat(name, setting) AS row FROM pg_file_settings ORDER BY 1'],
    ['slots', 'SELECT slot_name || slot_type AS row FROM pg_replication_slots ORDER BY 1'],
  ] as const
  const text = [...asked, ...views]
    .map(
      ([name, rows]) =>
        `SELECT '${name}' AS name, encode(sha256(convert_to(coalesce(string_agg(row, E'\\n'), ''), 'UTF8')), 'hex') AS print FROM (${rows}) AS r`,
    )
    .join(' UNION ALL ')
  const prints = await asAdmin<{ name: string; print: string }>(dsn, text)
  return Object.fromEntries(prints.map(({ name, print }) => [name, print]))
}
