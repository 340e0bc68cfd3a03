import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Finding } from '@/model/schemas/plans'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { listCells } from '@/server/domain/estate'
import { readFindings } from '@/server/domain/telemetry'
import { asAdmin, type GatedCell, startGatedCell } from '@/server/engines/postgres/testing'
import { collectProbes } from './collect-probes'
import { flushProbes } from './flush-probes'
import { createLooker, createTestClock, declareCell, type Looker, viewerCtx } from './testing'

// A writer in Dublin, a standby in Frankfurt, and the console in N. Virginia, where another standby stands.
const PRIMARY = 'eu-west-1'
const STANDBY = 'eu-central-1'
const HOME = 'us-east-1'
const READ_TURN_MS = 2_500
const LOOKS_MAX = 40

let catalog: TestCatalog
let cell: GatedCell
let looker: Looker
const clock = createTestClock()

beforeAll(async () => {
  ;[catalog, cell] = await Promise.all([startCatalog(), startGatedCell([STANDBY, HOME])])
  await declareCell(catalog.db, cell.fleet, clock)
  looker = createLooker(catalog.db, clock, { homeRegion: HOME, name: 'worker-a' })
})
afterAll(async () => {
  await looker?.stop()
  await Promise.all([catalog?.stop(), cell?.stop()])
})
beforeEach(async () => {
  expect(await lookUntil('ServerHealthy')).toMatchObject({ name: 'ServerHealthy' })
})
afterEach(async () => {
  cell.fleet.fleet.links.healAll()
  await cell.fleet.primary.start()
})

async function findingOf(member: string): Promise<Finding> {
  return (await readFindings(catalog.db, clock.now())).get(member)!
}

/** Sessions that break, servers that recover: what is there is seen by looking again, never by waiting. */
async function lookUntil(name: Finding['name'], member = 'cell-1'): Promise<Finding> {
  for (let look = 1; ; look++) {
    await looker.look()
    await readAgain()
    const finding = await findingOf(member)
    if (finding.name === name || look === LOOKS_MAX) return finding
  }
}

/** Only the reads and writes whose turn comes every two seconds: what old sessions say after the new ones were tried. */
async function readAgain(): Promise<void> {
  clock.advance(READ_TURN_MS)
  await collectProbes(looker.context)
  await looker.context.board.settled()
  await flushProbes(looker.context, 'all')
}

test('a killed postmaster is down: its host refuses every vantage', async () => {
  await cell.fleet.primary.kill()
  expect(await lookUntil('ServerDown')).toMatchObject({ name: 'ServerDown', vantages: { length: 3 } })
  const [view] = await listCells(viewerCtx(catalog.db, clock))
  expect(view?.members.map(({ id, finding }) => `${id} ${finding?.name}`)).toEqual([
    'cell-1 ServerDown',
    'cell-2 ServerHealthy',
    'cell-3 ServerHealthy',
  ])
})

test('a stopped listener is frozen, while an open session goes on writing', async () => {
  const writer = await cell.startWriter(cell.primary, 1n)
  await writer.firstAcknowledgement()
  await cell.fleet.fleet.power('cell-1', 'freeze', 'postmaster')
  expect(await lookUntil('ServerFrozen')).toMatchObject({ name: 'ServerFrozen' })
  const count = writer.acknowledged.length
  await expect.poll(() => writer.acknowledged.length).toBeGreaterThan(count)
  await writer.stop()
})

test('a server all of whose processes are stopped is frozen too', async () => {
  await cell.fleet.primary.freeze()
  expect(await lookUntil('ServerFrozen')).toMatchObject({ name: 'ServerFrozen' })
})

test('a black hole between two regions is a path, not a server', async () => {
  for (const way of [cell.fleet.fleet.links.link(PRIMARY, STANDBY), cell.fleet.fleet.links.link(STANDBY, PRIMARY)])
    way.set({ state: 'black-hole' })
  const finding = await lookUntil('UnreachableFromHere')
  expect(finding).toMatchObject({ name: 'UnreachableFromHere', says: expect.stringContaining(STANDBY) })
})

test('a cut one way is a path, whichever way it is', async () => {
  cell.fleet.fleet.links.link(PRIMARY, HOME).set({ state: 'cut' })
  expect(await lookUntil('UnreachableFromHere')).toMatchObject({ name: 'UnreachableFromHere' })
})

test('a closed gate refuses writes, and the server is not called down', async () => {
  const operation = randomUUID()
  const { adminDsn } = cell.fleet.primary
  await asAdmin(adminDsn, `SELECT homeport.freeze_gate('${cell.scope}', 1, '${operation}')`)
  expect(await lookUntil('RefusingWrites')).toMatchObject({
    name: 'RefusingWrites',
    says: expect.stringMatching(/FROZEN/),
  })
  await asAdmin(adminDsn, `SELECT homeport.thaw_gate('${cell.scope}', 1, '${operation}')`)
})

test('another server behind the address is a stranger, from every vantage', async () => {
  const portsOf = (member: string) => {
    const { port, dsnFrom } = cell.fleet.member(member)
    return { near: port, from: (vantage: string) => Number(new URL(dsnFrom(vantage, 'app')).port) }
  }
  const pointTo = async (member: string) => {
    await catalog.db.cellMember.update({ where: { id: 'cell-1' }, data: { port: portsOf(member).near } })
    for (const vantage of [STANDBY, HOME])
      await catalog.db.memberPath.updateMany({
        where: { memberId: 'cell-1', vantageRegion: vantage },
        data: { port: portsOf(member).from(vantage) },
      })
  }
  await pointTo('cell-2')
  expect(await lookUntil('WrongServer')).toMatchObject({ name: 'WrongServer', says: expect.stringMatching(/cell-2/) })
  await pointTo('cell-1')
})
