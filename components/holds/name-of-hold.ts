import { holdKinds, holdLevels } from '@/model/hold-kinds'
import type { HoldView } from '@/model/schemas/holds'

/** "Incident hold on cell sin". */
export function nameOfHold({ kind, level, subjectName }: Pick<HoldView, 'kind' | 'level' | 'subjectName'>): string {
  return `${holdKinds[kind]} hold on ${holdLevels[level].toLowerCase()} ${subjectName}`
}
