import { z } from 'zod'
import { Hash, Instant, Uuid } from './common'

/** What goes between the browser's WebAuthn and us: the JSON forms of the standard, bounded. */
const Base64Url = z.string().regex(/^[A-Za-z0-9_-]+$/)
const CredentialId = Base64Url.max(1_400)
const Blob = Base64Url.max(20_000)
const Transports = z.array(z.string().max(40)).max(10)
const CredentialRef = z.object({ id: CredentialId, type: z.literal('public-key'), transports: Transports.optional() })
const UserVerification = z.literal('required')

export const PASSKEYS_MAX = 10

export const PasskeyView = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: Instant.nullable(),
  /** True when it is copied between a person's devices by their platform. */
  isSynced: z.boolean(),
})
export type PasskeyView = z.infer<typeof PasskeyView>

export const PasskeyCreation = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
  timeout: z.int(),
  excludeCredentials: z.array(CredentialRef),
  authenticatorSelection: z.object({ residentKey: z.literal('preferred'), userVerification: UserVerification }),
  attestation: z.literal('none'),
})
export type PasskeyCreation = z.infer<typeof PasskeyCreation>

export const PasskeyRequest = z.object({
  rpId: z.string(),
  challenge: z.string(),
  timeout: z.int(),
  allowCredentials: z.array(CredentialRef),
  userVerification: UserVerification,
})
export type PasskeyRequest = z.infer<typeof PasskeyRequest>

const Answer = {
  id: CredentialId,
  rawId: CredentialId,
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()).default({}),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
}

/** Says what the question is for: a body that says nothing asks for nothing. */
export const AskPasskey = z.strictObject({ purpose: z.literal('add-passkey') })

export const AddPasskey = z.strictObject({
  name: z.string().trim().min(1, 'Give it a name, so that you know it again.').max(60),
  response: z.object({
    ...Answer,
    response: z.object({ clientDataJSON: Blob, attestationObject: Blob, transports: Transports.optional() }),
  }),
})
export type AddPasskey = z.infer<typeof AddPasskey>

export const RemovePasskey = z.strictObject({ id: z.string().max(100) })

/** A proof for one decision alone is bound to it: the challenge that is signed contains the request and the plan's hash. */
export const AskPasskeyProof = z.strictObject({
  boundTo: z.strictObject({ requestId: Uuid, planHash: Hash }).nullable().default(null),
})

export const ProveByPasskey = z.strictObject({
  response: z.object({
    ...Answer,
    response: z.object({
      clientDataJSON: Blob,
      authenticatorData: Blob,
      signature: Blob,
      userHandle: Base64Url.max(200).nullish(),
    }),
  }),
})
export type ProveByPasskey = z.infer<typeof ProveByPasskey>
