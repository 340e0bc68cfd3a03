/**
 * People as operations see them: who could do what, asked before anything is asked of them. Invariants: only enabled humans
 * approve; whoever asks is never an approver of it; roles are read each time; there is always an admin who could sign in.
 * It knows no session and no password.
 */
export { disablePerson, grantRole, revokeRole } from './change-roles'
export { couldApprove } from './could-approve'
export { holdersOf } from './holders-of'
export { type ListedPerson, listPeople } from './list-people'
