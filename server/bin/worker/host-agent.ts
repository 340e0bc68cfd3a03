import { type Endpoint, type HostAgent, NotDone, OutcomeUnknown } from '@/server/engines/contract'
import { type CloneReceipt, connectFleet, FleetError, type FleetErrorCode } from '@/server/fleet'

/** The embedded fleet's control interface as the host agent of the engine contract. */
export function connectHostAgent(dataDir: string): HostAgent {
  return {
    rebuildStandby: (member, from, call) =>
      asked(async () => {
        const receipt = await (await connectFleet(dataDir)).rebuild(member, from, call)
        return { tookMs: receipt.durationMs, bytes: receipt.sizeBytes }
      }),
    startClone: (member, { operationId }, call) =>
      asked(async () => {
        const receipt = await (await connectFleet(dataDir)).startClone(member, operationId, call)
        return { endpoint: endpointOfClone(receipt), tookMs: receipt.durationMs, bytes: receipt.sizeBytes }
      }),
    discardClone: ({ operationId }, call) =>
      asked(async () => (await connectFleet(dataDir)).discardClone(operationId, call)),
  }
}

/** A clone stands beside its standby and is reached from there alone. */
export function endpointOfClone(clone: CloneReceipt): Endpoint {
  const [admin, app] = [new URL(clone.adminDsn), new URL(clone.appDsn)]
  return {
    memberId: clone.name,
    region: clone.region,
    vantageRegion: clone.region,
    host: clone.host,
    port: clone.port,
    database: admin.pathname.slice(1),
    admin: { user: admin.username, password: admin.password },
    app: { user: app.username, password: app.password },
  }
}

/** The fleet's refusals are certain; after a deadline, or a failure half way, what was asked may have happened. */
const UNDECIDED: ReadonlySet<FleetErrorCode> = new Set(['deadline', 'server-failed'])

export async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof FleetError) {
      if (UNDECIDED.has(error.code)) throw new OutcomeUnknown(error.message, { cause: error })
      throw new NotDone(error.message, { cause: error })
    }
    throw error
  }
}
