import type { Status } from '@/model/observations'
import type { DrillRun } from '@/model/schemas/drills'

/** What a run came to, in one word: met objectives are said only of a run that went through. */
export function wordOfRun({ outcome, isMet }: Pick<DrillRun, 'outcome' | 'isMet'>): { word: string; status: Status } {
  if (outcome === 'running') return { word: 'Running', status: 'active' }
  if (outcome === 'needs-human') return { word: 'Needs a person', status: 'crit' }
  if (outcome === 'failed') return { word: 'Failed', status: 'crit' }
  if (isMet === null) return { word: 'Not all measured', status: 'unknown' }
  return isMet ? { word: 'Objectives met', status: 'ok' } : { word: 'Objective missed', status: 'crit' }
}
