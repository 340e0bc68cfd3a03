/**
 * People and their sessions: signing in, the second factor, who a request speaks for, and who exists. Invariants: nobody
 * signs up; a session is a row, so that disabling a person ends it with the next request; a code of the second factor
 * counts once; roles are read each time and never cached. Knows no engine and no operation.
 */
export { type Auth, createAuth } from './auth'
export { makeDemoPeople, readDemoPeople, seedDemoPeople } from './demo-people'
export { getMe, getShellFacts } from './get-me'
export { handleAuth } from './handle-auth'
export { addPasskey, askForPasskey } from './passkeys/add-passkey'
export { listPasskeys } from './passkeys/list-passkeys'
export { askForProof, proveByPasskey } from './passkeys/prove-by-passkey'
export { removePasskey } from './passkeys/remove-passkey'
export { createPeople, type PersonCredentials } from './people'
export { principalFrom, tokensMatch } from './principal'
export { createDenialRecorder, type DenialRecorder } from './record-denial'
export { stepUp } from './step-up'
