import type { TRPCError } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { rolesMay } from '@/model/permissions'
import { handleAuth, principalFrom, tokensMatch } from '@/server/auth'
import { log } from '@/server/log'
import { thisProcess, type WebProcess } from '@/server/process'
import { answerRest, refuseMethod } from './answer-rest'
import { createContext, newRequestId } from './context'
import { CATALOG_LOST, ContextFailed, contextFailed, isExpected } from './errors'
import { failure } from './failures'
import { guardRequest } from './guard-request'
import { BATCH_MAX } from './limits'
import { exposition } from './metrics'
import { openApiDocument, REST_ENDPOINT } from './openapi'
import { appRouter } from './root'
import { streamRouteChanges } from './route-changes'

/** What each address under /api answers. The route files in app/api only name these. */
type Handler = (request: Request, process?: WebProcess) => Promise<Response>

const NO_STORE = { 'cache-control': 'no-store' }

export const handleTrpc: Handler = async (request, process = thisProcess()) => {
  const guarded = await guardRequest(request, process.origins)
  if (guarded instanceof Response) return guarded
  const requestId = newRequestId()
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req: guarded,
    router: appRouter,
    maxBatchSize: BATCH_MAX,
    createContext: () => createContext(guarded.headers, { process, requestId }),
    responseMeta: () => ({ headers: new Headers({ ...NO_STORE, 'x-request-id': requestId }) }),
    onError: ({ error, path }) => logUnexpected(error, path, requestId),
  })
}

export const handleRest: Handler = async (request, process = thisProcess()) => {
  const guarded = await guardRequest(request, process.origins)
  if (guarded instanceof Response) return guarded
  const { pathname } = new URL(guarded.url)
  if (guarded.method === 'GET' && pathname === `${REST_ENDPOINT}/openapi.json`)
    return Response.json(openApiDocument(), { headers: NO_STORE })
  const requestId = newRequestId()
  const refused = refuseMethod(guarded, requestId)
  if (refused) return refused
  if (guarded.method === 'GET' && pathname === `${REST_ENDPOINT}/route/changes`) {
    try {
      return streamRouteChanges(await createContext(guarded.headers, { process, requestId }), guarded)
    } catch (error) {
      if (!(error instanceof ContextFailed)) throw error
      return tellFailure(error, 'route/changes')
    }
  }
  return answerRest(guarded, {
    requestId,
    createContext: () => createContext(guarded.headers, { process, requestId }),
    onError: (error, path) => logUnexpected(error, path, requestId),
  })
}

/** What nothing answers. Without it the pages' own catch-all would send a program to the sign-in page. */
export const handleNothing: Handler = async () =>
  failure({ status: 404, code: 'NOT_FOUND', says: 'Nothing has this address.' })

export const handleSignIn: Handler = async (request, process = thisProcess()) => {
  const guarded = await guardRequest(request, process.origins)
  if (guarded instanceof Response) return guarded
  const requestId = newRequestId()
  const answer = await handleAuth(process.auth, guarded).catch((error: unknown) => contextFailed(requestId, error))
  if (answer instanceof ContextFailed) return tellFailure(answer, 'sign-in')
  // What fails deep inside the sign-in engine comes out as a 500 without a word.
  const isLost = answer.status >= 500 && (await process.catalog.check()) !== null
  return isLost ? failure({ status: 503, code: 'SERVICE_UNAVAILABLE', says: CATALOG_LOST, requestId }) : answer
}

/** Liveness: this process answers. Says nothing of the catalog, so that a lost catalog does not restart every web process. */
export const handleHealth: Handler = async () => Response.json({ ok: true }, { headers: NO_STORE })

export const handleReady: Handler = async (_request, process = thisProcess()) => {
  const readiness = await process.readiness()
  const outage = readiness.ok ? null : await process.catalog.check()
  const body = outage ? { ...readiness, catalogLostSince: outage.since.toISOString() } : readiness
  return Response.json(body, { status: readiness.ok ? 200 : 503, headers: NO_STORE })
}

/** Prometheus text, for a scraper with its token or for a person who may read telemetry. */
export const handleMetrics: Handler = async (request, process = thisProcess()) => {
  const requestId = newRequestId()
  const may = await mayScrape(request, process).catch((error: unknown) => contextFailed(requestId, error))
  if (may instanceof ContextFailed) return tellFailure(may, 'metrics')
  if (!may) return failure({ status: 401, code: 'UNAUTHORIZED', says: 'Sign in first.', requestId })
  const { text, contentType } = await exposition(process.live)
  return new Response(text, { headers: { ...NO_STORE, 'content-type': contentType } })
}

/** For what is no procedure: the same words as a procedure's failure has, and the same line in the log. */
function tellFailure(error: ContextFailed, path: string): Response {
  logUnexpected(error, path, error.requestId)
  const { code, message, requestId } = error
  if (code === 'SERVICE_UNAVAILABLE') return failure({ status: 503, code, says: message, requestId })
  const says = `Something failed on our side. Quote the request id ${requestId}.`
  return failure({ status: 500, code, says, requestId })
}

async function mayScrape(request: Request, process: WebProcess): Promise<boolean> {
  const token = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (token !== undefined) return tokensMatch(token, process.metricsToken)
  const principal = await principalFrom(request.headers, process)
  return principal !== null && rolesMay(principal.roles, 'telemetry:read')
}

/** Expected refusals are told to the caller; everything else is told here, under the request id that the caller got. */
function logUnexpected(error: TRPCError, path: string | undefined, requestId: string): void {
  if (!isExpected(error)) log.error({ err: error.cause ?? error, path, requestId }, 'a call failed unexpectedly')
}
