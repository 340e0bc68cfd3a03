import type { Auth } from './auth'
import { withClientAddress } from './client-address'

/**
 * The endpoints of better-auth that exist here. Everything else it would serve (sign-up, changing the second factor, backup
 * codes, session listings that show tokens) is not found: people and their factors are managed by admins.
 */
const endpoints = new Set(['POST /sign-in/email', 'POST /two-factor/verify-totp', 'POST /sign-out'])
const BASE_PATH = '/api/auth'

export async function handleAuth(auth: Auth, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.slice(BASE_PATH.length)
  if (!endpoints.has(`${request.method} ${path}`)) return Response.json({ message: 'Not found.' }, { status: 404 })
  return auth.handler(new Request(request, { headers: withClientAddress(request.headers) }))
}
