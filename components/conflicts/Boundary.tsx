import { Notice } from '../ui/Notice'

/** Said wherever a decision is taken, so that nobody waits for a machine to carry it out. */
export function Boundary() {
  return (
    <Notice status="active">
      A decision is a record. Homeport writes nothing into the application’s tables: whoever owns the data carries it
      out there.
    </Notice>
  )
}
