import { z } from 'zod'
import { Instant } from '@/model/schemas/common'
import { Me, ShellFacts, StepUp } from '@/model/schemas/session'
import { getMe, getShellFacts, stepUp } from '@/server/auth'
import { can, router } from '../trpc'

export const sessionRouter = router({
  me: can('session:own', 'GET /session')
    .output(Me)
    .query(({ ctx }) => getMe(ctx)),
  shell: can('session:own', 'GET /session/shell')
    .output(ShellFacts)
    .query(({ ctx }) => getShellFacts(ctx)),
  stepUp: can('session:own', 'POST /session/step-up')
    .input(StepUp)
    .output(z.object({ steppedUpUntil: Instant }))
    .mutation(({ ctx, input }) => stepUp(ctx, input)),
})
