import { type Db, Prisma } from './client'

/** `says` is for an operator who wonders why a process takes no traffic. */
export type Readiness = { ok: boolean; says: string }

/** The newest migration that this build needs; a test compares it with the folder. */
export const NEWEST_MIGRATION = '20261120000440_recorded_when_written'
const TIMEOUT_MS = 3_000

/** Ready when the catalog answers in time and has every migration of this build. Never throws. */
export async function readReadiness(db: Db): Promise<Readiness> {
  const timer = new AbortController()
  try {
    return await Promise.race([
      judge(db),
      new Promise<Readiness>((resolve) => {
        const timeout = setTimeout(() => resolve(notReady('The catalog did not answer within 3 s.')), TIMEOUT_MS)
        timer.signal.addEventListener('abort', () => clearTimeout(timeout))
      }),
    ])
  } catch {
    return notReady('The catalog cannot be reached, or it has no tables yet.')
  } finally {
    timer.abort()
  }
}

async function judge(db: Db): Promise<Readiness> {
  const rows = await db.$queryRaw<{ name: string; finished: boolean }[]>(Prisma.sql`
    SELECT migration_name AS name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL`)
  const unfinished = rows.find(({ finished }) => !finished)
  if (unfinished) return notReady(`The migration ${unfinished.name} has not finished.`)
  if (!rows.some(({ name }) => name === NEWEST_MIGRATION))
    return notReady(`The migration ${NEWEST_MIGRATION} is not applied.`)
  return { ok: true, says: 'Ready.' }
}

const notReady = (says: string): Readiness => ({ ok: false, says })
