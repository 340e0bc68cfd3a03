/** A house with a harbour light: the home region. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg aria-hidden viewBox="0 0 20 20" width={size} height={size} fill="none">
      <path
        d="M3 9.5 10 3.5l7 6V16a1 1 0 0 1-1 1h-3.8v-4.6H7.8V17H4a1 1 0 0 1-1-1z"
        stroke="var(--primary)"
        strokeWidth="1.75"
        strokeLinejoin="round"
      />
      <circle cx="10" cy="8.4" r="1.4" fill="var(--ok)" />
    </svg>
  )
}
