import { type CallOptions, type FencingAgent, NotDone } from '@/server/engines/contract'

/** One agent for all members: each order goes to the agent of the member's cell. `agentOf` answers null where there is none. */
export function routedAgent(
  agentOf: (member: string, call: CallOptions) => Promise<FencingAgent | null>,
): FencingAgent {
  const agent = async (member: string, call: CallOptions) => {
    const found = await agentOf(member, call).catch((error: unknown) => {
      throw new NotDone(`The fencing agent of ${member} cannot be looked up.`, { cause: error })
    })
    if (!found) throw new NotDone(`No fencing agent is configured for ${member}.`)
    return found
  }
  return {
    describes: 'configured fencing agent',
    check: async (member, call) => {
      try {
        return await (await agent(member, call)).check(member, call)
      } catch (error) {
        return { isReady: false, says: error instanceof NotDone ? error.says : 'The fencing agent could not be asked.' }
      }
    },
    powerOff: async (member, order, call) => {
      const found = await agent(member, call)
      const { offAt, evidence } = await found.powerOff(member, order, call)
      return { offAt, evidence: { ...evidence, by: found.describes } }
    },
    bringBackClosed: async (member, order, call) => (await agent(member, call)).bringBackClosed(member, order, call),
    release: async (member, order, call) => (await agent(member, call)).release(member, order, call),
  }
}
