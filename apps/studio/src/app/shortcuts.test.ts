import { expect, test } from '@jest/globals'
import { addShortcuts, describeKey, findShortcut, type PressedKey, shortcutGroups } from './shortcuts.ts'

const press = (key: string, held: Partial<PressedKey> = {}): string =>
  describeKey({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held })

test.each<[string, Partial<PressedKey>, string]>([
  ['ArrowRight', {}, 'ArrowRight'],
  ['ArrowRight', { shiftKey: true }, 'Shift+ArrowRight'],
  ['Z', { ctrlKey: true, shiftKey: true }, 'Mod+Shift+z'],
  ['z', { metaKey: true }, 'Mod+z'],
  ['?', { shiftKey: true }, '?'],
  ['+', { shiftKey: true }, '+'],
  [' ', { shiftKey: true }, 'Shift+ '],
  ['1', { altKey: true }, 'Alt+1'],
  // Of a Mac, and of a French keyboard.
  ['¡', { altKey: true, code: 'Digit1' }, 'Alt+1'],
  ['"', { altKey: true, code: 'Digit3' }, 'Alt+3'],
  ['1', { altKey: true, code: 'Numpad1' }, 'Alt+1'],
  ['!', { shiftKey: true, code: 'Digit1' }, '!'],
])('%s with %j is %s', (key, held, expected) => expect(press(key, held)).toBe(expected))

test('the shortcut that was added last wins, until it is removed', () => {
  const add = (description: string): (() => void) =>
    addShortcuts({
      title: description,
      view: 'everywhere',
      shortcuts: [{ key: 'h', description, run: () => undefined }],
    })
  const removeFirst = add('first')
  const removeSecond = add('second')
  expect(findShortcut(shortcutGroups.value, 'h')?.description).toBe('second')
  removeSecond()
  expect(findShortcut(shortcutGroups.value, 'h')?.description).toBe('first')
  removeFirst()
  expect(findShortcut(shortcutGroups.value, 'h')).toBeUndefined()
})
