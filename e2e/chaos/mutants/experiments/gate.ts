import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { startServer } from '@/server/fleet/testing'
import {
  beginCommand,
  createGatedDatabase,
  EPOCH,
  type GatedDatabase,
  insertRecord,
  outcomeOf,
  REGION,
  runCommand,
  SCOPE,
} from '@/server/gate/testing'
import type { Planting } from '../plant-sql'

const LOCK_MS = 500
const LEASE_MS = 800
const NEXT = EPOCH + 1

/** One gate after the other, each attacked in one way: the cheapest place in which a fence can fail. */
export async function gateExperiment(planting: Planting): Promise<string[]> {
  const server = await startServer()
  try {
    const violations: string[] = []
    for (const attack of [straddle, replicaRole, lateOrder, thawFence, commitLate]) {
      const gated = await createGatedDatabase(server)
      await planting.gate(gated.adminDsn)
      try {
        violations.push(...(await attack(gated)))
      } finally {
        await gated.close()
      }
    }
    return violations
  } finally {
    await server.stop()
  }
}

/** A write that was admitted before the fence and is committed after it. */
async function straddle(gated: GatedDatabase): Promise<string[]> {
  const app = await gated.connect('app')
  await beginCommand(app)
  await app.query(insertRecord(gated.tenantId))
  const isFenced = await accepted(gated.admin, `SET lock_timeout = ${LOCK_MS}; ${fence(NEXT)}`)
  const isCommitted = await accepted(app, 'COMMIT')
  return isFenced && isCommitted ? ['I2: a write was committed after its gate had been closed.'] : []
}

/** A session that replays as replication does, against a closed gate. */
async function replicaRole(gated: GatedDatabase): Promise<string[]> {
  await gated.admin.query(fence(NEXT))
  const isWritten = await accepted(
    gated.admin,
    `SET session_replication_role = replica; ${insertRecord(gated.tenantId)}; RESET session_replication_role`,
  )
  return isWritten ? ['I2: a session in the role of a replica wrote through a closed gate.'] : []
}

/** An order of an operation that is over, which was on its way for a long time. */
async function lateOrder(gated: GatedDatabase): Promise<string[]> {
  await gated.admin.query(fence(NEXT))
  const isOpen = await accepted(
    gated.admin,
    `SELECT homeport.open_gate('${SCOPE}', '${REGION}', ${EPOCH}, '${randomUUID()}')`,
  )
  const isWritten = (await write(gated, EPOCH)) === 'done'
  return isOpen || isWritten ? ['I2: a late order opened a gate at an epoch that was over.'] : []
}

/** Going back from a fence opens at a higher epoch, never at its own. */
async function thawFence(gated: GatedDatabase): Promise<string[]> {
  const operation = randomUUID()
  await gated.admin.query(fence(NEXT, operation))
  await accepted(gated.admin, `SELECT homeport.thaw_gate('${SCOPE}', ${NEXT}, '${operation}')`)
  return (await write(gated, NEXT)) === 'done' ? ['I1: a fenced gate took a write at the epoch of its fence.'] : []
}

/** A write that the lease admitted and whose commit comes when the lease is over. */
async function commitLate(gated: GatedDatabase): Promise<string[]> {
  const app = await gated.connect('app')
  await gated.admin.query(
    `SELECT homeport.renew_lease('${SCOPE}', ${EPOCH}, clock_timestamp() + interval '${LEASE_MS} milliseconds', 5000)`,
  )
  await beginCommand(app)
  if (!(await accepted(app, insertRecord(gated.tenantId)))) return [] // too slow a machine for so short a lease
  await sleep(2 * LEASE_MS)
  return (await accepted(app, 'COMMIT')) ? ['I1: a write was committed after the lease that admitted it.'] : []
}

function fence(epoch: number, operation = randomUUID()): string {
  return `SELECT homeport.fence_gate('${SCOPE}', ${epoch}, '${operation}')`
}

async function write(gated: GatedDatabase, epoch: number): Promise<string> {
  const app = await gated.connect('app')
  return runCommand(app, insertRecord(gated.tenantId), { scopeEpoch: String(epoch) })
}

async function accepted(session: Client, text: string): Promise<boolean> {
  try {
    await session.query(text)
    return true
  } catch (error) {
    outcomeOf(error) // throws what the database did not say
    await session.query('ROLLBACK').catch(() => undefined)
    return false
  }
}
