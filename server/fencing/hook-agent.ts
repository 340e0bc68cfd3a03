import { type CallOptions, type FencingAgent, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type AgentAnswer, type FencingAction, unknown } from './outcome'

/** One order to one hook. Throws `NotDone` only when the hook certainly did nothing. */
export type Order = { action: FencingAction; member: string; operationId: string }
export type Hook = (
  order: Order,
  doing: string,
  call: CallOptions,
) => Promise<Extract<AgentAnswer, { outcome: 'done' }>>

/** `check` belongs to no operation. */
const NO_OPERATION = 'none'

/** A hook of whatever kind as the agent of the engine contract. */
export function hookAgent(describes: string, hook: Hook): FencingAgent {
  return {
    describes,
    check: async (member, call) => {
      try {
        const answer = await hook({ action: 'check', member, operationId: NO_OPERATION }, 'Checking', call)
        return { isReady: true, says: answer.says ?? `The ${describes} is ready.` }
      } catch (error) {
        if (error instanceof NotDone || error instanceof OutcomeUnknown) return { isReady: false, says: error.says }
        return { isReady: false, says: `The ${describes} could not be asked.` }
      }
    },
    powerOff: async (member, { operationId }, call) => {
      const doing = `Powering ${member} off by the ${describes}`
      const { offAt, says, evidence } = await hook({ action: 'power-off', member, operationId }, doing, call)
      // Without an instant there is no receipt, and without a receipt nothing is promoted.
      if (offAt === undefined) throw unknown(doing, 'It says that it did, but not when.')
      return { offAt: new Date(offAt), evidence: { ...evidence, ...(says === undefined ? {} : { says }) } }
    },
    bringBackClosed: async (member, { operationId }, call) => {
      await hook({ action: 'bring-back-closed', member, operationId }, `Bringing ${member} back closed`, call)
    },
    release: async (member, { operationId }, call) => {
      await hook({ action: 'release', member, operationId }, `Releasing ${member}`, call)
    },
  }
}
