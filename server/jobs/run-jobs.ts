import { setTimeout as wait } from 'node:timers/promises'
import PgBoss from 'pg-boss'
import { log } from '@/server/log'

/**
 * What recurs: expiry, retention, and later scans and reports. A kept library holds schedules, retries and the history in
 * the catalog (docs/decisions/0003); any number of workers may run this, each activation runs once. Operations are not
 * jobs: they lease from their own journal.
 */
export type Job = {
  name: string
  /** Five-field cron expression, UTC. */
  cron: string
  /** An activation that runs longer counts as failed and is retried. */
  timeoutSeconds: number
  /** Level-triggered: takes no input, looks, acts, and says in a sentence what it did. */
  run(): Promise<{ says: string }>
}

const RETRIES_MAX = 3
const RETRY_DELAY_SECONDS = 10
const STOP_TIMEOUT_MS = 5_000
const CONNECTIONS_MAX = 2
const DECLARE_ATTEMPTS_MAX = 10
const DECLARE_BACKOFF_MS = 50
const DEADLOCK_DETECTED = '40P01'

export type JobRunner = { stop(): Promise<void> }

export async function runJobs(databaseUrl: string, jobs: readonly Job[]): Promise<JobRunner> {
  const boss = new PgBoss({ connectionString: databaseUrl, schema: 'pgboss', max: CONNECTIONS_MAX })
  boss.on('error', (error) => log.warn({ err: error }, 'The job library could not reach the catalog; it tries again.'))
  await boss.start()
  for (const job of jobs) {
    await declareQueue(boss, job.name)
    await boss.schedule(
      job.name,
      job.cron,
      {},
      { tz: 'UTC', retryLimit: RETRIES_MAX, retryDelay: RETRY_DELAY_SECONDS, expireInSeconds: job.timeoutSeconds },
    )
    await boss.work(job.name, async () => {
      const { says } = await job.run()
      log.info({ job: job.name }, says)
      return { says }
    })
  }
  return { stop: () => boss.stop({ graceful: true, wait: true, timeout: STOP_TIMEOUT_MS }) }
}

/**
 * Idempotent, but two workers that start at the same moment deadlock in the library's own tables now and then: PostgreSQL
 * ends one of them, which did nothing and asks again.
 */
async function declareQueue(boss: PgBoss, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await boss.createQueue(name)
    } catch (error) {
      if (attempt >= DECLARE_ATTEMPTS_MAX || (error as { code?: unknown }).code !== DEADLOCK_DETECTED) throw error
      await wait(DECLARE_BACKOFF_MS * attempt * (1 + Math.random()))
    }
  }
}
