import { expect, test } from '@jest/globals'
import { parseViewName } from './navigation.ts'

test.each([
  ['#label', 'label'],
  ['#fit', 'fit'],
  ['#look', 'look'],
  ['#try', 'try'],
  ['', 'try'],
  ['#nothing', 'try'],
])('the address %j shows view %s', (hash, name) => expect(parseViewName(hash)).toBe(name))
