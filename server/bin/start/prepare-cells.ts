import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Db } from '@/server/db'
import { type FleetStatus, withServer } from '@/server/fleet'
import { installGate, openGate, protectTable, readGate, setTenantGate } from '@/server/gate'
import { installSampleApp, protectedTables } from '@/server/sample-app'

const PREPARE_MS_MAX = 30_000
const LOCK_TIMEOUT_MS = 5_000

export type PreparedCell = { cell: string; says: string }

/**
 * Installs the sample application and the gate in every cell whose active primary answers. A gate that was ever opened is
 * left as it is: an operation may be under way, and its state is the truth. A cell that cannot be reached is left alone.
 */
export async function prepareCells(db: Db, fleet: FleetStatus): Promise<PreparedCell[]> {
  const cells = await db.cell.findMany({ orderBy: { id: 'asc' } })
  return Promise.all(
    cells.map(async (cell) => {
      const epoch = await db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: cell.scope } })
      const member = fleet.members.find(({ name }) => name === epoch.activeMember)
      if (member?.role !== 'primary')
        return { cell: cell.id, says: `${epoch.activeMember} does not answer as a primary; it was left as it is.` }
      const tenants = await db.tenantRegionAssignment.findMany({ where: { cellId: cell.id } })
      await withServer(member.adminDsn, PREPARE_MS_MAX, (client) =>
        prepareCell(client, { scope: cell.scope, region: epoch.activeRegion, epoch: epoch.epoch, tenants }),
      )
      return { cell: cell.id, says: `Ready with ${tenants.length} tenants.` }
    }),
  )
}

type CellFacts = {
  scope: string
  region: string
  epoch: bigint
  tenants: readonly { tenantId: string; regionEpoch: bigint }[]
}

async function prepareCell(client: pg.Client, { scope, region, epoch, tenants }: CellFacts): Promise<void> {
  await installGate(client, { scope, grantees: ['app'] })
  await installSampleApp(client)
  for (const table of protectedTables) await protectTable(client, table)
  const { rows } = await client.query<{ id: string }>('SELECT tenant_id AS id FROM homeport.tenant_gate')
  const placed = new Set(rows.map((row) => row.id))
  for (const { tenantId, regionEpoch } of tenants)
    if (!placed.has(tenantId))
      await setTenantGate(client, {
        tenantId,
        regionEpoch: Number(regionEpoch),
        status: 'ACTIVE',
        lockTimeoutMs: LOCK_TIMEOUT_MS,
      })
  const { gate } = await readGate(client, scope)
  if (gate === null || gate.serverName === null)
    await openGate(client, {
      scope,
      region,
      epoch: Number(epoch),
      operationId: randomUUID(),
      lockTimeoutMs: LOCK_TIMEOUT_MS,
    })
}
