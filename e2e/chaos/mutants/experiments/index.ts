import type { ExperimentName } from '../mutant'
import type { Planting } from '../plant-sql'
import { approvalsExperiment } from './approvals'
import { auditExperiment } from './audit'
import { forcedExperiment } from './forced'
import { gateExperiment } from './gate'
import { leaseExperiment } from './lease'
import { tailExperiment } from './tail'
import { truthExperiment } from './truth'

/** Each states invariants, leans on them, and says which broke: nothing, where nothing is planted. */
export const experiments = {
  gate: gateExperiment,
  audit: auditExperiment,
  approvals: approvalsExperiment,
  lease: leaseExperiment,
  truth: truthExperiment,
  tail: tailExperiment,
  forced: forcedExperiment,
} satisfies Record<ExperimentName, (planting: Planting) => Promise<string[]>>
