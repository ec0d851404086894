import { expect, test } from '@jest/globals'
import { isMirrored, removeMirrorSuffix, split300W } from './protocol-300w.ts'

test.each([
  ['afw/1051618982_1.jpg', 'train'],
  ['helen/trainset/1.jpg', 'train'],
  ['lfpw/trainset/image_0001.png', 'train'],
  ['helen/testset/1.jpg', 'common'],
  ['lfpw\\testset\\1.png', 'common'],
  ['ibug/image_003_1.jpg', 'challenging'],
  ['elsewhere/1.jpg', undefined],
  ['helen/1.jpg', undefined],
  ['afw.jpg', undefined],
])('%s belongs to part %s', (file, part) => {
  expect(split300W(file)).toBe(part)
})

test('a mirrored copy is recognized by its name', () => {
  expect(isMirrored('afw/1_1_mirror.jpg')).toBe(true)
  expect(isMirrored('afw/1_mirror/1.jpg')).toBe(false)
  expect(removeMirrorSuffix('afw/1_1_mirror.jpg')).toBe('afw/1_1.jpg')
  expect(removeMirrorSuffix('afw/1_1.jpg')).toBe('afw/1_1.jpg')
})
