import { expect, test } from '@jest/globals'
import { decodeBase64 } from './decode-base64.ts'

test('decodes all bytes, whatever the length', () => {
  for (const length of [0, 1, 2, 3, 256, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i)
    expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes)
  }
})

test('joins the bytes of several texts', () => {
  expect(decodeBase64('AQ==', 'AgM=')).toEqual(Uint8Array.of(1, 2, 3))
})
