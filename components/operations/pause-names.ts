/**
 * A planned move closes the gate itself: estimate and measurement begin at the same moment. A forced one is estimated from its
 * approval on, while writers have waited since their last write: two spans, and two names.
 */
export const pauseNames = {
  lossless: { estimated: 'Write pause, estimated', measured: 'Write pause, measured' },
  forced: {
    estimated: 'Write pause from the approval, estimated',
    measured: 'Write pause from the last write, measured',
  },
} as const

/** The journal's own span, where no writer reported what it noticed. */
export const GATE_OPEN_NAME = 'Gate open after, not measured by writers'
