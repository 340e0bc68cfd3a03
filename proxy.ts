import { type NextRequest, NextResponse } from 'next/server'
import { paths } from '@/model/paths'
import { refuseUnreadablePath } from '@/server/api/failures'
import { outagePage } from '@/server/api/outage-page'
import { readOutage } from '@/server/api/read-outage'
import { SESSION_COOKIE } from '@/server/auth/session-limits'

/**
 * Security headers and two courtesies. The courtesy: a page asked for without a session cookie goes to the sign-in page. It
 * decides nothing: whoever brings a made-up cookie gets a page without data, because every procedure decides for itself.
 * The other one: while the catalog is away a page that is loaded anew says so, with a 503, instead of standing empty.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl
  const unreadable = refuseUnreadablePath(pathname)
  if (unreadable) return withHeaders(request, new NextResponse(unreadable.body, unreadable), policy(null))
  const outage = isPageLoad(request) ? await readOutage() : null
  if (outage) {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'retry-after': '10' }
    const page = outagePage({
      ...outage,
      servedFrom: process.env.HOMEPORT_SERVED_FROM ?? null,
      retryPath: `${pathname}${search}`,
    })
    return withHeaders(request, new NextResponse(page, { status: 503, headers }), policy(null))
  }
  if (needsSession(pathname) && !request.cookies.has(SESSION_COOKIE)) {
    const next = pathname === '/' ? undefined : `${pathname}${search}`
    const login = new URL(paths.login({ next }), request.nextUrl)
    return withHeaders(request, NextResponse.redirect(login), policy(null))
  }
  const nonce = btoa(crypto.randomUUID())
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  // A page does not know its own address; one whose session has ended needs it for the way back.
  headers.set('x-asked-path', `${pathname}${search}`)
  // Next reads the nonce from the request's own policy and puts it on every script it writes.
  headers.set('content-security-policy', policy(nonce))
  return withHeaders(request, NextResponse.next({ request: { headers } }), policy(nonce))
}

export const config = { matcher: ['/((?!_next/static|_next/image|icon.svg|favicon.ico|world.svg|fonts/).*)'] }

const open = [paths.login(), '/api/']

/** A tab that is open asks for pages as data, and keeps showing what it knows; only a page loaded anew has nothing. */
function isPageLoad(request: NextRequest): boolean {
  return !request.nextUrl.pathname.startsWith('/api/') && (request.headers.get('accept') ?? '').includes('text/html')
}

function needsSession(pathname: string): boolean {
  return !open.some((prefix) => pathname === prefix || pathname.startsWith(prefix))
}

/**
 * Styles: Recharts, Radix and Sonner set style attributes and inject sheets without a nonce, so inline styles stay
 * allowed; they can deface, not execute. Scripts: only those with this response's nonce and what they load.
 */
function policy(nonce: string | null): string {
  const isDevelopment = process.env.NODE_ENV === 'development'
  const scripts = nonce ? `'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}` : "'none'"
  return [
    "default-src 'self'",
    `script-src ${scripts}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function withHeaders(request: NextRequest, response: NextResponse, contentSecurityPolicy: string): NextResponse {
  const { headers } = response
  headers.set('content-security-policy', contentSecurityPolicy)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('x-frame-options', 'DENY')
  headers.set('referrer-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (request.nextUrl.protocol === 'https:') headers.set('strict-transport-security', 'max-age=31536000')
  return response
}
