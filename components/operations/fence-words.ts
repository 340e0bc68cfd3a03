import type { FenceStrength } from '@/model/states'

/** What a fence of each strength proves, and what it does not: both are shown wherever a fence is shown. */
export const fenceWords = {
  PROVEN: {
    proves:
      'No transaction can commit there any more: the gate is closed at a higher epoch, and an ordinary write was refused.',
    doesNot: 'Does not bind a superuser who takes the gate itself away.',
  },
  POWERED_OFF: {
    proves: 'The machine was off when the agent answered, and stays off until somebody lets it start again.',
    doesNot: 'Does not say where its log ended. Rests on the agent having switched off the right machine.',
  },
  LEASE_EXPIRED: {
    proves:
      'The server refuses every write by its own clock since its lease ran out; the clock-skew bound was waited for.',
    doesNot: 'Does not say where its log ended. Rests on its clock being within the bound.',
  },
  DECLARED: {
    proves: 'Nothing. People attest that it takes no writes.',
    doesNot: 'If they are wrong, two servers take writes at once, and their histories part.',
  },
} as const satisfies Record<FenceStrength, { proves: string; doesNot: string }>
