import { readable } from '@/model/readable'
import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { failureOf, SessionError } from './failures'
import { HAS_GATE_SQL } from './gate-sql'
import type { Session, Statement } from './session'

/** What a server says of itself at sign-in. `name` and `region` come from `cluster_name`, which no session can set. */
export type Identity = { name: string | null; region: string | null; hasGate: boolean; processId: number }

const IDENTITY: Statement = {
  text: `SELECT current_setting('cluster_name') AS server_name, pg_backend_pid() AS pid, ${HAS_GATE_SQL} AS has_gate`,
}
const SERVER_NAME = /^homeport\/([^/]+)\/([^/]+)$/

/** Asks a server who it is. Throws SessionError with `sent: false`: asking changes nothing. */
export async function identify(session: Session, call: CallOptions): Promise<Identity> {
  try {
    const [row] = await session.run(IDENTITY, call)
    const match = SERVER_NAME.exec(row?.server_name ?? '')
    return {
      name: match ? readable(match[1] ?? '') : null,
      region: match ? readable(match[2] ?? '') : null,
      hasGate: row?.has_gate === 't',
      processId: Number(row?.pid),
    }
  } catch (error) {
    const failure = failureOf(error, false)
    if (failure.kind === 'answered' || failure.kind === 'not-asked') throw error
    throw new SessionError({ ...failure, sent: false }, { cause: error })
  }
}

/** Why a server is not the member it should be, or null. A server without a name of our form cannot be told apart. */
export function whyNotMember(identity: Identity, endpoint: Endpoint): string | null {
  const expected = `${endpoint.memberId} in ${endpoint.region}`
  if (identity.name === null) {
    return `A server answers for ${expected} that does not say who it is: its cluster_name is not homeport/NAME/REGION.`
  }
  if (identity.name === endpoint.memberId && identity.region === endpoint.region) return null
  return `Another server answers for ${expected}: it is ${identity.name} in ${identity.region}.`
}
