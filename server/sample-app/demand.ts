/** Who asks for what: a skewed, seeded and endless stream of wishes. Pure but for the random source that is passed in. */

export type DemandTenant = { tenantId: string; cell: string; homeRegion: string }
export type Wish = { tenant: DemandTenant; userRegion: string; kind: 'create' | 'assign' | 'change-status' | 'view' }

const HOME_USER_SHARE = 0.75
const READ_SHARE = 1 / 3
const CREATE_SHARE = 0.2
const ASSIGN_SHARE = 0.3
/** Zipf exponent: the busiest of 200 tenants gets about a tenth of the load. */
const SKEW = 0.9

export function createDemand(
  tenants: readonly DemandTenant[],
  userRegions: readonly string[],
  random: () => number,
): () => Wish {
  if (tenants.length === 0 || userRegions.length === 0)
    throw new Error('Demand needs at least one tenant and one user region.')
  const shares = tenants.map((_, rank) => 1 / (rank + 1) ** SKEW)
  const total = shares.reduce((sum, share) => sum + share, 0)

  function pickTenant(): DemandTenant {
    let left = random() * total
    for (const [rank, share] of shares.entries()) {
      left -= share
      if (left <= 0) return tenants[rank]!
    }
    return tenants.at(-1)!
  }

  return () => {
    const tenant = pickTenant()
    const nearby = userRegions.includes(tenant.homeRegion) && random() < HOME_USER_SHARE
    const userRegion = nearby ? tenant.homeRegion : userRegions[Math.floor(random() * userRegions.length)]!
    return { tenant, userRegion, kind: pickKind(random) }
  }
}

function pickKind(random: () => number): Wish['kind'] {
  if (random() < READ_SHARE) return 'view'
  const share = random()
  if (share < CREATE_SHARE) return 'create'
  return share < CREATE_SHARE + ASSIGN_SHARE ? 'assign' : 'change-status'
}

/** A small seeded generator (mulberry32), so that a run can be repeated. Uniform in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
