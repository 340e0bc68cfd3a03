/**
 * Named places at which a test may stop, break or overtake a worker. In production there is no plan: each place costs one
 * comparison with undefined.
 */
export const faultPlaces = ['before', 'halfway', 'effect', 'recorded'] as const
export const undoFaultPlaces = ['undo-before', 'undo-halfway', 'undo-effect', 'undo-recorded'] as const

/**
 * before: recorded as started, nothing done yet · halfway: where the step itself says so · effect: done and not yet
 * recorded · recorded: recorded, and the next step recorded as started.
 */
export type FaultPlace = (typeof faultPlaces)[number] | (typeof undoFaultPlaces)[number]

export type FaultPoint = {
  operationId: string
  holder: string
  leaseEpoch: bigint
  step: string
  place: FaultPlace
  attempt: number
  /** The attempt's own signal; on the `recorded` places, the lease's. */
  signal: AbortSignal
}

/** May wait, throw what a step may throw, throw WorkerCrashed, or end the process. */
export type FaultPlan = (point: FaultPoint) => Promise<void>

/** The worker is gone in the middle of things: nothing more is recorded and the lease is not given back. */
export class WorkerCrashed extends Error {
  override name = 'WorkerCrashed'
}

/**
 * A plan that signals this very process at "step:place", the first time it is reached. SIGKILL (`CRASH_AT`): no handler
 * runs, no buffer is written. SIGSTOP: it sleeps, heartbeats and all, until somebody sends SIGCONT.
 */
export function signalPlan(at: string | undefined, signal: 'SIGKILL' | 'SIGSTOP'): FaultPlan | undefined {
  if (!at) return undefined
  let isDone = false
  return async ({ step, place }) => {
    if (isDone || `${step}:${place}` !== at) return
    isDone = true
    process.kill(process.pid, signal)
  }
}
