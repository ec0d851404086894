import { expect, test } from '@jest/globals'
import { decodeHalfFloats, encodeHalfFloats } from './half-floats.ts'

// python3 -c "import numpy as np; b = np.array([0, 1, 0x3ff, 0x400, 0x3555, 0x3c00, 0x7bff, 0xc248, 0x8001], np.uint16);
//   print(b.view(np.float16).astype(float).tolist())" ; the smallest, 5.96e-08, is 2 ** -24 exactly
const BITS = Uint16Array.of(0, 1, 0x3ff, 0x400, 0x3555, 0x3c00, 0x7bff, 0xc248, 0x8001)
const VALUES = [
  0.0,
  2 ** -24,
  6.097555160522461e-5,
  6.103515625e-5,
  0.333251953125,
  1.0,
  65504.0,
  -3.140625,
  -(2 ** -24),
]

test('decodes and encodes as numpy does', () => {
  expect([...decodeHalfFloats(BITS)]).toEqual(VALUES)
  expect(encodeHalfFloats(Float32Array.from(VALUES))).toEqual(BITS)
})

test('encodes what is too small to be seen as 0, and refuses what has no exact half float', () => {
  expect(encodeHalfFloats(Float32Array.of(7e-43))).toEqual(Uint16Array.of(0))
  for (const value of [1 / 3, 65536, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(encodeHalfFloats(Float32Array.of(value))).toBeUndefined()
  }
})
