import { STEP_UP_LASTS } from '@/model/step-up'
import { Button } from '../ui/Button'
import { TextField } from '../ui/Field'
import type { Proof } from './use-proof'

/** Asks for the second factor where the last proof is too old; nothing while it still counts. `act` starts the sentence: "Approving". */
export function ProofField({ proof, act }: { proof: Proof; act: string }) {
  if (!proof.isNeeded) return null
  return (
    <div className="grid justify-items-start gap-2">
      {proof.by === 'passkey' ? (
        <p className="text-sm text-ink-2">
          {act} asks for your passkey, since your last proof is older than {STEP_UP_LASTS}.
        </p>
      ) : (
        <TextField
          className="w-full"
          label="Code from your authenticator"
          hint={`${act} asks for the second factor again when it is older than ${STEP_UP_LASTS}.`}
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={6}
          value={proof.code}
          onChange={(event) => proof.setCode(event.target.value)}
        />
      )}
      {proof.switchTo && (
        <Button tone="ghost" onClick={proof.switchTo}>
          {proof.by === 'passkey' ? 'Use a code instead' : 'Use a passkey instead'}
        </Button>
      )}
    </div>
  )
}
