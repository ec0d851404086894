import { expect, test } from '@jest/globals'
import { getChannelBlock } from './channel-block.ts'

// ONNX Runtime has blocked convolutions on every x86-64 processor: 16 channels with AVX-512, else 8.
test('blocks have 8 or 16 channels on x86-64; other processors may have none', () => {
  expect(process.arch === 'x64' ? [8, 16] : [0, 4, 8, 16]).toContain(getChannelBlock('cpu'))
})

test('other providers have no blocks', () => {
  expect(getChannelBlock('webgpu')).toBe(0)
})
