import { type Db, Prisma, type Tx } from './client'

const ATTEMPTS_MAX = 5
const BACKOFF_MS = 15
const TRANSACTION_TIMEOUT_MS = 10_000
const WAIT_FOR_CONNECTION_MS = 5_000

/**
 * The one place where a transaction starts and where a serialization failure is retried. `work` may run several times and
 * must therefore touch nothing but `tx`.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS, maxWait: WAIT_FOR_CONNECTION_MS })
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX || !isRetryable(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS * attempt * (1 + Math.random())))
    }
  }
}

/** Serialization failure or deadlock: PostgreSQL did nothing and asks to be asked again. */
function isRetryable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034') return true
  return ['40001', '40P01'].includes(sqlstateOf(error) ?? '')
}

/** The SQLSTATE behind an error of the driver adapter or of node-postgres, if there is one. */
export function sqlstateOf(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
    const fields = current as { code?: unknown; originalCode?: unknown; meta?: { code?: unknown }; cause?: unknown }
    for (const candidate of [fields.originalCode, fields.code, fields.meta?.code])
      if (typeof candidate === 'string' && /^[0-9A-Z]{5}$/.test(candidate) && !candidate.startsWith('P2'))
        return candidate
    const cause: unknown = fields.cause
    if (isAdapterCause(cause)) return cause.originalCode
    current = cause
  }
  return undefined
}

function isAdapterCause(cause: unknown): cause is { originalCode: string } {
  return (
    typeof cause === 'object' && cause !== null && 'originalCode' in cause && typeof cause.originalCode === 'string'
  )
}
