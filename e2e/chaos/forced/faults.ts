import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { ForcedCell } from '@/server/domain/operations/forced/testing-forced'
import { asAdmin } from '@/server/engines/postgres/testing'
import type { Fault } from './plan-attacks'

const FLAPS = 6
const FLAP_MS = 300
/** What the standby misses before its primary dies. */
const CUT_BEFORE_MS = 1_500
const APPLY_DELAY = '1500ms'
const CALL_MS = 5_000
/** "cannot PREPARE a transaction that has exported snapshots". */
const NOT_SUPPORTED = '0A000'

/** What the vantages must have found before people may plan; null: whatever they say. */
export const findingOf: Record<Fault, string | null> = {
  'kill-listener': null,
  'kill-all': 'ServerDown',
  'freeze-listener': 'ServerFrozen',
  'freeze-all': 'ServerFrozen',
  cut: 'ServerUnreachable',
  'black-hole': 'ServerUnreachable',
  alone: 'UnreachableFromHere',
  flap: 'ServerUnreachable',
  'cut-then-kill': null,
  'lagging-standby': 'ServerDown',
  alive: 'ServerHealthy',
}

/** Whether nobody can have seen anything of the primary since the fault: whatever is shown as fresh would be made up. */
export const isSilent: Record<Fault, boolean> = {
  'kill-listener': true,
  'kill-all': true,
  'freeze-listener': false,
  'freeze-all': true,
  cut: true,
  'black-hole': true,
  alone: false,
  flap: true,
  'cut-then-kill': true,
  'lagging-standby': true,
  alive: false,
}

export async function strike(cell: ForcedCell, fault: Fault, source: string): Promise<void> {
  const { fleet } = cell.base.cell
  const member = fleet.member(source)
  switch (fault) {
    case 'kill-listener':
      await fleet.fleet.member(source).kill('postmaster')
      return
    case 'kill-all':
      return member.kill()
    case 'freeze-listener':
      await fleet.fleet.power(source, 'freeze', 'postmaster')
      return
    case 'freeze-all':
      return member.freeze()
    case 'cut':
    case 'black-hole':
      cell.vantages = 'console'
      return cell.setLink(fault)
    case 'alone':
      return cell.setLink('cut')
    case 'flap':
      cell.vantages = 'console'
      for (let flap = 0; flap < FLAPS; flap += 1) {
        cell.setLink(flap % 2 === 0 ? 'cut' : 'up')
        await sleep(FLAP_MS)
      }
      return cell.setLink('cut')
    case 'cut-then-kill':
      cell.setLink('cut')
      await sleep(CUT_BEFORE_MS)
      return member.kill()
    case 'lagging-standby': {
      const { target } = await cell.roles()
      await delayReplay(cell, target, APPLY_DELAY)
      await sleep(CUT_BEFORE_MS)
      return member.kill()
    }
    case 'alive':
      return
  }
}

/** The end of the fault: links are up and the server runs, unless the console has taken it out of service. */
export async function relent(cell: ForcedCell, source: string): Promise<void> {
  cell.setLink('up')
  await cell.base.cell.fleet
    .member(source)
    .start()
    .catch(() => {}) // its padlock is closed
  cell.vantages = 'both'
}

/** On whichever servers can be told; a copy of a delayed standby would inherit the delay. */
export async function forgetDelays(cell: ForcedCell): Promise<void> {
  for (const { name } of cell.base.cell.fleet.members) await delayReplay(cell, name, null).catch(() => {})
}

async function delayReplay(cell: ForcedCell, member: string, delay: string | null): Promise<void> {
  const { adminDsn } = cell.base.cell.fleet.member(member)
  await asAdmin(
    adminDsn,
    delay === null
      ? 'ALTER SYSTEM RESET recovery_min_apply_delay'
      : `ALTER SYSTEM SET recovery_min_apply_delay = '${delay}'`,
  )
  await asAdmin(adminDsn, 'SELECT pg_reload_conf()')
}

/**
 * An application prepares a transaction through the gate and is never heard of again. A gate that is still on a lease, which it
 * leaves with its epoch, lets nobody: then there is none.
 */
export async function prepareOne(cell: ForcedCell, source: string, id: number): Promise<void> {
  const { epoch } = await cell.base.epochRow()
  const client = await connectTo(cell.base.cell.fleet.member(source).appDsn)
  try {
    await client.query('BEGIN')
    await client.query(`SET LOCAL homeport.scope_epoch = '${epoch}'; SET LOCAL homeport.region_epoch = '1'`)
    await client.query('INSERT INTO public.record (id, tenant_id, epoch) VALUES ($1, $2, $3)', [
      id,
      cell.base.tenantId,
      epoch,
    ])
    await client.query(`PREPARE TRANSACTION 'chaos-${id}'`)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== NOT_SUPPORTED) throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/** A person resolves what nobody answers for. Returns how many were pending. */
export async function resolvePrepared(cell: ForcedCell, member: string, how: 'COMMIT' | 'ROLLBACK'): Promise<number> {
  const { adminDsn } = cell.base.cell.fleet.member(member)
  const pending = await asAdmin<{ gid: string }>(adminDsn, `SELECT gid FROM pg_prepared_xacts WHERE gid ~ '^chaos-'`)
  for (const { gid } of pending) await asAdmin(adminDsn, `${how} PREPARED '${gid}'`)
  return pending.length
}

async function connectTo(dsn: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: dsn, connectionTimeoutMillis: CALL_MS, query_timeout: CALL_MS })
  client.on('error', () => {})
  await client.connect()
  return client
}
