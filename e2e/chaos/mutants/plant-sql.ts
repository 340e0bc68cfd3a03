import { invariant } from '@/model/invariant'
import { asAdmin } from '@/server/engines/postgres/testing'
import type { Mutant, SqlPatch } from './mutant'

/** Plants what a mutant changes in a database. Nothing without a mutant: then the experiment is its own control. */
export type Planting = { gate(adminDsn: string): Promise<void>; catalog(adminDsn: string): Promise<void> }

export function plantingOf(mutant: Mutant | null): Planting {
  return {
    gate: (adminDsn) => plant(adminDsn, mutant?.gate ?? []),
    catalog: (adminDsn) => plant(adminDsn, mutant?.catalog ?? []),
  }
}

async function plant(adminDsn: string, patches: readonly SqlPatch[]): Promise<void> {
  for (const patch of patches) {
    if ('statement' in patch) await asAdmin(adminDsn, patch.statement.replace('{password}', new URL(adminDsn).password))
    else await patchFunction(adminDsn, patch)
  }
}

async function patchFunction(adminDsn: string, patch: Extract<SqlPatch, { function: string }>): Promise<void> {
  const [row] = await asAdmin<{ text: string }>(
    adminDsn,
    `SELECT pg_get_functiondef(to_regproc('${patch.function}')) AS text`,
  )
  const parts = row?.text?.split(patch.from) ?? []
  invariant(parts.length === 2, `Planted ${parts.length - 1} times in ${patch.function}, not once: ${patch.from}`)
  await asAdmin(adminDsn, parts.join(patch.to))
}
