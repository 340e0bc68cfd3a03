import type { TRPCError } from '@trpc/server'
import { createOpenApiFetchHandler } from 'trpc-to-openapi'
import type { ApiCtx } from './context'
import { failure } from './failures'
import { REST_ENDPOINT } from './openapi'
import { appRouter } from './root'

type Call = {
  requestId: string
  createContext(): Promise<ApiCtx>
  onError(error: TRPCError, path: string | undefined): void
}

/** One call over REST. What is refused, by a verb or before one was found, is told in one form: see `failure`. */
export async function answerRest(request: Request, { requestId, createContext, onError }: Call): Promise<Response> {
  let refusal: TRPCError | null = null
  const answer = await createOpenApiFetchHandler({
    endpoint: REST_ENDPOINT,
    router: appRouter,
    req: request,
    createContext,
    responseMeta: () => ({ headers: { 'cache-control': 'no-store', 'x-request-id': requestId } }),
    onError: ({ error, path }: { error: TRPCError; path?: string }) => {
      refusal = error
      onError(error, path)
    },
  })
  return refusal ? retell(answer, { refusal, request, requestId }) : answer
}

/** The adapter knows no request id before there is a context, and its own sentences say too little. */
async function retell(
  answer: Response,
  { refusal, request, requestId }: { refusal: TRPCError; request: Request; requestId: string },
): Promise<Response> {
  const body = (await answer.json()) as { data?: { says?: string; path?: string | null } }
  const says = sayBefore(refusal, request, body.data?.path ?? null) ?? body.data?.says ?? refusal.message
  const told = { ...body, message: says, data: { ...body.data, says, requestId } }
  return Response.json(told, { status: answer.status, headers: answer.headers })
}

/** What was refused before a procedure was asked; null where one was, and has said why. */
function sayBefore({ code, cause }: TRPCError, { method, headers }: Request, path: string | null): string | null {
  if (code === 'PARSE_ERROR') return `The body is not JSON: ${cause?.message ?? 'it cannot be parsed'}.`
  if (code === 'UNSUPPORTED_MEDIA_TYPE') {
    const given = headers.get('content-type')
    return `The body must be JSON: send it with content-type application/json${given ? `, not ${given}` : ''}.`
  }
  if (code === 'NOT_FOUND' && path === null)
    return `Nothing answers ${method} at this address: see ${REST_ENDPOINT}/openapi.json.`
  return null
}

const methods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST'])

/** A method that no address has, or null. */
export function refuseMethod({ method }: Request, requestId: string): Response | null {
  if (methods.has(method)) return null
  const says = `${method} is not understood here: what reads is GET, what changes something is POST.`
  const refused = failure({ status: 405, code: 'METHOD_NOT_SUPPORTED', says, requestId })
  refused.headers.set('allow', 'GET, POST')
  return refused
}
