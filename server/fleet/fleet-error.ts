import { z } from 'zod'

export const FleetErrorCode = z.enum([
  'bad-request',
  'unauthorised',
  'not-found',
  'conflict',
  'deadline',
  'already-running',
  'not-running',
  'corrupt-data-dir',
  'unsupported-host',
  'server-failed',
])
export type FleetErrorCode = z.infer<typeof FleetErrorCode>

/** A refusal or failure of the fleet that a person can act on: the message is one sentence and says what to do. */
export class FleetError extends Error {
  override name = 'FleetError'
  constructor(
    readonly code: FleetErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
