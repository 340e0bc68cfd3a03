import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FleetError } from './fleet-error'
import { startCell, type TestCell } from './testing'

/** A drill's clone must hold what its standby held, be a primary of its own, and leave nothing behind. */
let cell: TestCell
beforeAll(async () => {
  cell = await startCell({ primary: 'eu-west-1', standbys: ['eu-central-1'] })
  await ask(
    cell.primary.adminDsn,
    'CREATE TABLE public.thing (id int PRIMARY KEY); GRANT SELECT, INSERT ON public.thing TO app',
  )
  await ask(cell.primary.adminDsn, 'INSERT INTO public.thing SELECT generate_series(1, 1000)')
})
afterAll(() => cell?.stop())

async function ask<Row extends object>(dsn: string, text: string): Promise<Row[]> {
  const client = new Client(dsn)
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

const standby = () => cell.fleet.member('cell-2')
const seats = async () => (await readdir(dirname(standby().seat.dir))).sort()
const isUp = (dsn: string) =>
  ask(dsn, 'SELECT 1').then(
    () => true,
    () => false,
  )

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(FleetError)
  return (error as FleetError).message
}

async function caughtUp(): Promise<void> {
  const [row] = await ask<{ lsn: string }>(cell.primary.adminDsn, 'SELECT pg_current_wal_flush_lsn()::text AS lsn')
  await expect
    .poll(() => ask(standby().adminDsn(), `SELECT 1 WHERE pg_last_wal_replay_lsn() >= '${row!.lsn}'::pg_lsn`), {
      timeout: 20_000,
    })
    .toHaveLength(1)
}

test('a clone is a primary of its own, while its standby goes on following', async () => {
  await caughtUp()
  const operationId = randomUUID()
  const clone = await cell.fleet.startClone('cell-2', operationId)
  process.stdout.write(`clone of ${clone.sizeBytes} bytes: ${clone.durationMs} ms\n`)
  expect(await cell.fleet.startClone('cell-2', operationId), 'repeated').toEqual(clone)
  const [facts] = await ask<{ name: string; standby: boolean; count: string }>(
    clone.adminDsn,
    "SELECT current_setting('cluster_name') AS name, pg_is_in_recovery() AS standby, (SELECT count(*) FROM public.thing) AS count",
  )
  expect(facts).toEqual({ name: `homeport/${clone.name}/eu-central-1`, standby: false, count: '1000' })
  expect(cell.fleet.relays.map(({ port }) => port)).not.toContain(clone.port)
  expect((await cell.fleet.status()).members.map(({ name }) => name)).toEqual(['cell-1', 'cell-2'])

  await ask(clone.adminDsn, 'INSERT INTO public.thing VALUES (5000)')
  await ask(cell.primary.adminDsn, 'INSERT INTO public.thing VALUES (6000)')
  await caughtUp()
  const ids = await ask<{ id: number }>(standby().adminDsn(), 'SELECT id FROM public.thing WHERE id > 1000')
  expect(ids).toEqual([{ id: 6000 }])

  await cell.fleet.discardClone(operationId)
  await cell.fleet.discardClone(operationId)
  expect(await seats()).toEqual(['cell-1', 'cell-2'])
  expect(await isUp(clone.adminDsn)).toBe(false)
  expect(await refusal(cell.fleet.startClone('cell-2', operationId)), 'a late order').toContain('discarded already')
})

test('a standby that has lost its primary can be cloned as well', async () => {
  await cell.primary.kill()
  const operationId = randomUUID()
  const clone = await cell.fleet.startClone('cell-2', operationId)
  expect(await isUp(clone.appDsn)).toBe(true)
  await cell.fleet.discardClone(operationId)
  await cell.primary.start()
})

test('there are two at a time, of standbys that answer', async () => {
  const operations = [randomUUID(), randomUUID()]
  for (const operationId of operations) await cell.fleet.startClone('cell-2', operationId)
  expect(await refusal(cell.fleet.startClone('cell-2', randomUUID()))).toContain('2 clones already')
  for (const operationId of operations) await cell.fleet.discardClone(operationId)
  expect(await refusal(cell.fleet.startClone('cell-1', randomUUID()))).toContain('is a primary')
  await cell.fleet.power('cell-2', 'kill')
  expect(await refusal(cell.fleet.startClone('cell-2', randomUUID()))).toContain('does not answer')
  await cell.fleet.power('cell-2', 'start')
  expect(await seats()).toEqual(['cell-1', 'cell-2'])
})
