import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyFault } from '@/server/workflows/every-fault'
import { proveWorkflow } from '@/server/workflows/fault-matrix'
import { connectAs } from '@/server/workflows/testing/catalog-connection'
import { forcedWorkflow } from './forced-workflow'
import { ForcedCell } from './testing-forced'

/** The places where an effect and its record can fall apart, and the decision. All places: e2e/chaos/forced-faults.chaos.ts. */
const sample = [
  'recheck-plan: refuse at before',
  'stop-lease: crash at effect',
  'fence-old-primary: crash at effect',
  'fence-old-primary: zombie at before',
  'fence-old-primary: overtake at effect',
  'fence-old-primary: lose-answer always at effect',
  'fence-old-primary: crash at undo-halfway',
  'fence-old-primary: lose-answer at undo-effect',
  'drain-target: crash at effect',
  'drain-target: refuse at effect',
  'drain-target: fail always at effect',
  'drain-target: lose-answer at undo-effect',
  'move-epoch: abort at before',
  'move-epoch: crash at effect',
  'move-epoch: crash at recorded',
  'promote-target: crash at effect',
  'promote-target: zombie at before',
  'open-gate: lose-answer at effect',
  'open-gate: fail always at before',
  'tell-routers: crash at effect',
]
const FAULT_MS = 60_000

let cell: ForcedCell

beforeAll(async () => {
  cell = await ForcedCell.start({ isReporting: false })
})
afterAll(() => cell?.stop())

test(
  'whatever befalls a step, nothing is promoted without a receipt, nobody else writes, and no more is lost than was approved',
  async () => {
    const faults = everyFault(forcedWorkflow).filter(({ name }) => sample.includes(name))
    expect(faults.map(({ name }) => name).sort()).toEqual([...sample].sort())
    let connections = 0
    const verdicts = await proveWorkflow({
      db: cell.db,
      connect: () => connectAs(cell.base.catalog.url, cell.db, `worker-${++connections}`),
      workflow: forcedWorkflow,
      faults,
      worldFor: (fault) => cell.scene(fault),
      person: { actor: cell.base.actor, homeRegion: 'eu-west-1' },
      concurrencyMax: 1,
      onVerdict: (verdict) => {
        if (process.env.VERBOSE) process.stderr.write(`${JSON.stringify(verdict)}\n`)
      },
    })
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
  },
  sample.length * FAULT_MS,
)
