import type { Db } from '@/server/db'
import { FencingSpec } from './fencing-spec'

/** How the machine of a member is taken out of service; null when its cell declares no way. */
export async function findFencing(db: Db, memberId: string): Promise<FencingSpec | null> {
  const member = await db.cellMember.findUnique({
    where: { id: memberId },
    select: { cell: { select: { fencing: true } } },
  })
  return FencingSpec.nullable().parse(member?.cell.fencing ?? null)
}
