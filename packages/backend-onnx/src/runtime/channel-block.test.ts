import { expect, test } from '@jest/globals'
import { getChannelBlock } from './channel-block.ts'

// ONNX Runtime has such convolutions for each x86-64: of 8 channels, of 16 where there is AVX-512.
test('blocks of this processor are of 8 or 16 channels; elsewhere there may be none', () => {
  expect(process.arch === 'x64' ? [8, 16] : [0, 4, 8, 16]).toContain(getChannelBlock('cpu'))
})

test('other providers lay their images out themselves', () => {
  expect(getChannelBlock('webgpu')).toBe(0)
})
