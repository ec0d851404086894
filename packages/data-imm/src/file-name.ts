import { FacekpError } from '@facekp/core'

/** What a file's name tells. */
export interface ImmName {
  /** 1 to 40. */
  readonly person: number
  /** 1 frontal, 2 frontal smiling, 3 turned to the right, 4 to the left, 5 with a spot light, 6 free. */
  readonly view: number
  readonly gender: 'm' | 'f'
}

/**
 * Person, view and gender from a file name such as `01-1m.jpg` (a path or another extension will do).
 * Throws `IMM_FILE_NAME` where it is not of that form.
 *
 * @example
 * ```ts
 * parseImmFileName('33-5f.asf') // { person: 33, view: 5, gender: 'f' }
 * ```
 */
export function parseImmFileName(file: string): ImmName {
  const [, person, view, gender] = /(?:^|[/\\])(\d\d)-(\d)([mf])(?:\.\w+)?$/.exec(file) ?? []
  const name = { person: Number(person), view: Number(view), gender: gender as 'm' | 'f' }
  if (name.person >= 1 && name.person <= 40 && name.view >= 1 && name.view <= 6) return name
  throw new FacekpError({
    code: 'IMM_FILE_NAME',
    file,
    problem: 'is not named as in the IMM Face Database',
    expected: 'person-view and gender: 01-1m to 40-6f',
  })
}
