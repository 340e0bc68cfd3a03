/**
 * People as operations see them: who could do what, asked before anything is asked of them. Invariants: only enabled humans
 * approve; whoever asks is never an approver of it; roles are read each time. It knows no session and no password.
 */
export { couldApprove } from './could-approve'
