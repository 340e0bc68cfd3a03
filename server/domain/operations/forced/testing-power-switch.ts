import { type FencingAgent, NotDone } from '@/server/engines/contract'
import type { SwitchoverCell } from '../testing-cell'

type TestFleet = SwitchoverCell['cell']['fleet']['fleet']

/** A test fleet's power switches, with their padlocks, as a fencing agent. */
export function powerSwitchOf(fleet: TestFleet): FencingAgent {
  const lockOut = async (
    member: string,
    action: 'power-off' | 'bring-back-closed' | 'release',
    operationId: string,
  ) => {
    try {
      return await fleet.lockOut(member, action, operationId)
    } catch (error) {
      throw new NotDone(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
  return {
    describes: 'power switch of the test fleet',
    check: async () => ({ isReady: true, says: 'The power switch answers.' }),
    powerOff: async (member, { operationId }) => {
      const { offAt, killedCount } = await lockOut(member, 'power-off', operationId)
      return { offAt: new Date(offAt!), evidence: { killedCount } }
    },
    bringBackClosed: async (member, { operationId }) => void (await lockOut(member, 'bring-back-closed', operationId)),
    release: async (member, { operationId }) => void (await lockOut(member, 'release', operationId)),
  }
}
