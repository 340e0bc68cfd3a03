import { type Permission, permissions } from '@/model/permissions'
import type { Prisma } from '@/server/db'

/** Enabled humans who hold a permission now. */
export function holdersOf(permission: Permission): Prisma.PersonWhereInput {
  return {
    kind: 'human',
    disabledAt: null,
    grants: { some: { revokedAt: null, role: { in: [...permissions[permission]] } } },
  }
}
