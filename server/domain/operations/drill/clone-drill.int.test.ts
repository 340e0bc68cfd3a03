import { afterAll, beforeAll, expect, test } from 'vitest'
import { OperationReport } from '@/model/schemas/operations'
import { startOperationWorker } from '@/server/workflows'
import { everyFault } from '@/server/workflows/every-fault'
import { proveWorkflow } from '@/server/workflows/fault-matrix'
import { findOperation } from '@/server/workflows/operation-record'
import { connectAs } from '@/server/workflows/testing/catalog-connection'
import { waitForStatus } from '@/server/workflows/testing/wait-for'
import type { SwitchoverDeps } from '../switchover-deps'
import { SCOPE, SwitchoverCell } from '../testing-cell'
import { cloneDrillWorkflow } from './clone-drill-workflow'
import { sweepClones } from './sweep-clones'
import { type DrillScene, drillScene, enqueueCloneDrill, fingerprintOf, seatsOf } from './testing-drill'

let cell: SwitchoverCell
let scene: DrillScene
beforeAll(async () => {
  cell = await SwitchoverCell.start()
  scene = drillScene(cell)
  await cell.writer.untilAcked()
  await cell.writer.stop()
  await cell.until('the standby to have every row', async () => {
    const [primary, standby] = await Promise.all([cell.facts('cell-1'), cell.facts('cell-2')])
    return primary?.lsn === standby?.lsn
  })
})
afterAll(() => cell?.stop())

/** One worker, until the operation rests. */
async function run(operationId: string, deps: SwitchoverDeps = scene.deps) {
  const end = new AbortController()
  const worker = startOperationWorker({
    db: cell.db,
    workflows: [cloneDrillWorkflow],
    deps,
    workerName: 'worker-1',
    homeRegion: 'eu-west-1',
    pollMs: 50,
    signal: end.signal,
  })
  const operation = await waitForStatus(cell.db, operationId, 'done', 'undone', 'needs-human')
  end.abort()
  await worker.done
  return operation
}

async function prints() {
  return {
    primary: await fingerprintOf(cell, 'cell-1'),
    standby: await fingerprintOf(cell, 'cell-2'),
    epoch: await cell.epochRow(),
  }
}

test('a drill measures a failover on a copy, and not one bit of the live cell differs afterwards', async () => {
  const before = await prints()
  const operation = await run(await enqueueCloneDrill(cell))
  expect(operation.steps.map(({ name, status, error }) => `${name} ${status} ${error ?? ''}`.trim())).toEqual(
    operation.steps.map(({ name }) => `${name} done`),
  )
  expect(await prints()).toEqual(before)
  expect(Object.keys(before.primary).length).toBeGreaterThan(60)
  expect(before.primary['homeport.write_gate']).toBeDefined()
  const row = await cell.db.operation.findUniqueOrThrow({ where: { id: operation.id } })
  const report = OperationReport.parse(row.report)
  process.stdout.write(`${JSON.stringify(report)}\n`)
  expect(report.rtoMs).toBeGreaterThan(0)
  expect(report.rpo).toMatchObject({ kind: 'bounded', bytes: expect.stringMatching(/^\d+$/) })
  expect(report.met).toEqual({ rto: true, rpo: true })
  expect(await seatsOf(cell)).toEqual(['cell-1', 'cell-2'])
  expect(JSON.stringify(operation.steps), 'no secret in the journal').not.toContain(
    new URL(cell.cell.fleet.primary.adminDsn).password,
  )
})

test('a drill that names a live scope is refused before anything is copied', async () => {
  const asked = scene.startedCount()
  const operation = await run(await enqueueCloneDrill(cell, { scope: SCOPE }))
  expect(operation.status).toBe('undone')
  expect(operation.steps[0]).toMatchObject({ status: 'refused' })
  expect(operation.steps[0]?.error).toContain('never touches a live scope')
  expect(scene.startedCount()).toBe(asked)
})

test('an agent that answers with a live member is not believed', async () => {
  const before = await prints()
  for (const member of ['cell-1', 'cell-2']) {
    const near = await scene.deps.endpointOf(member)
    const { port } = cell.cell.fleet.member(member)
    // By its own address the catalog knows it; behind an address that the catalog does not know it gives its name away.
    for (const [endpoint, why] of [
      [{ ...near, port }, 'is no throw-away copy'],
      [near, 'is not a promoted copy'],
    ] as const) {
      const hostAgent = {
        ...scene.deps.hostAgent!,
        startClone: async () => ({ endpoint: { ...endpoint, memberId: 'clone-of-nobody' }, tookMs: 1, bytes: 1 }),
      }
      const operation = await run(await enqueueCloneDrill(cell), { ...scene.deps, hostAgent })
      expect(operation.status, member).toBe('undone')
      expect(operation.statusReason, member).toContain(why)
    }
  }
  expect(await prints()).toEqual(before)
})

test('what a run left behind is swept, and once', async () => {
  const operationId = await enqueueCloneDrill(cell)
  await scene.endpointOfClone(operationId)
  await cell.db
    .$executeRaw`UPDATE operation_step SET status = 'unknown' WHERE operation_id = ${operationId}::uuid AND name = 'start-clone'`
  const sweep = async () => (await sweepClones(cell.db, scene.deps.hostAgent, new AbortController().signal)).sweptCount
  expect(await sweep(), 'runs that were refused have made no copy').toBe(0)
  expect((await seatsOf(cell)).length, 'a run that goes on keeps its copy').toBe(3)
  await cell.db
    .$executeRaw`UPDATE operation SET status = 'needs-human', status_reason = 'test' WHERE id = ${operationId}::uuid`
  expect(await sweep()).toBe(1)
  expect(await seatsOf(cell)).toEqual(['cell-1', 'cell-2'])
  await cell.db.$executeRaw`UPDATE operation SET status = 'undone', finished_at = now() WHERE id = ${operationId}::uuid`
  expect((await findOperation(cell.db, operationId))?.status).toBe('undone')
})

const sample = [
  'note-positions: fail always at before',
  'start-clone: crash at effect',
  'start-clone: refuse at effect',
  'start-clone: overtake at effect',
  'start-clone: zombie at before',
  'start-clone: lose-answer always at effect',
  'open-gate: crash at halfway',
  'open-gate: refuse at before',
  'prove-writable: abort at before',
  'discard-clone: crash at effect',
  'discard-clone: fail always at before',
  'measure: crash at effect',
]

test('whatever befalls a step, the run ends and no copy is left', async () => {
  const faults = everyFault(cloneDrillWorkflow).filter(({ name }) => sample.includes(name))
  expect(faults.map(({ name }) => name).sort()).toEqual([...sample].sort())
  let connections = 0
  const verdicts = await proveWorkflow({
    db: cell.db,
    connect: () => connectAs(cell.catalog.url, cell.db, `worker-${++connections}`),
    workflow: cloneDrillWorkflow,
    faults,
    worldFor: async () => ({
      deps: scene.deps,
      enqueue: () => enqueueCloneDrill(cell),
      violations: async () => {
        const left = (await seatsOf(cell)).filter((name) => !['cell-1', 'cell-2'].includes(name))
        const { gate } = (await cell.facts('cell-1'))!
        const isAsBefore = gate?.scope === SCOPE && gate.epoch === 1n && gate.status === 'WRITABLE'
        return [...left.map((name) => `${name} was left behind`), ...(isAsBefore ? [] : ['The live gate changed.'])]
      },
    }),
    person: { actor: cell.actor, homeRegion: 'eu-west-1' },
    concurrencyMax: 1,
  })
  expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
}, 600_000)
