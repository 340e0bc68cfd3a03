import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCatalog, type TestCatalog } from '@/server/db/testing'
import { everyFault } from './every-fault'
import { proveWorkflow } from './fault-matrix'
import { connectAs } from './testing/catalog-connection'
import { enqueueLedger, testPerson, testRegion } from './testing/enqueue-ledger'
import { createLedger, type Ledger } from './testing/ledger'
import { ledgerViolations, ledgerWorkflow } from './testing/ledger-workflow'

const RUNS_CONCURRENT_MAX = 6

let catalog: TestCatalog
let ledger: Ledger

beforeAll(async () => {
  catalog = await startCatalog()
  ledger = await createLedger(catalog.server.adminDsn, 'ledger')
})
afterAll(async () => {
  await ledger?.close()
  await catalog?.stop()
})

test('whatever befalls any step or undo, the operation ends whole: all of it once, or nothing', async () => {
  let connections = 0
  const verdicts = await proveWorkflow({
    db: catalog.db,
    connect: () => connectAs(catalog.url, catalog.db, `worker-${++connections}`),
    workflow: ledgerWorkflow,
    faults: everyFault(ledgerWorkflow),
    worldFor: async () => ({
      deps: { ledger },
      enqueue: () => enqueueLedger(catalog.db),
      violations: (operation) => ledgerViolations(catalog.db, ledger, operation),
    }),
    person: { actor: testPerson, homeRegion: testRegion },
    concurrencyMax: RUNS_CONCURRENT_MAX,
    ...(process.env.VERBOSE && { onVerdict: (verdict) => process.stderr.write(`${JSON.stringify(verdict)}\n`) }),
  })
  expect(verdicts.filter(({ violations }) => violations.length > 0)).toEqual([])
  expect(verdicts).toHaveLength(everyFault(ledgerWorkflow).length)
})
