import { createHash, createHmac } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PERIOD_MS = 30_000
/** From typing a code to its being judged, on a machine that does other things as well. */
const TYPING_MS_MAX = 15_000

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

/**
 * A code of this secret that these tests have not used yet: the server takes the step before, the current one and the next,
 * each once. When all three are spent it waits for the next half-minute. What was used is kept beside the estate, because a
 * test that fails takes its process with it, and the next one would send the same code again.
 */
export async function nextTotp(secret: string): Promise<string> {
  for (;;) {
    const used = new Set(readUsed()[keyOf(secret)])
    const atMs = Date.now()
    // The step before is refused once the half-minute is over.
    const isEnding = PERIOD_MS - (atMs % PERIOD_MS) < TYPING_MS_MAX
    const offset = (isEnding ? [0, 1] : [0, -1, 1]).find((steps) => !used.has(stepAt(atMs) + steps))
    if (offset !== undefined) {
      writeUsed({ ...readUsed(), [keyOf(secret)]: [...used, stepAt(atMs) + offset] })
      return totp(secret, { atMs, stepsAhead: offset })
    }
    await new Promise((resolve) => setTimeout(resolve, PERIOD_MS - (Date.now() % PERIOD_MS)))
  }
}

type UsedSteps = { [key: string]: number[] }

const file = () => path.join(process.env.HOMEPORT_DATA_DIR ?? tmpdir(), 'used-codes.json')
const readUsed = (): UsedSteps => (existsSync(file()) ? (JSON.parse(readFileSync(file(), 'utf8')) as UsedSteps) : {})
const writeUsed = (used: UsedSteps) => writeFileSync(file(), JSON.stringify(used), { mode: 0o600 })
/** The secret itself stays where it is. */
const keyOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
const stepAt = (atMs: number): number => Math.floor(atMs / PERIOD_MS)
