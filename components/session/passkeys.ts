import { DomainError } from '@/model/errors'
import type { AddPasskey, PasskeyCreation, PasskeyRequest, ProveByPasskey } from '@/model/schemas/passkeys'

/** The browser's own side of passkeys. What a person cancels or a device cannot do becomes a sentence. */

/** False in browsers without the JSON forms of WebAuthn: there a code is asked for instead. */
export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential
}

export async function makePasskey(question: PasskeyCreation): Promise<AddPasskey['response']> {
  const made = await asking(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(question) }),
  )
  return answerOf(made)
}

export async function answerByPasskey(question: PasskeyRequest): Promise<ProveByPasskey['response']> {
  const answer = await asking(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(question) }),
  )
  return answerOf(answer)
}

/** The server parses what comes; this cast only names what the standard promises of `toJSON`. */
function answerOf<Answer>(credential: Credential | null): Answer {
  if (!(credential instanceof PublicKeyCredential)) throw refused('No passkey was used.')
  return credential.toJSON() as Answer
}

async function asking(ask: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await ask()
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'InvalidStateError') throw refused('This device has a passkey of this account already.')
    if (name === 'SecurityError') throw refused('The browser allows no passkey at this address.')
    throw refused('The passkey was not used: it was cancelled, or took too long. Try again, or use a code.')
  }
}

function refused(says: string): DomainError {
  return new DomainError('precondition-failed', says)
}
