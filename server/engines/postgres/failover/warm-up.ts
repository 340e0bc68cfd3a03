import { type CallOptions, type Endpoint, NotDone } from '@/server/engines/contract'
import { failureOf, sentence } from '../failures'
import type { KeptSessions, Role } from '../kept-sessions'

/**
 * What a session does for the first time takes longer than a fence: loading the procedural language, compiling the gate's
 * functions. So each calls them once, in a way that they refuse whatever the gate's state, and drops the refusal.
 */
const NOBODY = '00000000-0000-0000-0000-000000000000'
const TOUCH_LOCK_MS = 200
const TOUCH: Record<Role, string> = {
  admin: touch(`
    PERFORM count(*) FROM homeport.unprotected();
    BEGIN PERFORM homeport.fence_gate(scope, -1, '${NOBODY}') FROM homeport.write_gate; EXCEPTION WHEN OTHERS THEN NULL; END;
    PERFORM homeport.open_gate(scope, '', -1, '${NOBODY}') FROM homeport.write_gate;`),
  app: touch(`
    PERFORM set_config('homeport.scope_epoch', '-1', true);
    INSERT INTO homeport.canary (operation_id) VALUES ('${NOBODY}');`),
}

/** Waits neither for a lock nor for a standby. The settings stand outside of the inner block, whose end takes its own back. */
function touch(body: string): string {
  return `DO $homeport$ BEGIN
    PERFORM set_config('lock_timeout', '${TOUCH_LOCK_MS}', true), set_config('synchronous_commit', 'local', true);
    BEGIN ${body} EXCEPTION WHEN OTHERS THEN NULL; END;
  END $homeport$`
}

/** Signs in to every target as both roles and tries each connection, so that the pause pays for neither. Harmless. */
export async function warmUp(sessions: KeptSessions, targets: readonly Endpoint[], call: CallOptions): Promise<void> {
  await Promise.all(
    targets.flatMap((endpoint) =>
      (['admin', 'app'] as const).map(async (role) => {
        try {
          await sessions.act(endpoint, role, call, (session, left) => session.run({ text: TOUCH[role] }, left))
        } catch (error) {
          throw new NotDone(`Opening a connection to ${endpoint.memberId}: ${sentence(failureOf(error, true))}`, {
            cause: error,
          })
        }
      }),
    ),
  )
}
