import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

/** An authenticator in software (ES256, no attestation): what a browser and a security key would send, and what a thief might. */
export type Authenticator = {
  create(question: { challenge: string; rp: { id: string } }, change?: Change): unknown
  answer(question: { challenge: string; rpId: string }, change?: Change): unknown
}

type Change = { origin?: string; rpId?: string; isVerified?: boolean; counter?: number; key?: KeyObject; id?: string }

const PRESENT = 0x01
const VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

export function createAuthenticator(origin: string): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  let counter = 0
  const authData = (rpId: string, { isVerified = true, ...change }: Change, credential?: Buffer) => {
    counter = change.counter ?? counter + 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    const flags = PRESENT | (isVerified ? VERIFIED : 0) | (credential ? HAS_CREDENTIAL : 0)
    return Buffer.concat([sha256(change.rpId ?? rpId), Buffer.from([flags]), count, credential ?? Buffer.alloc(0)])
  }
  const clientData = (type: string, challenge: string, change: Change) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: change.origin ?? origin, crossOrigin: false }))
  const wrap = (id: string, response: object) => ({
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })
  return {
    create: ({ challenge, rp }, change = {}) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const credential = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)])
      const attestation = cbor(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authData(rp.id, change, credential)],
        ]),
      )
      return wrap(text(credentialId), {
        clientDataJSON: text(clientData('webauthn.create', challenge, change)),
        attestationObject: text(attestation),
      })
    },
    answer: ({ challenge, rpId }, change = {}) => {
      const data = authData(rpId, change)
      const client = clientData('webauthn.get', challenge, change)
      const signed = createSign('sha256').update(Buffer.concat([data, createHash('sha256').update(client).digest()]))
      return wrap(change.id ?? text(credentialId), {
        clientDataJSON: text(client),
        authenticatorData: text(data),
        signature: text(signed.sign(change.key ?? privateKey)),
      })
    },
  }
}

const text = (bytes: Buffer) => bytes.toString('base64url')
const sha256 = (value: string) => createHash('sha256').update(value).digest()

/** RFC 9053: key type EC2, algorithm ES256, curve P-256, x and y. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: 'jwk' })
  return cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x!, 'base64url')],
      [-3, Buffer.from(y!, 'base64url')],
    ]),
  )
}

/** As much of RFC 8949 as an attestation needs: small integers, bytes, text and maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Map)
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, held]) => [cbor(key), cbor(held)])])
  throw new TypeError(`cannot encode ${typeof value}`)
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255])
}
