import { createHmac, timingSafeEqual } from 'node:crypto'

/** Time-based one-time codes (RFC 6238: SHA-1, 30 s, six digits), as every authenticator application makes them. */
export const TOTP_PERIOD_MS = 30_000
/** A clock may be one step off; more would keep a code alive too long. */
const STEPS_OFF = [0, -1, 1] as const
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac[19]! & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The code of now for a base32 secret: what an authenticator shows. */
export function totpNow(secret: string, atMs: number): string {
  return totpCode(base32Decode(secret), totpStep(atMs))
}

export const totpStep = (atMs: number): number => Math.floor(atMs / TOTP_PERIOD_MS)

/** The step that `code` belongs to, or null when it is wrong. Takes the same time for every wrong code. */
export function matchingStep(secret: Uint8Array, code: string, atMs: number): number | null {
  if (!/^\d{6}$/.test(code)) return null
  const now = totpStep(atMs)
  const matches = STEPS_OFF.map((off) => now + off).filter((step) =>
    timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  )
  return matches[0] ?? null
}

export function base32Encode(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

export function base32Decode(text: string): Uint8Array {
  const bits = [...text.replace(/=+$/, '')].map((char) => ALPHABET.indexOf(char).toString(2).padStart(5, '0')).join('')
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
