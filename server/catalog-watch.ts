import { type Db, Prisma } from './db'

/** Since when the catalog does not answer this process, by its own checks; null while it answers. */
export type CatalogOutage = { since: Date }
export type CatalogWatch = { check(): Promise<CatalogOutage | null>; stop(): void }

const CHECK_INTERVAL_MS = 5_000
const CHECK_TIMEOUT_MS = 2_000
/** Of an outage: while it lasts, pages that ask are answered at once and the catalog is not asked for each of them. */
const KNOWN_LOST_MS = 1_000

/** Asks the catalog every few seconds whether it is there, so that the beginning of an outage is known when somebody asks. */
export function watchCatalog(db: Db, now: () => Date): CatalogWatch {
  let outage: CatalogOutage | null = null
  let checkedAtMs = Number.NEGATIVE_INFINITY
  let underWay: Promise<CatalogOutage | null> | null = null

  async function ask(): Promise<CatalogOutage | null> {
    const askedAt = now()
    const answers = await isAnswering(db)
    outage = answers ? null : (outage ?? { since: askedAt })
    checkedAtMs = performance.now()
    underWay = null
    return outage
  }

  async function check(): Promise<CatalogOutage | null> {
    if (outage && performance.now() - checkedAtMs < KNOWN_LOST_MS) return outage
    underWay ??= ask()
    return underWay
  }

  const timer = setInterval(() => void check(), CHECK_INTERVAL_MS)
  timer.unref()
  return { check, stop: () => clearInterval(timer) }
}

/** Never rejects. */
async function isAnswering(db: Db): Promise<boolean> {
  const timer = new AbortController()
  const late = new Promise<boolean>((resolve) => {
    const timeout = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)
    timer.signal.addEventListener('abort', () => clearTimeout(timeout))
  })
  const answer = db.$queryRaw(Prisma.sql`SELECT 1`).then(
    () => true,
    () => false,
  )
  const isThere = await Promise.race([answer, late])
  timer.abort()
  return isThere
}
