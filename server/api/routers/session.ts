import { z } from 'zod'
import { Instant, NoInput } from '@/model/schemas/common'
import {
  AddPasskey,
  AskPasskey,
  AskPasskeyProof,
  PasskeyCreation,
  PasskeyRequest,
  PasskeyView,
  ProveByPasskey,
  RemovePasskey,
} from '@/model/schemas/passkeys'
import { Me, ShellFacts, StepUp } from '@/model/schemas/session'
import {
  addPasskey,
  askForPasskey,
  askForProof,
  getMe,
  getShellFacts,
  listPasskeys,
  proveByPasskey,
  removePasskey,
  stepUp,
} from '@/server/auth'
import { can, router } from '../trpc'

export const sessionRouter = router({
  me: can('session:own', 'GET /session', 'Show who is signed in')
    .input(NoInput)
    .output(Me)
    .query(({ ctx }) => getMe(ctx)),
  shell: can('session:own', 'GET /session/shell', 'Show the facts that every page carries')
    .input(NoInput)
    .output(ShellFacts)
    .query(({ ctx }) => getShellFacts(ctx)),
  stepUp: can('session:own', 'POST /session/step-up', 'Prove the second factor by a code')
    .input(StepUp)
    .output(z.object({ steppedUpUntil: Instant }))
    .mutation(({ ctx, input }) => stepUp(ctx, input)),
  // A question is a row that counts once, so asking for one is a mutation.
  askProof: can(
    'session:own',
    'POST /session/step-up/passkey/question',
    'Ask for the question that a passkey answers as a proof',
  )
    .input(AskPasskeyProof)
    .output(PasskeyRequest)
    .mutation(({ ctx, input }) => askForProof(ctx, input)),
  proveByPasskey: can('session:own', 'POST /session/step-up/passkey', 'Prove the second factor by a passkey')
    .input(ProveByPasskey)
    .output(z.object({ steppedUpUntil: Instant }))
    .mutation(({ ctx, input }) => proveByPasskey(ctx, input)),
  passkeys: can('session:own', 'GET /session/passkeys', 'List your own passkeys')
    .input(NoInput)
    .output(z.array(PasskeyView))
    .query(({ ctx }) => listPasskeys(ctx)),
  askPasskey: can('session:own', 'POST /session/passkeys/question', 'Ask for the question that makes a passkey')
    .input(AskPasskey)
    .output(PasskeyCreation)
    .mutation(({ ctx }) => askForPasskey(ctx)),
  addPasskey: can('session:own', 'POST /session/passkeys', 'Add a passkey')
    .input(AddPasskey)
    .output(PasskeyView)
    .mutation(({ ctx, input }) => addPasskey(ctx, input)),
  removePasskey: can('session:own', 'POST /session/passkeys/remove', 'Remove a passkey')
    .input(RemovePasskey)
    .output(z.object({}))
    .mutation(({ ctx, input }) => removePasskey(ctx, input)),
})
