import { z } from 'zod'
import { DomainError } from '@/model/errors'

const ClientData = z.object({ challenge: z.string().min(1).max(200) })

/** The challenge that an answer claims to answer: only to find its row by; the signature over it is verified afterwards. */
export function readChallenge(clientDataJson: string): { challenge: string } {
  const parsed = ClientData.safeParse(parse(Buffer.from(clientDataJson, 'base64url').toString('utf8')))
  if (!parsed.success) throw new DomainError('invalid-input', 'This is not the answer of a passkey.')
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
