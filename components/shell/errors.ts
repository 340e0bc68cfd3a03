import { TRPCClientError } from '@trpc/client'
import { DomainError } from '@/model/errors'

/** What a failed call means for the person in front of it. `says` came from the server, or names what happened on the way. */
export type Failure = {
  kind: 'forbidden' | 'signed-out' | 'not-found' | 'step-up-required' | 'refused' | 'broken'
  says: string
  requestId: string | null
  rule: string | null
  /** Where the thing that stands in the way can be seen, when the server named it. */
  link: string | null
}

export function failureOf(error: unknown): Failure {
  // Refused on this side: a passkey that was cancelled.
  if (error instanceof DomainError)
    return { kind: 'refused', says: error.says, requestId: null, rule: null, link: null }
  if (!(error instanceof TRPCClientError)) return broken(error instanceof Error ? error.message : 'Something broke.')
  const facts: unknown = error.data
  if (typeof facts !== 'object' || facts === null) return broken(onTheWay(error))
  const read = (name: string) => {
    const value: unknown = (facts as Record<string, unknown>)[name]
    return typeof value === 'string' ? value : null
  }
  return {
    kind: kindOf(read('reason') ?? read('code')),
    says: read('says') ?? error.message,
    requestId: read('requestId'),
    rule: read('rule'),
    link: read('link'),
  }
}

function kindOf(code: string | null): Failure['kind'] {
  if (code === 'forbidden' || code === 'FORBIDDEN') return 'forbidden'
  if (code === 'UNAUTHORIZED') return 'signed-out'
  if (code === 'not-found' || code === 'NOT_FOUND') return 'not-found'
  if (code === 'step-up-required') return 'step-up-required'
  if (code === null || brokenCodes.has(code)) return 'broken'
  return 'refused'
}

const brokenCodes = new Set(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'unavailable', 'TIMEOUT', 'BAD_GATEWAY'])

function broken(says: string): Failure {
  return { kind: 'broken', says, requestId: null, rule: null, link: null }
}

function onTheWay(error: TRPCClientError<never>): string {
  const cause = error.cause
  if (cause?.name === 'TimeoutError') return 'The console did not answer in time.'
  return 'The console could not be reached from this browser.'
}
