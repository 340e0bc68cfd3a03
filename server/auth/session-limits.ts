/** Limits of a session (NIST SP 800-63B, OWASP ASVS 7.3): absolute for all, idle for whoever may change anything. */
export const SESSION_MAX_AGE_MS = 12 * 3_600_000
export const SESSION_IDLE_MAX_MS = 30 * 60_000
/** A busy session is written down at most this often. */
export const SESSION_TOUCH_MS = 60_000

export const PASSWORD_CHARS_MIN = 12
export const PASSWORD_CHARS_MAX = 128

/**
 * `__Host-`: the browser keeps such a cookie only when it is Secure, has no Domain and covers every path, so that no
 * other host and no plain-text page can plant one. Chromium and Firefox take loopback for trustworthy, hence http://localhost
 * works on the embedded default; Safari does not and needs https there too (docs/decisions/0010-host-cookies-on-loopback.md).
 */
export const COOKIE_PREFIX = '__Host-homeport'
export const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`
