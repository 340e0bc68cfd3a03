import { type AuthenticatorTransportFuture, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import { DomainError } from '@/model/errors'
import type { PasskeyRequest, ProveByPasskey } from '@/model/schemas/passkeys'
import { authorizePerson, type Ctx } from '@/server/context'
import { transact } from '@/server/db'
import type { Auth } from '../auth'
import { recordFailedProof, recordProof } from '../proof'
import { type BoundTo, CHALLENGE_MS, putChallenge, takeChallenge } from './challenges'
import { readChallenge } from './read-challenge'
import { type RelyingParty, requireRelyingParty } from './relying-party'

/** The question that a passkey of this account answers. `boundTo` makes the answer one to this very plan. */
export async function askForProof(
  ctx: Ctx & { auth: Auth },
  { boundTo }: { boundTo: BoundTo | null },
): Promise<PasskeyRequest> {
  const person = authorizePerson(ctx, 'session:own')
  const party = requireRelyingParty(ctx.auth)
  return transact(ctx.db, async (tx) => {
    const { user } = await tx.session.findUniqueOrThrow({
      where: { id: person.sessionId },
      include: { user: { include: { passkeys: true } } },
    })
    if (user.passkeys.length === 0)
      throw new DomainError('precondition-failed', 'You have no passkey here: use a code, or add one in your settings.')
    const of = { sessionId: person.sessionId, userId: user.id, purpose: 'step-up' as const }
    return {
      rpId: party.id,
      challenge: await putChallenge(tx, of, boundTo),
      timeout: CHALLENGE_MS,
      allowCredentials: user.passkeys.map(({ credentialID, transports }) => ({
        id: credentialID,
        type: 'public-key' as const,
        ...(transports && { transports: transports.split(',') }),
      })),
      userVerification: 'required',
    }
  })
}

/**
 * Proves the person again in this session, by a passkey that verified them itself. Errors: precondition-failed (an answer that
 * is used, overdue, of another session or account, or not rightly signed).
 */
export async function proveByPasskey(
  ctx: Ctx & { auth: Auth },
  { response }: ProveByPasskey,
): Promise<{ steppedUpUntil: string }> {
  const person = authorizePerson(ctx, 'session:own')
  const party = requireRelyingParty(ctx.auth)
  const { challenge } = readChallenge(response.response.clientDataJSON)
  const place = { homeRegion: ctx.servedFrom, correlationId: ctx.requestId, method: 'passkey' as const }
  // Committed by itself: whatever becomes of this answer, its challenge is spent.
  const { userId, taken } = await transact(ctx.db, async (tx) => {
    const session = await tx.session.findUniqueOrThrow({ where: { id: person.sessionId } })
    const of = { sessionId: session.id, userId: session.userId, purpose: 'step-up' as const }
    return { userId: session.userId, taken: await takeChallenge(tx, challenge, of) }
  })
  const outcome = await transact(ctx.db, async (tx) => {
    // The row lock lines up answers of one passkey, so that a copy's counter is compared with the latest.
    const [passkey] = taken
      ? await tx.$queryRaw<Kept[]>`
          SELECT id, credential_id AS "credentialId", public_key AS "publicKey", counter FROM auth_passkey
          WHERE credential_id = ${response.id} AND user_id = ${userId} FOR UPDATE`
      : []
    const newCounter = taken && passkey ? await verify(response, { challenge, party, passkey }) : null
    if (!taken || !passkey || newCounter === null) {
      await recordFailedProof(tx, person, {
        ...place,
        outcome: !taken ? 'used' : passkey ? 'wrong' : 'unknown-passkey',
      })
      return null
    }
    await tx.passkey.update({ where: { id: passkey.id }, data: { counter: newCounter } })
    return recordProof(tx, person, { ...place, boundTo: taken.boundTo })
  })
  // Thrown after the commit: the failure has been written down.
  if (!outcome)
    throw new DomainError(
      'precondition-failed',
      'The passkey’s answer does not count: it was used, too late, or not yours.',
    )
  return outcome
}

type Kept = { id: string; credentialId: string; publicKey: string; counter: number }

/** The counter that the passkey has now, or null: wrongly signed, for another site, unverified, or a copy that fell behind. */
async function verify(
  response: ProveByPasskey['response'],
  { challenge, party, passkey }: { challenge: string; party: RelyingParty; passkey: Kept },
): Promise<number | null> {
  const { clientDataJSON, authenticatorData, signature, userHandle } = response.response
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) },
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: isoBase64URL.toBuffer(passkey.publicKey),
        counter: passkey.counter,
        transports: [] satisfies AuthenticatorTransportFuture[],
      },
    })
    return verified ? authenticationInfo.newCounter : null
  } catch {
    // The library throws for each thing that is wrong; to whoever answered they are all the same.
    return null
  }
}
