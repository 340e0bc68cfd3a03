import type { Db } from '@/server/db'
import { type FencingSpec, findFencing, resolveSecret } from '@/server/domain/estate'
import type { FencingAgent } from '@/server/engines/contract'
import { commandAgent, httpAgent, routedAgent } from '@/server/fencing'
import { connectFleetFencingAgent } from './fleet-fencing-agent'

/** The agent of each member: what its cell declares, else the power switch of the embedded fleet where there is one. */
export function connectFencingAgents(db: Db, dataDir: string | undefined): FencingAgent {
  const fleet = dataDir ? connectFleetFencingAgent(dataDir) : null
  return routedAgent(async (member) => {
    const spec = await findFencing(db, member)
    return spec ? agentOf(spec) : fleet
  })
}

async function agentOf(spec: FencingSpec): Promise<FencingAgent> {
  if (spec.kind === 'http') {
    const { url, method, timeoutMs, secret } = spec
    const own = secret && { header: secret.header, read: () => resolveSecret(secret.value) }
    return httpAgent({ url, method, timeoutMs, secret: own })
  }
  const secrets = await Promise.all(
    Object.entries(spec.secrets).map(async ([name, ref]) => [name, await resolveSecret(ref)] as const),
  )
  return commandAgent({ argv: spec.argv, timeoutMs: spec.timeoutMs, env: Object.fromEntries(secrets) })
}
