import { expect, test } from '@jest/globals'
import { decodeBase64 } from './decode-base64.ts'

test('decodes all bytes, whatever the length', () => {
  for (const length of [0, 1, 2, 3, 256, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i)
    expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
  }
})
