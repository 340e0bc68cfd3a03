/** The word that stands in for a fence, said in the first person. Nobody's box is ticked for them. `note`: what follows from it. */
export function AttestBox({
  member,
  note,
  hasAttested,
  onChange,
}: {
  member: string
  note: string
  hasAttested: boolean
  onChange: (hasAttested: boolean) => void
}) {
  return (
    <label className="flex min-h-11 items-start gap-3 text-sm">
      <input
        type="checkbox"
        className="mt-0.5 size-5 shrink-0 accent-primary"
        checked={hasAttested}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <span className="font-medium text-ink-1">I attest that {member} takes no writes.</span> {note}
      </span>
    </label>
  )
}
