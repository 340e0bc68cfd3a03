import { DomainError } from '@/model/errors'
import { joinSignals } from '@/model/join-signals'
import { followRoutes, type TrackedLive } from '@/server/domain/live'
import type { ApiCtx } from './context'
import { SSE_PING_MS } from './trpc'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/**
 * Server-sent events for applications: `data: {"scopes": [...]}` whenever routes changed, an empty list for "any". A comment
 * every five seconds keeps the line open, and lets the client notice when it is not.
 */
export function streamRouteChanges(ctx: ApiCtx, request: Request): Response {
  if (!ctx.principal) return Response.json({ message: 'Sign in first.', code: 'UNAUTHORIZED' }, { status: 401 })
  const stop = new AbortController()
  const { signal } = joinSignals(request.signal, stop.signal) // both live no longer than the stream
  try {
    const lastEventId = request.headers.get('last-event-id')
    const changes = followRoutes(ctx, { lastEventId }, signal)
    return new Response(encodeChanges(changes, stop), { headers: HEADERS })
  } catch (error) {
    if (error instanceof DomainError) return Response.json({ message: error.says, code: 'FORBIDDEN' }, { status: 403 })
    throw error
  }
}

export function encodeChanges(changes: AsyncGenerator<TrackedLive>, stop: AbortController): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let ping: NodeJS.Timeout | undefined
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(': open\n\n'))
      ping = setInterval(() => controller.enqueue(encoder.encode(': ping\n\n')), SSE_PING_MS)
      stop.signal.addEventListener('abort', () => clearInterval(ping), { once: true })
    },
    async pull(controller) {
      const { value, done } = await changes.next().catch((error: unknown) => {
        stop.abort() // a ping to a stream that has failed would throw where nobody catches
        throw error
      })
      if (done) {
        stop.abort()
        controller.close()
        return
      }
      const scopes = value.event.topic === 'resync' ? [] : value.event.ids
      controller.enqueue(encoder.encode(`id: ${value.id}\ndata: ${JSON.stringify({ scopes })}\n\n`))
    },
    cancel() {
      stop.abort()
    },
  })
}
