import type { DrillRun } from '@/model/schemas/drills'

/** "asked for by Omar, approved by Ana and Aiko"; nobody asks for a drill on a clone, and nobody approves it. */
export function sayWho({ kind, startedBy, approvedBy }: Pick<DrillRun, 'kind' | 'startedBy' | 'approvedBy'>): string {
  if (kind === 'drill-clone') return `run by ${startedBy.name}`
  const names = approvedBy.map(({ name }) => name)
  const approved = names.length === 0 ? 'approved by nobody' : `approved by ${names.join(' and ')}`
  return `asked for by ${startedBy.name}, ${approved}`
}
