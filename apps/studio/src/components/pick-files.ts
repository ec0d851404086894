import { listFiles, type PathFile } from './path-file.ts'

export interface PickOptions {
  /** Types and endings, as in `<input accept>`. */
  readonly accept?: string
  /** Whether several may be chosen; default false. */
  readonly isMultiple?: boolean
  /** Whether a folder is chosen, with all files inside; default false. */
  readonly isFolder?: boolean
}

/** Lets the user choose files or a folder. Resolves to no files if the choice was canceled. */
export function pickFiles({ accept = '', isMultiple = false, isFolder = false }: PickOptions): Promise<PathFile[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = accept
  input.multiple = isMultiple
  input.webkitdirectory = isFolder
  // An input outside of the document may be collected as garbage before the user has chosen.
  input.hidden = true
  document.body.append(input)
  const chosen = new Promise<PathFile[]>((resolve) => {
    input.addEventListener('change', () => resolve(listFiles(input.files ?? [])))
    input.addEventListener('cancel', () => resolve([]))
  })
  input.click()
  return chosen.finally(() => input.remove())
}
