import type { MemberReport } from '@/server/engines/contract'

/** Why a server takes no lease of this epoch now, as a sentence, or null. */
export function whyNotReady(report: MemberReport, lease: { memberId: string; epoch: bigint }): string | null {
  const { memberId, epoch } = lease
  if (!report.reachable) return `${memberId} does not answer: ${report.detail}`
  if (report.role !== 'primary') return `${memberId} is a standby.`
  const { gate } = report
  if (!gate) return `${memberId} has no gate.`
  if (gate.epoch !== epoch) return `The gate of ${memberId} is at epoch ${gate.epoch}, the lease at ${epoch}.`
  if (gate.server !== memberId) return `The gate of ${memberId} lets ${gate.server ?? 'nobody'} write.`
  if (gate.status !== 'WRITABLE') return `The gate of ${memberId} is ${gate.status}.`
  return null
}
