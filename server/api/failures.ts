import type { TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { v7 as uuidv7 } from 'uuid'

/** What is answered beside a procedure: before one is found, or where none is meant. */
export type Failure = { status: number; code: FailureCode; says: string; requestId?: string }
type FailureCode = TRPC_ERROR_CODE_KEY | 'URI_TOO_LONG'

/** The same body as a procedure's refusal has: `message` for people, `code` for code, `data.requestId` for whoever is asked. */
export function failure({ status, code, says, requestId = uuidv7() }: Failure): Response {
  const data = { code, httpStatus: status, says, requestId, at: new Date().toISOString() }
  const headers = { 'cache-control': 'no-store', 'x-request-id': requestId }
  return Response.json({ message: says, code, data }, { status, headers })
}

/** An address whose percent signs are no UTF-8 names nothing; the framework would fail at it without a word. Else null. */
export function refuseUnreadablePath(pathname: string): Response | null {
  try {
    decodeURIComponent(pathname)
    return null
  } catch {
    return failure({
      status: 400,
      code: 'BAD_REQUEST',
      says: 'The address is not readable: its percent-encoding is no UTF-8.',
    })
  }
}
