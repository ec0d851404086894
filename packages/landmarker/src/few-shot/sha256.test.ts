import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { computeSha256 } from './sha256.ts'

// Around the lengths at which the padding needs another block.
test.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 100_003])(
  'computes the SHA-256 of %d bytes as Node does',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * i + 7 * i) >> 3)
    expect(computeSha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
  },
)
