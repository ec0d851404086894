import { reopenFolder } from '../project/image-sources.ts'
import { connectSources, images, project } from '../project/project.ts'
import { chooseFolder, chooseImages, drawImages, isDrawn } from './choose-images.ts'

/** Opens the images of a stored project again, by the click of the user that browsers ask for. */
export async function reconnect(): Promise<void> {
  const record = project.peek()
  if (!record) return
  if (isDrawn(record.name)) {
    connectSources((await drawImages()).sources)
    return
  }
  if (record.folder) {
    const sources = await reopenFolder(record.folder, true)
    if (sources) connectSources(sources)
    return
  }
  // A folder may have the name of images that were chosen one by one, which have no path.
  const isFolder = record.name !== 'Images' || images.peek().some(({ file }) => file.includes('/'))
  const chosen = isFolder ? await chooseFolder() : await chooseImages()
  if (chosen) connectSources(chosen.sources)
}
