/** Secrets of invitations: made here, so that the server never sees what the link carries, only its fingerprint. */

/** 256 random bits, as they stand in a link. */
export function freshSecret(): string {
  const bits = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bits)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** SHA-256 of a secret as it was handed out, in lower-case hex. */
export async function fingerprint(secret: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The part after # never travels to a server, so no log on the way holds it. `pin` tells apps which authority to trust,
 * where the server has its own.
 */
export function inviteLink(publicUrl: string, secret: string, pin?: string | null): string {
  return `${publicUrl.replace(/\/+$/, '')}/join#${secret}${pin ? `&pin=${pin}` : ''}`
}
