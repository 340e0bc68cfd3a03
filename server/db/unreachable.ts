const CAUSES_MAX = 5
/**
 * Prisma: cannot be reached, timed out, closed the connection, no pooled connection in time, and the same for a transaction,
 * which was not begun or has been rolled back.
 */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028'])
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'])
/** The driver adapter's own names, where a raw query hides the code behind P2010. */
const ADAPTER_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'])
/** Connection exceptions, and a server that is shutting down, has crashed or is starting. */
const SQLSTATES = /^(08[0-9A-Z]{3}|57P0[123])$/
/** node-postgres gives these no code. */
const MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** True when an error means that the catalog did not answer, and not that it refused what it was asked. */
export function isUnreachable(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < CAUSES_MAX && typeof current === 'object' && current !== null; depth++) {
    const fields = current as Record<string, unknown>
    if (saysSo(fields)) return true
    current = fields.cause ?? (fields.meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError
  }
  return false
}

function saysSo({ code, errorCode, originalCode, kind, message }: Record<string, unknown>): boolean {
  const codes = [code, errorCode, originalCode].filter((name) => typeof name === 'string')
  return (
    codes.some((name) => PRISMA_CODES.has(name) || SOCKET_CODES.has(name) || SQLSTATES.test(name)) ||
    (typeof kind === 'string' && ADAPTER_KINDS.has(kind)) ||
    (typeof message === 'string' && MESSAGES.test(message))
  )
}
