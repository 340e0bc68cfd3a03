import type { Connection } from './install-gate'
import { inTransaction } from './transaction'

/**
 * Each change is one transaction, safe to repeat with the same operation. It throws PostgreSQL's error, whose SQLSTATE says
 * why: a refusal of model/refusals.ts, or 55P03 when writers in flight did not end within `lockTimeoutMs` (nothing changed).
 */
export type GateChange = { scope: string; epoch: number; operationId: string; lockTimeoutMs: number }

/** Opens the gate on this server at a higher epoch (or at the epoch at which the same operation fenced another server). */
export async function openGate(client: Connection, change: GateChange & { region: string }): Promise<void> {
  await changeGate(client, change.lockTimeoutMs, 'SELECT homeport.open_gate($1, $2, $3, $4)', [
    change.scope,
    change.region,
    change.epoch,
    change.operationId,
  ])
}

export type TenantStatus = 'ACTIVE' | 'FROZEN' | 'SUSPENDED' | 'MOVED'
export type TenantGate = { tenantId: string; regionEpoch: number } & (
  | { status: Exclude<TenantStatus, 'MOVED'> }
  | { status: 'MOVED'; movedTo: string }
)

/** Places a tenant, or changes its gate once its writers in flight have ended. */
export async function setTenantGate(client: Connection, tenant: TenantGate & { lockTimeoutMs: number }): Promise<void> {
  const movedTo = tenant.status === 'MOVED' ? tenant.movedTo : null
  await changeGate(client, tenant.lockTimeoutMs, 'SELECT homeport.set_tenant_gate($1, $2, $3, $4)', [
    tenant.tenantId,
    tenant.regionEpoch,
    tenant.status,
    movedTo,
  ])
}

export async function changeGate(
  client: Connection,
  lockTimeoutMs: number,
  statement: string,
  values: unknown[],
): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(`SELECT set_config('lock_timeout', $1, true)`, [`${Math.max(1, Math.ceil(lockTimeoutMs))}ms`])
    await client.query(statement, values)
  })
}
