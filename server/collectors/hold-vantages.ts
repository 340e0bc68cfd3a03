import type { Activation, CollectorContext } from './context'

/** Keeps the leases of the vantages that this worker may probe from. */
export async function holdVantages({ db, held, vantages }: CollectorContext): Promise<Activation> {
  const regions = await db.region.findMany({ select: { code: true } })
  const wanted = regions.map(({ code }) => code).filter((code) => vantages === null || vantages.includes(code))
  await held.hold(wanted)
  return { says: `Probes from ${held.list().length} of ${wanted.length} vantages.` }
}
