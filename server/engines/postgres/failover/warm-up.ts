import type { CallOptions, Endpoint } from '@/server/engines/contract'
import { toOutcome } from '../failures'
import type { KeptSessions, Role } from '../kept-sessions'

/**
 * What a session does for the first time takes longer than a fence: loading the procedural language, compiling the gate's
 * functions. So each calls them once, in a way that they refuse whatever the gate's state, and drops the refusal.
 */
const NOBODY = '00000000-0000-0000-0000-000000000000'
const TOUCH: Record<Role, string> = {
  admin: `DO $homeport$ BEGIN
    PERFORM count(*) FROM homeport.unprotected();
    PERFORM homeport.fence_gate(scope, -1, '${NOBODY}') FROM homeport.write_gate;
  EXCEPTION WHEN OTHERS THEN NULL; END $homeport$`,
  app: `DO $homeport$ BEGIN
    PERFORM set_config('homeport.scope_epoch', '-1', true);
    INSERT INTO homeport.canary (operation_id) VALUES ('${NOBODY}');
  EXCEPTION WHEN OTHERS THEN NULL; END $homeport$`,
}

/** Signs in to every target as both roles and tries each connection, so that the pause pays for neither. Harmless. */
export async function warmUp(sessions: KeptSessions, targets: readonly Endpoint[], call: CallOptions): Promise<void> {
  await Promise.all(
    targets.flatMap((endpoint) =>
      (['admin', 'app'] as const).map(async (role) => {
        try {
          await sessions.act(endpoint, role, call, (session, left) => session.run({ text: TOUCH[role] }, left))
        } catch (error) {
          throw toOutcome(error, `Opening a connection to ${endpoint.memberId}`)
        }
      }),
    ),
  )
}
