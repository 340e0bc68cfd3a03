import { DatabaseError } from 'pg'
import { type RefusalCode, refusalOf } from '@/model/refusals'
import { changeGate, type GateChange } from './change-gate'
import type { Connection } from './install-gate'
import { inTransaction } from './transaction'

// The rest of what the package can do, for its tests. The console says the same through its engine (engines/postgres/gate-sql.ts),
// with deadlines, and by a session that has asked the server who it is.

/** Closes the gate at its own epoch, in a way that `thawGate` of the same operation can undo. */
export async function freezeGate(client: Connection, change: GateChange): Promise<void> {
  await changeGate(client, change.lockTimeoutMs, 'SELECT homeport.freeze_gate($1, $2, $3)', [
    change.scope,
    change.epoch,
    change.operationId,
  ])
}

export async function thawGate(client: Connection, change: GateChange): Promise<void> {
  await changeGate(client, change.lockTimeoutMs, 'SELECT homeport.thaw_gate($1, $2, $3)', [
    change.scope,
    change.epoch,
    change.operationId,
  ])
}

/** Closes the gate for good at the new, higher `epoch`. This server opens again only at an epoch above it. */
export async function fenceGate(client: Connection, change: GateChange): Promise<void> {
  await changeGate(client, change.lockTimeoutMs, 'SELECT homeport.fence_gate($1, $2, $3)', [
    change.scope,
    change.epoch,
    change.operationId,
  ])
}

type Unprotected = { table: string; reason: string }

/** Holes in the protection: triggers missing, disabled, not ENABLE ALWAYS or changed; roles that could switch it off. */
export async function listUnprotected(client: Connection): Promise<Unprotected[]> {
  const { rows } = await client.query<Unprotected>(
    'SELECT table_name AS "table", reason FROM homeport.unprotected() ORDER BY 1, 2',
  )
  return rows
}

type PendingPrepared = { gid: string; owner: string; preparedAt: Date }

/** Prepared transactions that wrote through the gate: no freeze or fence completes before each is resolved. */
export async function listPendingPrepared(client: Connection): Promise<PendingPrepared[]> {
  const { rows } = await client.query<PendingPrepared>(
    'SELECT gid, owner, prepared_at AS "preparedAt" FROM homeport.pending_prepared() ORDER BY 3, 1',
  )
  return rows
}

type WriterInFlight = {
  pid: number
  roleName: string
  applicationName: string
  /** Its commit is durable here and waits for a standby: ending the session makes it visible, perhaps never replicated. */
  isWaitingForStandby: boolean
  /** Transaction id, or null when it has not written yet. */
  xid: string | null
}

const writerColumns = `pid, role_name AS "roleName", application_name AS "applicationName", is_waiting_for_standby AS "isWaitingForStandby", xid`

/** Sessions whose transaction has passed the gate and has not ended. */
export async function listWritersInFlight(client: Connection): Promise<WriterInFlight[]> {
  const { rows } = await client.query<WriterInFlight>(
    `SELECT ${writerColumns} FROM homeport.writers_in_flight() ORDER BY pid`,
  )
  return rows
}

/** Asks every writer in flight to end, and tells what each was doing. Freeze again to wait for them. */
export async function terminateWriters(client: Connection): Promise<WriterInFlight[]> {
  const { rows } = await client.query<WriterInFlight>(
    `SELECT ${writerColumns} FROM homeport.terminate_writers() ORDER BY pid`,
  )
  return rows
}

type CanaryVerdict = { kind: 'accepted' } | { kind: 'refused'; code: RefusalCode; sqlstate: string; detail: string }

/**
 * Writes one committed row as whoever `client` is: pass a session of an ordinary application role, since that is whom the
 * gate binds. SQLSTATE class HP is the gate's own word; 25006 and 0A000 are a standby's. Anything else proves nothing and
 * is thrown.
 */
export async function attemptCanary(
  client: Connection,
  { operationId, scopeEpoch }: { operationId: string; scopeEpoch: number },
): Promise<CanaryVerdict> {
  try {
    await inTransaction(client, async () => {
      await client.query(`SELECT set_config('homeport.scope_epoch', $1, true)`, [String(scopeEpoch)])
      await client.query('INSERT INTO homeport.canary (operation_id, at) VALUES ($1, clock_timestamp())', [operationId])
    })
    return { kind: 'accepted' }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    const code = refusalOf(error.code)
    if (code === null) throw error
    return { kind: 'refused', code, sqlstate: error.code ?? '', detail: error.detail ?? error.message }
  }
}
