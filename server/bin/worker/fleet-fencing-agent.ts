import type { CallOptions, FencingAgent } from '@/server/engines/contract'
import { connectFleet, type LockoutAction } from '@/server/fleet'
import { asked } from './host-agent'

/** The embedded fleet's power switches as a fencing agent: with a padlock, so that a server that is off stays off. */
export function connectFleetFencingAgent(dataDir: string): FencingAgent {
  const lockOut = (member: string, action: LockoutAction, operationId: string, call: CallOptions) =>
    asked(async () => (await connectFleet(dataDir)).lockOut(member, action, operationId, call))
  return {
    describes: 'power switch of the embedded fleet',
    check: async (member, call) => {
      try {
        const { members } = await (await connectFleet(dataDir)).status(call)
        const found = members.find(({ name }) => name === member)
        if (!found) return { isReady: false, says: `The fleet has no server named ${member}.` }
        return { isReady: true, says: `The fleet answers; ${member} is ${found.power}.` }
      } catch (error) {
        return { isReady: false, says: error instanceof Error ? error.message : String(error) }
      }
    },
    powerOff: (member, { operationId }, call) =>
      asked(async () => {
        const receipt = await lockOut(member, 'power-off', operationId, call)
        const { pid, killedCount, says } = receipt
        return { offAt: new Date(receipt.offAt ?? Number.NaN), evidence: { pid, killedCount, says } }
      }),
    bringBackClosed: async (member, { operationId }, call) => {
      await lockOut(member, 'bring-back-closed', operationId, call)
    },
    release: async (member, { operationId }, call) => {
      await lockOut(member, 'release', operationId, call)
    },
  }
}
