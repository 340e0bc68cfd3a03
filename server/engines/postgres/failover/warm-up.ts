import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { toOutcome } from '../failures'
import type { KeptSessions } from '../kept-sessions'

/** The first block of a session loads the procedural language, which takes longer than a fence. */
const TOUCH = 'DO $homeport$ BEGIN NULL; END $homeport$'

/** Signs in to every target as both roles and tries each connection, so that the pause pays for neither. Harmless. */
export async function warmUp(sessions: KeptSessions, targets: readonly Endpoint[], call: CallOptions): Promise<void> {
  await Promise.all(
    targets.flatMap((endpoint) =>
      (['admin', 'app'] as const).map(async (role) => {
        try {
          await sessions.act(endpoint, role, call, (session, left) => session.run({ text: TOUCH }, left))
        } catch (error) {
          throw toOutcome(error, `Opening a connection to ${endpoint.memberId}`)
        }
      }),
    ),
  )
}
