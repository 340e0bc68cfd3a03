import { DatabaseError } from 'pg'
import { type RefusalCode, refusalOf } from '@/model/refusals'
import type { Connection } from './install-gate'
import { inTransaction } from './transaction'

export type CanaryVerdict =
  | { kind: 'accepted' }
  | { kind: 'refused'; code: RefusalCode; sqlstate: string; detail: string }

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
