import { DomainError } from '@/model/errors'
import { type CellWorld, sourceOf } from '../world/cell-world'

/** What was named must be a standby of this cell. Throws invalid-input, before any rule says something about nobody. */
export function refuseWrongTarget(world: CellWorld, targetMember: string | undefined): void {
  if (targetMember === undefined) return
  const { id: cellId } = world.cell
  if (!world.members.some(({ id }) => id === targetMember))
    throw new DomainError('invalid-input', `${targetMember} is no member of ${cellId}.`)
  if (targetMember === sourceOf(world)?.id)
    throw new DomainError(
      'invalid-input',
      `${targetMember} is the writer of ${cellId}: a drill needs one of its standbys.`,
    )
}
