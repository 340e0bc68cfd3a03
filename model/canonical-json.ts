import canonicalize from 'canonicalize'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The one text of a value (RFC 8785): what plan hashes and audit hashes are computed over. Dates and bigints must be
 * strings by then; NaN, Infinity and undefined throw, because a hash over them would not mean anything.
 */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('This value has no JSON form.')
  return text
}
