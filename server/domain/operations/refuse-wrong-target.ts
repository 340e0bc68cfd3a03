import { DomainError } from '@/model/errors'
import { type CellWorld, sourceOf } from './world/cell-world'

/**
 * What was named must be a standby of this cell; nothing named leaves the choice to the plan. Throws not-found or
 * invalid-input before any rule judges, because every rule would say something about nobody.
 */
export function refuseWrongTarget(world: CellWorld, targetMember: string | undefined): void {
  if (targetMember === undefined) return
  const { id: cellId } = world.cell
  if (!world.members.some(({ id }) => id === targetMember))
    throw new DomainError('not-found', `${cellId} has no member ${targetMember}.`)
  if (targetMember === sourceOf(world)?.id)
    throw new DomainError(
      'invalid-input',
      `${targetMember} is the writer of ${cellId}: name one of its standbys, or none.`,
    )
}
