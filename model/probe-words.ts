/**
 * What a probe, a connection or a server said, in words for people. What the engine wrote is for whoever knows the engine: it is kept
 * beside the words, never replaced in what is stored. Pure.
 */
export type ProbeWords = {
  says: string
  /** What was said literally, when `says` is something else; null when that is what is shown. */
  raw: string | null
}

/** The first that fits. "Answers" is said of a server only where one did: then the way to it works. */
const sayings: readonly (readonly [RegExp, string])[] = [
  [/\bECONNREFUSED\b/, 'The host refuses the connection: nothing listens there.'],
  [/\bpg_hba\.conf\b|\bSQLSTATE 28000\b/, 'It answers, but its host rules (pg_hba) let nobody in from there.'],
  [/\bpassword authentication failed\b|\bSQLSTATE 28P01\b/i, 'It answers, but does not accept the password.'],
  [
    /\btoo many (clients|connections)\b|\bconnection slots are reserved\b|\bSQLSTATE 53300\b/i,
    'It answers, but all its connections are taken.',
  ],
  [/\bdatabase system is starting up\b|\bnot yet accepting connections\b/i, 'It answers: it is starting up.'],
  [/\bdatabase system is shutting down\b/i, 'It answers: it is shutting down.'],
  [/\bdatabase system is in recovery mode\b/i, 'It answers: it recovers from a crash.'],
  [/\bterminating connection due to administrator command\b/i, 'It ended the session: it was told to stop.'],
  [/\bENOTFOUND\b|\bEAI_AGAIN\b/, 'The name of its host is not known there.'],
  [/\bEHOSTUNREACH\b|\bENETUNREACH\b/, 'There is no way to its host.'],
  [/\bE(SOCKET)?TIMEDOUT\b|\b(connect|connection|read|query|statement) timeout\b|\btimed out\b/i, 'No answer in time.'],
  [
    /\bECONNRESET\b|\bEPIPE\b|\bECONNABORTED\b|\bsocket hang up\b|\bConnection terminated\b/i,
    'The connection was cut.',
  ],
]

/** One thing that was said, such as `connect ECONNREFUSED 127.0.0.1:37217`. What is not known is passed on as it is. */
export function sayProbe(raw: string): ProbeWords {
  const found = sayings.find(([pattern]) => pattern.test(raw))
  return found ? { says: found[1], raw } : { says: raw, raw: null }
}

/**
 * Several at once, as a link tells them: `jkt-1: read ECONNRESET; jkt-2: read ECONNRESET; other vantages reach the region.` Servers of
 * which the same is said are told together.
 */
export function sayProbes(raw: string): ProbeWords {
  const groups: { members: string[]; says: string }[] = []
  for (const part of raw.split('; ')) {
    const [, member = null, said = part] = /^([a-z][a-z0-9-]{1,40}): (.+)$/s.exec(part) ?? []
    const says = sayProbe(said).says
    const same = groups.find((group) => group.says === says && group.members.length > 0)
    if (member && same) same.members.push(member)
    else groups.push({ members: member ? [member] : [], says })
  }
  const says = groups
    .map(({ members, says }) => asSentence(members.length > 0 ? `${members.join(', ')}: ${midSentence(says)}` : says))
    .join(' ')
  const isKnown = raw.split('; ').some((part) => sayProbe(part).raw !== null)
  return isKnown ? { says, raw } : { says: raw, raw: null }
}

function asSentence(text: string): string {
  const upper = text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase())
  return /[.!?]$/.test(upper) ? upper : `${upper}.`
}

/** The end of a sentence such as "fra-1 does not answer: …"; null where nothing was said. */
export function sayAfterColon(raw: string | null): string {
  return raw === null ? 'nothing was heard.' : midSentence(asSentence(sayProbe(raw).says))
}

/** As it stands after a colon. */
export function midSentence(text: string): string {
  return text.replace(/^[A-Z](?=[a-z]* )/, (letter) => letter.toLowerCase())
}
