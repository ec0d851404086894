/** What was changed of one image, with what it was before. */
export interface ChangedValue<Value> {
  readonly key: string
  readonly before: Value
  readonly after: Value
}

/** A change of the labels of one image or, by an import, of several. */
export interface Change<Value> {
  readonly values: readonly ChangedValue<Value>[]
  /** Changes of one image that follow each other with the same group are one change. */
  readonly group?: string | undefined
}

/** Changes that can be undone and redone, newest last. */
export interface History<Value> {
  readonly undo: readonly Change<Value>[]
  readonly redo: readonly Change<Value>[]
}

/** Largest number of changes that can be undone. Values share what did not change, so a change takes few bytes. */
const MAX_CHANGES = 1000

/** A history without changes. */
export const EMPTY_HISTORY: History<never> = { undo: [], redo: [] }

/** Adds a change; what was undone cannot be redone any more. */
export function addChange<Value>({ undo, redo }: History<Value>, change: Change<Value>): History<Value> {
  const last = undo.at(-1)
  const isSame = last?.group !== undefined && last.group === change.group
  if (isSame && redo.length === 0) return { undo: [...undo.slice(0, -1), joinChanges(last, change)], redo }
  return { undo: [...undo.slice(1 - MAX_CHANGES), change], redo: [] }
}

function joinChanges<Value>(first: Change<Value>, { values, group }: Change<Value>): Change<Value> {
  const before = new Map(first.values.map((value) => [value.key, value.before]))
  return { values: values.map((value) => ({ ...value, before: before.get(value.key) ?? value.before })), group }
}

/** Moves the newest change to those that can be redone, and returns it. */
export function undoChange<Value>({ undo, redo }: History<Value>): {
  readonly history: History<Value>
  readonly change: Change<Value> | undefined
} {
  const change = undo.at(-1)
  return { change, history: change ? { undo: undo.slice(0, -1), redo: [...redo, change] } : { undo, redo } }
}

/** Moves the change that was undone last back, and returns it. */
export function redoChange<Value>({ undo, redo }: History<Value>): {
  readonly history: History<Value>
  readonly change: Change<Value> | undefined
} {
  const change = redo.at(-1)
  return { change, history: change ? { undo: [...undo, change], redo: redo.slice(0, -1) } : { undo, redo } }
}
