import type { z } from 'zod'
import { invariant } from '@/model/invariant'
import type { Permission } from '@/model/permissions'
import { appRouter } from './root'
import type { ProcedureMeta } from './trpc'

/**
 * One line of the API: its name, its kind, who may call it, its REST address ("GET /cells"; null for a stream), and what it
 * takes.
 */
export type ProcedureFacts = {
  path: string
  type: 'query' | 'mutation' | 'subscription'
  permission: Permission
  rest: string | null
  inputs: readonly z.core.$ZodType[]
}

/** Read off the router itself, sorted by name: what tests enumerate, so that nothing can be left out. */
export function listProcedures(): ProcedureFacts[] {
  return Object.entries(flatProcedures())
    .map(([path, { _def }]) => {
      const { meta } = _def
      invariant(meta?.permission, `${path} has no permission`)
      const rest = meta.openapi ? `${meta.openapi.method} ${meta.openapi.path}` : null
      return { path, type: _def.type, permission: meta.permission, rest, inputs: _def.inputs }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** tRPC types this as the nested record, but it is flat at run time: path → procedure. */
function flatProcedures() {
  return appRouter._def.procedures as unknown as Record<
    string,
    { _def: Pick<ProcedureFacts, 'type' | 'inputs'> & { meta?: ProcedureMeta } }
  >
}
