import { expect } from '@playwright/test'
import type { Api } from './api'
import { untilDone } from './until'

export type Worker = { id: string; pid: number }

/** The worker as the console knows it. One that a test has stopped before may be heard again only after a while. */
export function findWorker(api: Api): Promise<Worker> {
  return untilDone(async () => {
    const { processes } = await api.status.get.query()
    const worker = processes.find(({ kind, status }) => kind === 'worker' && status === 'ok')
    if (!worker) throw new Error('No worker is heard.')
    const pid = Number(/-(\d+)-[0-9a-f]+$/.exec(worker.id)?.[1])
    expect(pid, `the process in the name of ${worker.id}`).toBeGreaterThan(0)
    return { id: worker.id, pid }
  })
}

/** Nothing is looked at and no step is taken while `work` goes on, which must be short: what was seen grows old meanwhile. */
export async function whileStopped<Value>({ pid }: Worker, work: () => Promise<Value>): Promise<Value> {
  process.kill(pid, 'SIGSTOP')
  try {
    return await work()
  } finally {
    process.kill(pid, 'SIGCONT')
  }
}
