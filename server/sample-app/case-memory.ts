import type { OpenStatus } from './commands'

export type KnownCase = { caseId: string; status: OpenStatus }

/** Open cases that this process made, by tenant: a bounded memory, so that commands meet rows that exist. */
export type CaseMemory = {
  put(tenantId: string, known: KnownCase): void
  peek(tenantId: string): KnownCase | null
  /** Removes it as well: two users of this process do not race for one case. */
  take(tenantId: string): KnownCase | null
}

const CASES_PER_TENANT_MAX = 40

export function createCaseMemory(random: () => number = Math.random): CaseMemory {
  const byTenant = new Map<string, KnownCase[]>()
  const pick = (cases: KnownCase[]): number => Math.floor(random() * cases.length)
  return {
    put(tenantId, known) {
      const cases = byTenant.get(tenantId) ?? []
      byTenant.set(tenantId, cases)
      cases.push(known)
      if (cases.length > CASES_PER_TENANT_MAX) cases.shift()
    },
    peek(tenantId) {
      const cases = byTenant.get(tenantId) ?? []
      return cases[pick(cases)] ?? null
    },
    take(tenantId) {
      const cases = byTenant.get(tenantId) ?? []
      return cases.splice(pick(cases), 1)[0] ?? null
    },
  }
}
