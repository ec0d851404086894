import { expect, test } from '@jest/globals'
import { isMirrored, split300W, unmirrored } from './protocol.ts'

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
])('%s is of part %s', (file, part) => {
  expect(split300W(file)).toBe(part)
})

test('a mirrored copy is told by its name', () => {
  expect(isMirrored('afw/1_1_mirror.jpg')).toBe(true)
  expect(isMirrored('afw/1_mirror/1.jpg')).toBe(false)
  expect(unmirrored('afw/1_1_mirror.jpg')).toBe('afw/1_1.jpg')
  expect(unmirrored('afw/1_1.jpg')).toBe('afw/1_1.jpg')
})
