import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyFault } from '@/server/workflows/every-fault'
import { proveWorkflow } from '@/server/workflows/fault-matrix'
import { connectAs } from '@/server/workflows/testing/catalog-connection'
import { SwitchoverCell } from '../testing-cell'
import { switchoverWorkflow } from './switchover-workflow'

/** The places where an effect and its record can fall apart, and the decision. All places: e2e/chaos/switchover.chaos.ts. */
const sample = [
  'recheck-plan: refuse at before',
  'fence-old-primary: zombie at before',
  'fence-old-primary: crash at effect',
  'fence-old-primary: overtake at effect',
  'fence-old-primary: lose-answer at effect',
  'fence-old-primary: lose-answer always at effect',
  'fence-old-primary: crash at undo-halfway',
  'fence-old-primary: crash at undo-effect',
  'fence-old-primary: lose-answer at undo-effect',
  'fence-old-primary: fail always at undo-before',
  'move-epoch: abort at before',
  'move-epoch: fail always at before',
  'move-epoch: crash at effect',
  'move-epoch: crash at recorded',
  'promote-target: zombie at before',
  'promote-target: crash at effect',
  'promote-target: lose-answer at effect',
  'promote-target: overtake at effect',
  'promote-target: fail always at before',
  'reinstate-old-primary: crash at halfway',
]
const FAULT_MS = 60_000

let cell: SwitchoverCell

beforeAll(async () => {
  cell = await SwitchoverCell.start()
})
afterAll(() => cell?.stop())

test(
  'whatever befalls a step, exactly one server is writable, nothing acknowledged is lost, and the way ends',
  async () => {
    const faults = everyFault(switchoverWorkflow).filter(({ name }) => sample.includes(name))
    expect(faults.map(({ name }) => name).sort()).toEqual([...sample].sort())
    let connections = 0
    const verdicts = await proveWorkflow({
      db: cell.db,
      connect: () => connectAs(cell.catalog.url, cell.db, `worker-${++connections}`),
      workflow: switchoverWorkflow,
      faults,
      worldFor: async () => {
        await cell.heal()
        return {
          deps: cell.deps,
          enqueue: () => cell.enqueue(),
          violations: (operation) => cell.violations(operation),
        }
      },
      person: { actor: cell.actor, homeRegion: 'eu-west-1' },
      concurrencyMax: 1,
      onVerdict: (verdict) => {
        if (process.env.VERBOSE) process.stderr.write(`${JSON.stringify(verdict)}\n`)
      },
    })
    expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
  },
  sample.length * FAULT_MS,
)
