import type { SendOutcome } from '@/model/outgoing-message'

type Failure = Partial<Omit<Extract<SendOutcome, { kind: 'failed' }>, 'kind' | 'says'>>

export function failed(says: string, facts: Failure = {}): SendOutcome {
  return { kind: 'failed', says, responseCode: null, isFinal: false, retryAfterMs: null, ...facts }
}

export function delivered(responseCode: number | null, says: string | null = null): SendOutcome {
  return { kind: 'delivered', responseCode, says }
}
