import { hash } from 'node:crypto'

/**
 * Computes the SHA-256 of an id.
 *
 * @returns hexadecimal: strings, unlike buffers, are freed without delay
 */
export function hashId(id: string): string {
  return hash('sha256', id, 'hex')
}
