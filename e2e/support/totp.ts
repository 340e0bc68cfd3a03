import { createHmac } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PERIOD_MS = 30_000

/**
 * The code an authenticator application would show for a base32 secret. Written apart from the server's, so that the two
 * check each other. A code counts once: `stepsAhead` 1 gives the next one, which the server accepts as well.
 */
export function totp(secret: string, { atMs = Date.now(), stepsAhead = 0 } = {}): string {
  const bits = [...secret].map((char) => ALPHABET.indexOf(char).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(atMs / PERIOD_MS) + stepsAhead))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const usedSteps = new Map<string, Set<number>>()

/**
 * A code of this secret that this process has not used yet: the server takes the step before, the current one and the next,
 * each once. When all three are spent it waits for the next half-minute.
 */
export async function nextTotp(secret: string): Promise<string> {
  const used = usedSteps.get(secret) ?? new Set()
  usedSteps.set(secret, used)
  for (;;) {
    const offset = [0, -1, 1].find((steps) => !used.has(stepAt(Date.now()) + steps))
    if (offset !== undefined) {
      const atMs = Date.now()
      used.add(stepAt(atMs) + offset)
      return totp(secret, { atMs, stepsAhead: offset })
    }
    await new Promise((resolve) => setTimeout(resolve, PERIOD_MS - (Date.now() % PERIOD_MS)))
  }
}

const stepAt = (atMs: number): number => Math.floor(atMs / PERIOD_MS)
