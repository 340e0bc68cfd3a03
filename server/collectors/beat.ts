import { recordProcess } from '@/server/domain/telemetry'
import type { Activation, CollectorContext } from './context'

const FAILURES_TOLD_MIN = 2

/** Says that this process is alive and how each of its collectors fares. One failure may be chance; two are told. */
export async function beat({ db, clock, process, health, held }: CollectorContext): Promise<Activation> {
  const collectors = Object.fromEntries(health)
  const failing = [...health].filter(([, { failedInARow }]) => failedInARow >= FAILURES_TOLD_MIN).map(([name]) => name)
  await recordProcess(db, {
    ...process,
    heartbeatAt: clock.now(),
    detail: { vantages: held.list(), failing, collectors },
  })
  return { says: failing.length > 0 ? `Failing: ${failing.join(', ')}.` : 'All collectors run.' }
}
