import { type Failure, failure } from './failures'
import { URL_CHARS_MAX, withBoundedBody } from './limits'
import { meters } from './metrics'

/**
 * What is refused before anything is parsed. A browser adds the cookie to whatever a foreign page makes it send, so a
 * request that carries one must come from our own pages: by its Origin, which browsers send with every unsafe request and
 * pages cannot forge. A service's token is added by nobody but the service itself, hence it needs no origin.
 */
export async function guardRequest(request: Request, origins: readonly string[]): Promise<Request | Response> {
  if (request.url.length > URL_CHARS_MAX)
    return refuse('uri-too-long', { status: 414, code: 'URI_TOO_LONG', says: 'The address is too long.' })
  if (!isOurOrigin(request, origins))
    return refuse('foreign-origin', { status: 403, code: 'FORBIDDEN', says: 'This request comes from another site.' })
  const bounded = await withBoundedBody(request)
  return (
    bounded ??
    refuse('body-too-large', { status: 413, code: 'PAYLOAD_TOO_LARGE', says: 'The request is larger than 256 kB.' })
  )
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

function isOurOrigin({ method, headers }: Request, origins: readonly string[]): boolean {
  const origin = headers.get('origin')
  if (origin !== null) return origins.includes(origin)
  if (safeMethods.has(method)) return headers.get('sec-fetch-site') !== 'cross-site' || isNavigation(headers)
  if (headers.has('cookie')) return false
  const site = headers.get('sec-fetch-site')
  return site === null || site === 'same-origin' || site === 'none'
}

/** A link from elsewhere may open our pages and our downloads; it cannot read them. */
const isNavigation = (headers: Headers): boolean => headers.get('sec-fetch-mode') === 'navigate'

function refuse(reason: string, refusal: Failure): Response {
  meters().refusedRequests.inc({ reason })
  return failure(refusal)
}
