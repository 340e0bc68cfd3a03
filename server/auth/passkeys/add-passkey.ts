import { createHash } from 'node:crypto'
import { verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers'
import { DomainError } from '@/model/errors'
import { type AddPasskey, PASSKEYS_MAX, type PasskeyCreation, type PasskeyView } from '@/model/schemas/passkeys'
import { actorOf, authorizePerson, type Ctx } from '@/server/context'
import { appendAudit, catalogNow, Prisma, type Tx, transact } from '@/server/db'
import type { Auth } from '../auth'
import { requireFreshProof } from '../proof'
import { CHALLENGE_MS, putChallenge, takeChallenge } from './challenges'
import { readChallenge } from './read-challenge'
import { requireRelyingParty } from './relying-party'

/** EdDSA, ES256, RS256: what authenticators in use can do. */
const ALGORITHMS = [-8, -7, -257] as const

/** What the browser needs to make a passkey for this account. Asks for a fresh proof: a new factor is a way in. */
export async function askForPasskey(ctx: Ctx & { auth: Auth }): Promise<PasskeyCreation> {
  const person = authorizePerson(ctx, 'session:own')
  const party = requireRelyingParty(ctx.auth)
  return transact(ctx.db, async (tx) => {
    await requireFreshProof(tx, person)
    const { user } = await tx.session.findUniqueOrThrow({
      where: { id: person.sessionId },
      include: { user: { include: { passkeys: true } } },
    })
    refuseTooMany(user.passkeys.length)
    const challenge = await putChallenge(tx, { sessionId: person.sessionId, userId: user.id, purpose: 'add' }, null)
    return {
      rp: { id: party.id, name: 'Homeport' },
      user: { id: Buffer.from(user.id).toString('base64url'), name: user.email, displayName: user.name },
      challenge,
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' as const })),
      timeout: CHALLENGE_MS,
      excludeCredentials: user.passkeys.map(({ credentialID }) => ({ id: credentialID, type: 'public-key' as const })),
      // Required: the authenticator itself asks for a finger, a face or a PIN, so that it proves two factors at once.
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      attestation: 'none',
    }
  })
}

/** Keeps the passkey that the browser has made. Errors: precondition-failed (not ours, overdue, unverified), conflict. */
export async function addPasskey(ctx: Ctx & { auth: Auth }, input: AddPasskey): Promise<PasskeyView> {
  const person = authorizePerson(ctx, 'session:own')
  const party = requireRelyingParty(ctx.auth)
  const { challenge } = readChallenge(input.response.response.clientDataJSON)
  // Committed by itself: whatever becomes of this answer, its challenge is spent.
  const userId = await transact(ctx.db, async (tx) => {
    await requireFreshProof(tx, person)
    const session = await tx.session.findUniqueOrThrow({ where: { id: person.sessionId } })
    const of = { sessionId: session.id, userId: session.userId, purpose: 'add' as const }
    return (await takeChallenge(tx, challenge, of)) ? session.userId : null
  })
  if (!userId)
    throw new DomainError('precondition-failed', 'This question was answered before, or too late. Begin again.')
  const made = await verify(input, challenge, party)
  const id = createHash('sha256').update(made.credential.id, 'utf8').digest('base64url')
  const name = input.name
  return deciding(() =>
    transact(ctx.db, async (tx) => {
      await lockAccount(tx, userId)
      refuseTooMany(await tx.passkey.count({ where: { userId } }))
      const createdAt = await catalogNow(tx)
      await tx.passkey.create({
        data: {
          id,
          name,
          userId,
          publicKey: isoBase64URL.fromBuffer(made.credential.publicKey),
          credentialID: made.credential.id,
          counter: made.credential.counter,
          deviceType: made.credentialDeviceType,
          backedUp: made.credentialBackedUp,
          transports: input.response.response.transports?.join(',') ?? null,
          createdAt,
          aaguid: made.aaguid,
        },
      })
      await appendAudit(tx, {
        actor: actorOf(person),
        action: 'passkey.added',
        aggregateType: 'person',
        aggregateId: person.personId,
        homeRegion: ctx.servedFrom,
        correlationId: ctx.requestId,
        occurredAt: createdAt,
        detail: { passkey: id, aaguid: made.aaguid, isSynced: made.credentialBackedUp },
      })
      return { id, name, createdAt: createdAt.toISOString(), isSynced: made.credentialBackedUp }
    }),
  )
}

async function verify({ response }: AddPasskey, challenge: string, party: { id: string; origin: string }) {
  try {
    refuseCertificates(response.response.attestationObject)
    const { transports, ...rest } = response.response
    const result = await verifyRegistrationResponse({
      response: { ...omitUndefined(response), response: rest },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    })
    if (!result.verified) throw new TypeError('not verified')
    return result.registrationInfo
  } catch {
    // The library throws for each thing that is wrong; to whoever answered they are all the same.
    throw new DomainError('precondition-failed', 'The passkey could not be verified. Nothing was kept.')
  }
}

/**
 * Nobody was asked for certificates. Checking some that came anyway would fetch revocation lists from addresses that whoever
 * sent them has chosen.
 */
function refuseCertificates(attestationObject: string): void {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const format = decoded.get('fmt')
  const isPlain = format === 'none' || (format === 'packed' && decoded.get('attStmt').get('x5c') === undefined)
  if (!isPlain) throw new TypeError(`attestation ${format} was not asked for`)
}

function omitUndefined({ id, rawId, type, authenticatorAttachment }: AddPasskey['response']) {
  return { id, rawId, type, clientExtensionResults: {}, ...(authenticatorAttachment && { authenticatorAttachment }) }
}

function refuseTooMany(count: number): void {
  if (count >= PASSKEYS_MAX)
    throw new DomainError('precondition-failed', `You have ${PASSKEYS_MAX} passkeys: remove one first.`)
}

/** Two additions at once are counted one after the other. */
async function lockAccount(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM auth_user WHERE id = ${userId} FOR NO KEY UPDATE`
}

/** The primary key is made from the credential: the same one is never kept twice, whoever brings it. */
async function deciding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new DomainError('conflict', 'This passkey is kept already.')
    throw error
  }
}
