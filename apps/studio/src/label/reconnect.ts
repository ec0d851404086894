import { reopenFolder } from '../project/image-sources.ts'
import { connectSources, project } from '../project/project.ts'
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
  const chosen = record.name === 'Images' ? await chooseImages() : await chooseFolder()
  if (chosen) connectSources(chosen.sources)
}
