import { expect, test } from '@jest/globals'
import { addChange, type Change, EMPTY_HISTORY, type History, redoChange, undoChange } from './history.ts'

const change = (value: number): Change<number> => ({ values: [{ key: 'a.png', before: value - 1, after: value }] })
const three = [1, 2, 3].map(change).reduce<History<number>>(addChange, EMPTY_HISTORY)

test('changes are undone from the newest on, and redone in their order', () => {
  const once = undoChange(three)
  expect(once.change).toEqual(change(3))
  const twice = undoChange(once.history)
  expect(twice.change).toEqual(change(2))
  const again = redoChange(twice.history)
  expect(again.change).toEqual(change(2))
  expect(redoChange(again.history).history).toEqual(three)
})

test('a new change ends the redoing', () => {
  const { history } = undoChange(three)
  expect(redoChange(addChange(history, change(9))).change).toBeUndefined()
})

test('nothing is undone in an empty history', () => {
  expect(undoChange(EMPTY_HISTORY).change).toBeUndefined()
  expect(redoChange(EMPTY_HISTORY).change).toBeUndefined()
})

test('changes of a group are undone together', () => {
  const grouped = [1, 2].map((value) => ({ ...change(value), group: 'nudge' }))
  const { undo } = [...grouped, change(3)].reduce<History<number>>(addChange, EMPTY_HISTORY)
  expect(undo).toEqual([{ values: [{ key: 'a.png', before: 0, after: 2 }], group: 'nudge' }, change(3)])
})

test('old changes are forgotten', () => {
  const many = Array.from({ length: 1500 }, (_, i) => change(i)).reduce<History<number>>(addChange, EMPTY_HISTORY)
  expect(many.undo).toHaveLength(1000)
  expect(many.undo.at(-1)).toEqual(change(1499))
})
