/** The word that stands in for a fence, said in the first person. Nobody's box is ticked for them. */
export function AttestBox({
  member,
  hasAttested,
  onChange,
}: {
  member: string
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
        <span className="font-medium text-ink-1">I attest that {member} takes no writes.</span> Nothing else proves it:
        if it does, two servers will take writes at once.
      </span>
    </label>
  )
}
