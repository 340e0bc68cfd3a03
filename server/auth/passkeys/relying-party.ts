import { isIP } from 'node:net'
import { DomainError } from '@/model/errors'
import type { Auth } from '../auth'

/** For whom a passkey is good: a host name, and the one origin whose pages may ask for it. */
export type RelyingParty = { id: string; origin: string }

const LOOPBACK = 'localhost'

/**
 * The host of HOMEPORT_URL. Browsers give passkeys to host names alone, never to addresses, and only over https, except on
 * localhost. A passkey stays bound to the host under which it was made: another HOMEPORT_URL needs new ones.
 */
export function relyingPartyOf(auth: Auth): RelyingParty | { why: string } {
  const url = new URL(auth.options.baseURL)
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0)
    return { why: 'Passkeys need a host name, and this console is served under an address.' }
  if (url.protocol !== 'https:' && url.hostname !== LOOPBACK) return { why: 'Passkeys need https.' }
  return { id: url.hostname, origin: url.origin }
}

export function requireRelyingParty(auth: Auth): RelyingParty {
  const party = relyingPartyOf(auth)
  if ('why' in party) throw new DomainError('precondition-failed', party.why)
  return party
}
