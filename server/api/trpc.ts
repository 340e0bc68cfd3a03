import { initTRPC } from '@trpc/server'
import type { OpenApiMeta } from 'trpc-to-openapi'
import { type Permission, rolesMay, whoMay } from '@/model/permissions'
import type { ApiCtx } from './context'
import { errorShape, mapError, nobodyError, refusedError, toTransportError } from './errors'
import { findNul } from './limits'
import { countCall } from './metrics'

/**
 * Transport: names, permissions, schemas, and the verb that each name calls. `can()` is the only way to make a procedure,
 * so that none exists without a permission (default deny) and none without a REST path, except subscriptions. This folder
 * knows neither Prisma nor an engine; what a call means lives in server/domain.
 */
export type ProcedureMeta = OpenApiMeta<{ permission?: Permission }>
type RestPath = `${'GET' | 'POST'} /${string}`

export const SSE_PING_MS = 5_000
const SSE_RECONNECT_AFTER_SILENCE_MS = 15_000

const t = initTRPC
  .context<ApiCtx>()
  .meta<ProcedureMeta>()
  .create({
    errorFormatter: ({ shape, error, ctx }) => errorShape(shape, error, ctx?.requestId ?? null),
    sse: {
      ping: { enabled: true, intervalMs: SSE_PING_MS },
      client: { reconnectAfterInactivityMs: SSE_RECONNECT_AFTER_SILENCE_MS },
    },
  })

export const router = t.router

/**
 * A procedure that needs `permission`, served under `rest` as well, where `summary` says what it does:
 * `can('audit:read', 'GET /audit', 'Page through the audit trail')`.
 */
export function can(permission: Permission, rest: RestPath, summary: string) {
  const [method, path] = rest.split(' ') as ['GET' | 'POST', `/${string}`]
  const openapi = { method, path, summary, description: whoMay(permission), errorResponses: [...statuses[method]] }
  return guarded.meta({ permission, openapi: { ...openapi, protect: true } })
}

/** How calls are refused or fail, beside what no caller can do anything about. */
const statuses = {
  GET: [400, 401, 403, 404, 500, 503],
  POST: [400, 401, 403, 404, 409, 412, 413, 415, 428, 429, 500, 503],
} as const

/** As `can`, for a stream: OpenAPI has no subscriptions, so it has no REST path. */
export function canFollow(permission: Permission) {
  return guarded.meta({ permission })
}

const guarded = t.procedure.use(async ({ ctx, meta, path, type, getRawInput, next }) => {
  const finish = countCall(path)
  if (!ctx.principal) {
    finish('unauthorized')
    throw nobodyError()
  }
  const permission = meta?.permission
  if (!permission || !rolesMay(ctx.principal.roles, permission)) {
    finish('forbidden')
    await ctx.recordDenial({
      principal: ctx.principal,
      path,
      permission: permission ?? 'none',
      requestId: ctx.requestId,
    })
    throw refusedError(permission)
  }
  // PostgreSQL text holds no NUL: refused here for every input, instead of failing in one column or another.
  if (type !== 'subscription' && findNul(await getRawInput())) {
    finish('invalid')
    throw toTransportError('invalid-input', 'The input contains a NUL character.')
  }
  const result = await next()
  finish(result.ok ? 'ok' : 'error')
  if (!result.ok) throw mapError(result.error)
  return result
})
