/**
 * Expected failures, as values an operator can act on. The API maps `code` to its transport; nothing reads the message.
 * `says` states what is wrong and what to do; `rule` names the safety rule that refused, where one did.
 */
export const errorCodes = [
  'not-found',
  'forbidden',
  'step-up-required',
  'precondition-failed',
  'conflict',
  'invalid-input',
  'unavailable',
  'rate-limited',
] as const
export type ErrorCode = (typeof errorCodes)[number]

export class DomainError extends Error {
  override name = 'DomainError'
  constructor(
    readonly code: ErrorCode,
    readonly says: string,
    readonly details: { rule?: string; link?: string } = {},
  ) {
    super(says)
  }
}
