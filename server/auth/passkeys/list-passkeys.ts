import type { PasskeyView } from '@/model/schemas/passkeys'
import { authorizePerson, type Ctx } from '@/server/context'

/** The passkeys of the account that this session belongs to, the oldest first. */
export async function listPasskeys(ctx: Ctx): Promise<PasskeyView[]> {
  const person = authorizePerson(ctx, 'session:own')
  const rows = await ctx.db.passkey.findMany({
    where: { user: { sessions: { some: { id: person.sessionId } } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return rows.map(({ id, name, createdAt, backedUp }) => ({
    id,
    name: name ?? 'Unnamed',
    createdAt: createdAt?.toISOString() ?? null,
    isSynced: backedUp,
  }))
}
