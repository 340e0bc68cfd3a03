export type FleetErrorCode =
  | 'bad-request'
  | 'not-found'
  | 'conflict'
  | 'already-running'
  | 'not-running'
  | 'corrupt-data-dir'
  | 'unsupported-host'
  | 'deadline'
  | 'server-failed'

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
