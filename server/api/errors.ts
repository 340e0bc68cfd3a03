import type { TRPC_ERROR_CODE_KEY, TRPCDefaultErrorShape } from '@trpc/server'
import { TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { DomainError, type ErrorCode } from '@/model/errors'
import { type Permission, whoMay } from '@/model/permissions'
import { isCatalogLost } from '@/server/process'

/** The one place where a domain's refusal becomes a transport's status. */
const transportCodes = {
  'not-found': 'NOT_FOUND',
  forbidden: 'FORBIDDEN',
  'step-up-required': 'PRECONDITION_REQUIRED',
  'precondition-failed': 'PRECONDITION_FAILED',
  conflict: 'CONFLICT',
  'invalid-input': 'BAD_REQUEST',
  unavailable: 'SERVICE_UNAVAILABLE',
  'rate-limited': 'TOO_MANY_REQUESTS',
} as const satisfies Record<ErrorCode, TRPC_ERROR_CODE_KEY>

/** Statuses whose message comes from this code base; anything else is told by its request id alone. */
const toldCodes = new Set<TRPC_ERROR_CODE_KEY>([
  ...Object.values(transportCodes),
  'UNAUTHORIZED',
  'PARSE_ERROR',
  'PAYLOAD_TOO_LARGE',
  'METHOD_NOT_SUPPORTED',
  'UNSUPPORTED_MEDIA_TYPE',
])

const FIELD_ISSUES_MAX = 20
export const CATALOG_LOST =
  'The catalog cannot be reached. The cells keep serving; what is shown here is the last known state.'

/**
 * What a client gets beside the status. `says` is a sentence for people; `errorCode` is for code: the DomainError's code,
 * or null when the failure was not expected; `rule` names the safety rule that refused; `requestId` finds it in the log.
 */
export type ErrorData = {
  code: TRPC_ERROR_CODE_KEY
  httpStatus: number
  path: string | null
  errorCode: ErrorCode | null
  says: string
  rule: string | null
  link: string | null
  requestId: string | null
  /** When it was refused, by the server's clock. */
  at: string
  issues: { path: string; says: string }[]
}

export function errorShape(shape: TRPCDefaultErrorShape, error: TRPCError, contextId: string | null) {
  const requestId = error instanceof ContextFailed ? error.requestId : contextId
  const domain = error.cause instanceof DomainError ? error.cause : null
  const issues = fieldIssues(error.cause)
  const says = sentence(error, domain, issues, requestId)
  const data: ErrorData = {
    code: domain ? transportCodes[domain.code] : error.code,
    httpStatus: shape.data.httpStatus,
    path: shape.data.path ?? null,
    errorCode: domain?.code ?? (issues.length > 0 ? 'invalid-input' : null),
    says,
    rule: domain?.details.rule ?? null,
    link: domain?.details.link ?? null,
    requestId,
    at: new Date().toISOString(),
    issues,
  }
  return { code: shape.code, message: says, data }
}

/** An outage is told to the caller like a refusal, and yet belongs into the log with what caused it. */
export function isExpected(error: TRPCError): boolean {
  if (error.cause instanceof DomainError) return error.cause.cause === undefined
  return error.code !== 'INTERNAL_SERVER_ERROR'
}

/** A failure before there was a context, which would have known the request id. */
export class ContextFailed extends TRPCError {
  constructor(
    readonly requestId: string,
    { code, message, cause }: TRPCError,
  ) {
    super({ code, message, cause })
  }
}

export function contextFailed(requestId: string, cause: unknown): ContextFailed {
  return new ContextFailed(requestId, mapError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause })))
}

export function nobodyError(): TRPCError {
  return new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' })
}

export function refusedError(permission: Permission | undefined): TRPCError {
  return toTransportError('forbidden', permission ? whoMay(permission) : 'Nobody may do this.')
}

export function toTransportError(code: ErrorCode, says: string): TRPCError {
  return new TRPCError({ code: transportCodes[code], message: says, cause: new DomainError(code, says) })
}

/** Gives a DomainError thrown by a verb, and a lost catalog, its status; leaves everything else as it is. */
export function mapError(error: TRPCError): TRPCError {
  if (isCatalogLost(error.cause)) {
    const lost = Object.assign(new DomainError('unavailable', CATALOG_LOST), { cause: error.cause })
    return new TRPCError({ code: transportCodes.unavailable, message: CATALOG_LOST, cause: lost })
  }
  if (!(error.cause instanceof DomainError)) return error
  return new TRPCError({ code: transportCodes[error.cause.code], message: error.cause.says, cause: error.cause })
}

function sentence(error: TRPCError, domain: DomainError | null, issues: ErrorData['issues'], requestId: string | null) {
  if (domain) return domain.says
  if (issues.length > 0) return issues.map(({ path, says }) => (path ? `${path}: ${says}` : says)).join(' ')
  if (toldCodes.has(error.code)) return error.message
  return requestId
    ? `Something failed on our side. Quote the request id ${requestId}.`
    : 'Something failed on our side.'
}

function fieldIssues(cause: unknown): ErrorData['issues'] {
  if (!(cause instanceof ZodError)) return []
  return cause.issues
    .slice(0, FIELD_ISSUES_MAX)
    .map((issue) => ({ path: issue.path.map(String).join('.'), says: issue.message }))
}
