import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ForcedFailoverPlan, SwitchoverPlan } from '@/model/schemas/plans'
import { plansOfEachKind } from '@/model/schemas/testing-plans'
import { declareCell, startCatalog, type TestCatalog } from '@/server/db/testing'
import { type GatedCell, startGatedCell, TEST_SCOPE } from '@/server/engines/postgres/testing'
import { kindOf } from './kinds'

/** What is printed for people is run here as it is printed, line by line, against real servers and a real catalog. */
let catalog: TestCatalog
let cell: GatedCell

beforeEach(async () => {
  catalog = await startCatalog()
  cell = await startGatedCell()
  await declareCell(catalog.db, { scope: TEST_SCOPE }, cell.fleet.members)
})
afterEach(async () => {
  await cell?.stop()
  await catalog?.stop()
})

test('a switchover by hand: every line succeeds, and only the target takes writes afterwards', async () => {
  const [fence, endOfLog, replayed, ...lines] = linesOf(planOf('planned-switchover'))
  await run(fence!)
  const end = (await run(endOfLog!)).rows as { pg_current_wal_flush_lsn: string }[]
  await expect
    .poll(async () => {
      const [{ pg_last_wal_replay_lsn: position }] = (await run(replayed!)).rows as [{ pg_last_wal_replay_lsn: string }]
      return toBytes(position) >= toBytes(end[0]!.pg_current_wal_flush_lsn)
    })
    .toBe(true)
  await expectPromotion(lines)
  await expect(writeTo(cell.primary.name, 1n)).rejects.toThrow('REGION_READ_ONLY')
})

test('a forced failover by hand: a dead primary answers no line, and the rest still leads to a writer', async () => {
  await cell.fleet.fleet.power(cell.primary.name, 'kill')
  const [fence, positions, end, ...lines] = linesOf(planOf('forced-failover'))
  await expect(run(fence!)).rejects.toThrow()
  await expect(run(end!)).rejects.toThrow()
  const [settled] = (await run(positions!)).rows as Record<string, unknown>[]
  expect(settled).toMatchObject({ pg_is_wal_replay_paused: false })
  expect(settled?.pg_last_wal_replay_lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
  await expectPromotion(lines)
  expect((await run(lines[0]!)).rowCount, 'a second person who decides the same is told that it is decided').toBe(0)
})

/** The catalog decides once, the target is promoted, its gate opens, and it takes a write at the next epoch. */
async function expectPromotion(lines: readonly string[]): Promise<void> {
  expect(lines).toHaveLength(3)
  const [decide, promote, open] = lines as [string, string, string]
  expect((await run(decide)).rowCount).toBe(1)
  expect((await run(promote)).rows).toEqual([{ pg_promote: true }])
  await run(open)
  await writeTo(cell.standby.name, 2n)
  const row = await catalog.db.regionWriteEpoch.findUniqueOrThrow({ where: { logicalScope: TEST_SCOPE } })
  expect(row).toMatchObject({
    activeMember: cell.standby.name,
    activeRegion: cell.fleet.standbys[0]!.region,
    epoch: 2n,
  })
}

function planOf<Kind extends 'planned-switchover' | 'forced-failover'>(kind: Kind) {
  const plan = plansOfEachKind[kind] as SwitchoverPlan | ForcedFailoverPlan
  const { primary, standbys } = cell.fleet
  const place = (member: { name: string; region: string }) => ({ member: member.name, region: member.region })
  const names = { source: { ...plan.source, ...place(primary) }, target: { ...plan.target, ...place(standbys[0]!) } }
  return { ...plan, ...names, scope: TEST_SCOPE, epoch: { from: '1', to: '2' } } as typeof plan
}

function linesOf(plan: SwitchoverPlan | ForcedFailoverPlan): string[] {
  const script = kindOf(plan.kind).byHand!(plan, { id: randomUUID(), planHash: 'abc' })
  return script.split('\n').filter((line) => line.startsWith('psql '))
}

/** As a shell and psql would: the variable names the server, and the text in quotes is the statement. */
async function run(line: string) {
  const dsns: Record<string, string> = { DATABASE_URL: catalog.url }
  for (const { name, adminDsn } of cell.fleet.members)
    dsns[`${name.toUpperCase().replaceAll('-', '_')}_ADMIN_DSN`] = adminDsn
  const [, variable, sql] = /^psql "\$(\w+)" -(?:At)?c "([^"]+)"/.exec(line) ?? []
  if (!variable || !sql) throw new TypeError(`No shell would run this: ${line}`)
  return query(dsns[variable]!, sql)
}

/** A position in the log, whose halves are hexadecimal. */
function toBytes(position: string): bigint {
  const [high = '', low = ''] = position.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}

async function writeTo(member: string, epoch: bigint): Promise<void> {
  const dsn = cell.fleet.member(member).appDsn
  await query(dsn, `SET LOCAL homeport.scope_epoch = '${epoch}'; INSERT INTO public.written DEFAULT VALUES`)
}

async function query(dsn: string, sql: string) {
  const client = new Client({ connectionString: dsn, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {}) // a server that was killed ends its connections; the query says so
  await client.connect()
  try {
    const { rows, rowCount } = await client.query(sql)
    return { rows: rows as unknown[], rowCount }
  } finally {
    await client.end()
  }
}
