import { type HostAgent, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { connectFleet, FleetError } from '@/server/fleet'

/** The embedded fleet's control interface as the host agent of the engine contract. */
export function connectHostAgent(dataDir: string): HostAgent {
  return {
    rebuildStandby: (member, from, call) =>
      asked(async () => {
        const receipt = await (await connectFleet(dataDir)).rebuild(member, from, call)
        return { tookMs: receipt.durationMs, bytes: receipt.sizeBytes }
      }),
    power: (member, call) =>
      asked(async () => {
        const { members } = await (await connectFleet(dataDir)).status(call)
        const found = members.find(({ name }) => name === member)
        if (!found) throw new NotDone(`The fleet has no server named ${member}.`)
        return found.power
      }),
    switchOff: (member, call) =>
      asked(async () => {
        const receipt = await (await connectFleet(dataDir)).power(member, 'kill', call)
        return { at: new Date(receipt.at), pid: receipt.pid }
      }),
  }
}

/** The fleet's refusals are certain; a deadline or a broken call may have happened. */
async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof FleetError) {
      if (error.code === 'deadline') throw new OutcomeUnknown(error.message, { cause: error })
      throw new NotDone(error.message, { cause: error })
    }
    throw error
  }
}
