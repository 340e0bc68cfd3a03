import { type HoldView, holdKinds, holdLevels } from '@/model/schemas/holds'

/** "Incident hold on cell sin". */
export function nameOfHold({ kind, level, subjectName }: Pick<HoldView, 'kind' | 'level' | 'subjectName'>): string {
  return `${holdKinds[kind]} hold on ${holdLevels[level].toLowerCase()} ${subjectName}`
}
