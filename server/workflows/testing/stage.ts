import { startCatalog, type TestCatalog } from '@/server/db/testing'
import type { Step } from '../define'
import { type OperationWorker, startOperationWorker } from '../worker'
import { testRegion } from './enqueue-ledger'
import { createLedger, type Ledger } from './ledger'
import { type LedgerDeps, type LedgerParams, ledgerWorkflow } from './ledger-workflow'

const POLL_MS = 20

/** A catalog, a ledger beside it, and workers that are gone when the test is. */
export type Stage = {
  catalog: TestCatalog
  ledger: Ledger
  work(change?: Partial<OperationWorker<LedgerDeps>>): { stop(): Promise<void>; done: Promise<void> }
  stop(): Promise<void>
}

export async function startStage(): Promise<Stage> {
  const catalog = await startCatalog()
  const ledger = await createLedger(catalog.server.adminDsn, 'ledger')
  const ends: (() => Promise<void>)[] = []
  let count = 0
  const work: Stage['work'] = (change = {}) => {
    const end = new AbortController()
    const worker = { db: catalog.db, workflows: [ledgerWorkflow], deps: { ledger }, workerName: `worker-${++count}` }
    const { done } = startOperationWorker({
      ...worker,
      homeRegion: testRegion,
      pollMs: POLL_MS,
      signal: end.signal,
      ...change,
    })
    const stop = () => {
      end.abort()
      return done
    }
    ends.push(stop)
    return { stop, done }
  }
  const stop = async () => {
    for (const end of ends) await end()
    await ledger.close()
    await catalog.stop()
  }
  return { catalog, ledger, work, stop }
}

/** The test workflow with one step changed. */
export function ledgerWorkflowWith(name: string, change: Partial<Step<LedgerParams, LedgerDeps>>) {
  return {
    ...ledgerWorkflow,
    steps: ledgerWorkflow.steps.map((step) => (step.name === name ? { ...step, ...change } : step)),
  }
}
