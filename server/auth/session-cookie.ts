import { createHmac, timingSafeEqual } from 'node:crypto'
import { SESSION_COOKIE } from './session-limits'

const SIGNATURE_CHARS = 44

/**
 * The session token in a request's cookies, or null when there is none or its signature is not ours. The cookie is what
 * better-auth writes: the token, a dot, and its HMAC-SHA-256 in base64, percent-encoded. Read here, and not by asking
 * better-auth for the session, because that costs two more statements and most of the time of a small call.
 */
export function sessionTokenFrom(headers: Headers, secret: string): string | null {
  const pair = (headers.get('cookie') ?? '').split(/; */).find((part) => part.startsWith(`${SESSION_COOKIE}=`))
  const signed = pair === undefined ? null : decode(pair.slice(SESSION_COOKIE.length + 1))
  const dot = signed?.lastIndexOf('.') ?? -1
  if (signed === null || dot < 1) return null
  const token = signed.slice(0, dot)
  const signature = signed.slice(dot + 1)
  if (signature.length !== SIGNATURE_CHARS) return null
  const expected = createHmac('sha256', secret).update(token).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
